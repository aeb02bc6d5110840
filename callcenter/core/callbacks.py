"""What calls mean for callbacks: those promised begin, and those whose customer calls again wait.

A customer who calls again while a callback is open is recognised by the number: the callback is not
carried out meanwhile, the caller stands in line at its place (``promising.old_place``), and it is
cancelled when they reach an agent. If they hang up before that it goes on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callcenter.core.call import arriving, callback, promising
from callcenter.core.call.callback_messages import CallbackRequested
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.facts import AgentConnected, CallArrived, CallEnded
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import CallId, Ms

if TYPE_CHECKING:
    from callcenter.core.centre import Centre

_OPEN = (Phase.LATER, Phase.QUEUE)


def note(setting: Setting, call_id: CallId, call: Call | None) -> None:
    """Keep the index of open callbacks in step with a call that was replaced."""
    is_open = call is not None and call.phase in _OPEN
    setting.callbacks.put(call_id, call.arrived.callback if call and is_open else None)


def follow(centre: "Centre", decision: Decision, now: Ms) -> Iterator[Decision]:
    """Yield what other calls decide because of what one has decided."""
    setting = centre.setting
    for terms in decision.begins:
        centre.last_number += 1
        yield arriving.call_back(terms, centre.last_number, now, setting)
    if decision.call.back is not None or not setting.callbacks:
        return
    callback_id = promising.open_callback(setting, decision.call)
    other = centre.calls.get(callback_id) if callback_id is not None else None
    if other is not None:
        yield from _of_inbound(other, decision, now, setting)


def _of_inbound(other: Call, decision: Decision, now: Ms, setting: Setting) -> Iterator[Decision]:
    kinds = {type(fact) for fact in decision.facts}
    if AgentConnected in kinds:
        yield callback.satisfied(other, now, setting)
    elif CallEnded in kinds and not decision.begins:
        yield callback.customer_gone(other, now, setting)
    elif CallArrived in kinds:
        yield callback.customer_calls(other, now, setting)


def request(centre: "Centre", event: CallbackRequested, now: Ms) -> Decision | str:
    """Begin a callback that an agent or a program asks for; return why not if it cannot be."""
    terms = promising.requested(event, centre.setting, now)
    if isinstance(terms, str):
        return terms
    centre.last_number += 1
    return arriving.call_back(terms, centre.last_number, now, centre.setting)
