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
    PlayPrompts,
    RingAgent,
    TelephonyEffect,
)
from callcenter.core.call.wanted import Arrangement


def has_reason(effect: TelephonyEffect, goal: Arrangement) -> bool:
    """Say whether an effect leads to the picture that is wanted now.

    Args:
        effect: What is about to be carried out for a call.
        goal: What is wanted of the call now; nothing, if it is over.
    """
    match effect:
        case RingAgent(leg_id=leg_id):
            return goal.agent is not None and goal.agent.leg_id == leg_id
        case AnswerCaller(leg_id=leg_id):
            return goal.caller == leg_id
        case PlayPrompts(playback_id=playback_id) | Announce(playback_id=playback_id):
            return goal.playback is not None and goal.playback.playback_id == playback_id
        case HoldCaller(bridge_id=bridge_id):
            return goal.room == bridge_id
        case ConnectLegs(bridge_id=bridge_id):
            return goal.talk == bridge_id
        case _:
            return True
