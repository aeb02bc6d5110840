"""What follows when the PBX refuses a request, or does not answer.

A refusal is never an error of ours to raise: it becomes inputs, or a look at the legs concerned.
A status alone proves little (204 does not mean that a caller is alive), so before a leg is
reported as lost it is read again, and its own last event gets time to arrive.
"""

from dataclasses import dataclass

from callcenter.adapters.ari.actions import Request, end_leg, stop_playback
from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
    ConnectLegs,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    RingCustomer,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    ClaimRefused,
    LegEnd,
    LegEnded,
    PlaybackEnded,
)
from callcenter.core.ids import LegId
from callcenter.ports.telephony import TelephonyInput

NO_ANSWER = 0
"""In place of a status: the PBX did not answer, and may still carry the request out."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is to be done after a refusal."""

    undo: Request | None = None
    """What takes a request back that may have been carried out, or may yet be."""
    inputs: tuple[TelephonyInput, ...] = ()
    suspects: tuple[LegId, ...] = ()
    """Legs to be read again and reported if they are not there."""


NOTHING = Consequence()
_GIVEN_TO_ANOTHER = frozenset({404, 409})
"""To a claim: too late, the dialplan has gone on; or another application was faster."""


def consequence(effect: TelephonyEffect, status: int) -> Consequence:
    """Return what follows from an effect that was refused.

    Args:
        effect: What was to be done.
        status: The refusal, or NO_ANSWER.
    """
    match effect:
        case ClaimCall(leg_id=leg_id) if status in _GIVEN_TO_ANOTHER:
            return Consequence(inputs=(ClaimRefused(leg_id),))
        case RingAgent(leg_id=leg_id) | RingCustomer(leg_id=leg_id):
            undo = end_leg(leg_id) if status == NO_ANSWER else None
            return Consequence(undo, (LegEnded(leg_id, LegEnd.UNREACHABLE),))
        case PlayPrompts(leg_id=leg_id, playback_id=playback_id):
            undo = stop_playback(playback_id) if status == NO_ANSWER else None
            return Consequence(undo, (PlaybackEnded(playback_id),), (leg_id,))
        case Announce(playback_id=playback_id):
            undo = stop_playback(playback_id) if status == NO_ANSWER else None
            return Consequence(undo, (PlaybackEnded(playback_id),))
        case ConnectLegs(leg_ids=leg_ids):
            return Consequence(suspects=leg_ids)
        case (
            AnswerCaller(leg_id=leg_id)
            | HoldCaller(leg_id=leg_id)
            | LeaveRoom(leg_id=leg_id)
            | ReleaseCaller(leg_id=leg_id)
            | HangUpCaller(leg_id=leg_id)
            | EndLeg(leg_id=leg_id)
        ):
            return Consequence(suspects=(leg_id,))
        case _:
            return NOTHING
