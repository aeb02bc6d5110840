"""What is asked of the world for a call: imperative, carried out when the facts are durable."""

from dataclasses import dataclass

from callcenter.core.call.messages import Presentation
from callcenter.core.ids import BridgeId, CallId, LegId, Ms, PlaybackId


@dataclass(frozen=True, slots=True)
class ClaimCall:
    """Take the offered call, before another node or the fallback does."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class AnswerCaller:
    """Pick up; mark the leg with the call it belongs to."""

    call_id: CallId
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class PlayPrompts:
    """Play prompts on the caller's leg."""

    call_id: CallId
    leg_id: LegId
    playback_id: PlaybackId
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopPrompts:
    """Stop what plays, at once."""

    call_id: CallId
    playback_id: PlaybackId


@dataclass(frozen=True, slots=True)
class HoldCaller:
    """Put the caller into a waiting room of their own, with music."""

    call_id: CallId
    leg_id: LegId
    bridge_id: BridgeId


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Take the caller out of the waiting room, back to a leg on its own.

    Who is only left behind by ``DropBridge`` leaves later than the PBX says, and prompts for the
    leg that come in between are never played nor ever end.
    """

    call_id: CallId
    leg_id: LegId
    bridge_id: BridgeId


@dataclass(frozen=True, slots=True)
class Announce:
    """Play prompts into the waiting room."""

    call_id: CallId
    bridge_id: BridgeId
    playback_id: PlaybackId
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RingAgent:
    """Make the agent's phone ring."""

    call_id: CallId
    leg_id: LegId
    station: str
    """What to ring, as the PBX names it: "PJSIP/1001"."""
    caller_id: str
    """What the phone shows; empty for a withheld number."""
    ring_ms: Ms


@dataclass(frozen=True, slots=True)
class RingCustomer:
    """Call a customer: make their phone ring."""

    call_id: CallId
    leg_id: LegId
    station: str
    """What to ring, as the PBX names it: "PJSIP/+12025550123@trunk"."""
    caller_id: str
    """What the phone shows."""
    ring_ms: Ms


@dataclass(frozen=True, slots=True)
class LetHearRinging:
    """Let an agent who waits for a customer hear that the phone rings there."""

    call_id: CallId
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class StopRinging:
    """End that sound."""

    call_id: CallId
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class ConnectLegs:
    """Let caller and agent talk in a bridge."""

    call_id: CallId
    bridge_id: BridgeId
    leg_ids: tuple[LegId, ...]


@dataclass(frozen=True, slots=True)
class EndLeg:
    """End an agent's leg, ringing or answered."""

    call_id: CallId
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class DropBridge:
    """Remove a bridge or waiting room that is not wanted any more."""

    call_id: CallId
    bridge_id: BridgeId


@dataclass(frozen=True, slots=True)
class HangUpCaller:
    """End the caller's leg."""

    call_id: CallId
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class ReleaseCaller:
    """Give the caller to the fallback of the dialplan."""

    call_id: CallId
    leg_id: LegId
    to_mailbox: bool = False
    """Straight to the mailbox there, past the phones."""


TelephonyEffect = (
    ClaimCall
    | AnswerCaller
    | PlayPrompts
    | StopPrompts
    | HoldCaller
    | LeaveRoom
    | Announce
    | RingAgent
    | ConnectLegs
    | EndLeg
    | DropBridge
    | HangUpCaller
    | ReleaseCaller
    | RingCustomer
    | LetHearRinging
    | StopRinging
)


@dataclass(frozen=True, slots=True)
class PickUpStation:
    """Make the agent's station answer the leg that rings there."""

    call_id: CallId
    leg_id: LegId
    station: str


@dataclass(frozen=True, slots=True)
class LookUpCaller:
    """Ask the CRM store who calls; ``CallerMatched`` follows."""

    call_id: CallId
    ani: str | None
    presentation: Presentation
    dnis: str


@dataclass(frozen=True, slots=True)
class AskMayCall:
    """Ask the CRM store whether a customer may be called; ``NumberChecked`` follows."""

    call_id: CallId
    number: str


CallEffect = TelephonyEffect | PickUpStation | LookUpCaller | AskMayCall
