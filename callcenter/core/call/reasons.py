"""Whether an effect still has its reason when its turn has come.

Effects wait: for the commit, for those before them, for their place among the commands. Meanwhile
the caller may have left. What makes something new is carried out only if it is still wanted: an
agent's phone must not ring for a caller who is gone. What ends or frees something always is: where
there is nothing to end any more it does no harm.
"""

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ConnectLegs,
    HoldCaller,
    LetHearRinging,
    PlayPrompts,
    RingAgent,
    RingCustomer,
    TelephonyEffect,
)
from callcenter.core.call.model import Call, Phase

_WITH_A_CALLER = (Phase.FLOW, Phase.QUEUE, Phase.TALK)
_MAKES = (
    RingAgent,
    RingCustomer,
    LetHearRinging,
    AnswerCaller,
    PlayPrompts,
    Announce,
    HoldCaller,
    ConnectLegs,
)


def has_reason(effect: TelephonyEffect, call: Call | None) -> bool:
    """Say whether an effect still leads to what is wanted (``wanted.wanted``, without its ids).

    Args:
        effect: What is about to be carried out for a call.
        call: The call as it is now; None if it is closed.
    """
    if call is None or call.phase not in _WITH_A_CALLER:
        return not isinstance(effect, _MAKES)
    match effect:
        case RingAgent(leg_id=leg_id):
            return any(offer.leg_id == leg_id for offer in call.offers)
        case RingCustomer(leg_id=leg_id):
            return call.back is not None and (
                call.back.dial is not None and call.back.dial.leg_id == leg_id
            )
        case LetHearRinging(leg_id=leg_id):
            back = call.back
            return back is not None and back.is_dialling and back.agent_leg == leg_id
        case PlayPrompts(leg_id=leg_id) if leg_id != call.caller_leg:
            return call.briefing is not None and call.briefing.leg_id == leg_id
        case PlayPrompts(prompts=prompts) | Announce(prompts=prompts):
            return call.prompt is not None and call.prompt.prompts == prompts
        case HoldCaller():
            return call.phase is Phase.QUEUE and call.caller_leg is not None
        case ConnectLegs(leg_ids=leg_ids):
            return call.taken is not None and call.taken.leg_id in leg_ids
        case _:
            return True
