"""Asks the node's state whether an effect still has its reason, just before it is carried out."""

from collections.abc import Callable

from callcenter.core.call.effects import ClaimCall, TelephonyEffect
from callcenter.core.call.reasons import has_reason
from callcenter.core.centre import Centre


def present_reasons(centre: Centre) -> Callable[[TelephonyEffect], bool]:
    """Return a function that says whether to carry out an effect now."""

    def is_wanted(effect: TelephonyEffect) -> bool:
        # An offered call is no call of ours yet; a claim that comes too late is dropped elsewhere.
        if isinstance(effect, ClaimCall):
            return True
        return has_reason(effect, centre.calls.get(effect.call_id))

    return is_wanted
