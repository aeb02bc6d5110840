"""What happens to a call, what is recorded of it, and what is asked of telephony for it.

Legs, bridges and playbacks carry ids of our own making (``ids.derive_id``); only the caller's leg
is named by the PBX. Whoever sends an input need know only the id of the thing it happened to.
"""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import (
    AgentId,
    BridgeId,
    CallId,
    LegId,
    Ms,
    OfferId,
    PartyId,
    PlaybackId,
    QueueId,
)
from ivr_flows.messages import QueueExit
from ivr_flows.model import Session


class Presentation(StrEnum):
    """What the network says of the caller's number."""

    ALLOWED = "allowed"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


class LegEnd(StrEnum):
    """Why an agent's leg is gone."""

    HUNG_UP = "hung_up"
    """It was answered, and the agent (or the network) ended it."""
    REFUSED = "refused"
    """Busy or declined at the phone."""
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """Not registered, no ringing, an error from the phone."""
    CANCELLED = "cancelled"
    """We ended it."""
    LOST = "lost"
    """It is not there any more and nobody saw it go."""


class CallerEnd(StrEnum):
    """Why the caller's leg is gone."""

    HUNG_UP = "hung_up"
    LEASE_EXPIRED = "lease_expired"
    """The dialplan took the caller to its fallback, because nobody renewed the lease."""
    LOST = "lost"
    PBX_RESTART = "pbx_restart"


class MatchStatus(StrEnum):
    """What the CRM store knows about the caller's number."""

    PENDING = "pending"
    NONE = "none"
    SINGLE = "single"
    MULTIPLE = "multiple"
    SHARED = "shared"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


class Outcome(StrEnum):
    """How the call ended, as the CRM entry says it."""

    ANSWERED = "answered"
    ABANDONED_IVR = "abandoned_ivr"
    ABANDONED_QUEUE = "abandoned_queue"
    SELF_SERVED = "self_served"
    """The flow ended the call after it had done something for the caller."""
    OVERFLOW = "overflow"
    """Nobody took the call: longest wait, or nobody staffed. A follow-up was left."""
    FAILED = "failed"
    """A fault: lease expired, PBX restarted, program error."""


class EndedBy(StrEnum):
    """Who ended the call."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


# ---------------------------------------------------------------- inputs from telephony


@dataclass(frozen=True, slots=True)
class CallOffered:
    """The PBX asks whether we take this call. It is not ours before ``CallerArrived``."""

    leg_id: LegId
    ani: str | None
    dnis: str


@dataclass(frozen=True, slots=True)
class CallerArrived:
    """A caller is in our hands, not answered yet (or found there after a restart)."""

    leg_id: LegId
    ani: str | None
    """As the trunk delivered it; None if withheld or missing."""
    presentation: Presentation
    ani_name: str
    """The name the network gave, cleaned and cut to 80 characters; may be empty."""
    dnis: str


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller's leg has left us."""

    leg_id: LegId
    end: CallerEnd


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key."""

    leg_id: LegId
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A prompt or announcement is over: played, stopped or failed."""

    playback_id: PlaybackId


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The agent's phone rings."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The agent picked up."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class LegEnded:
    """An agent's leg is gone, or could not be made."""

    leg_id: LegId
    end: LegEnd


@dataclass(frozen=True, slots=True)
class CallRecovered:
    """After a restart or a lost event socket: what telephony really has of this call.

    A leg that is missing here ended while nobody looked.
    """

    call_id: CallId
    caller_present: bool
    ringing: frozenset[LegId]
    """Agents' legs not yet answered."""
    answered: frozenset[LegId]
    pbx_restarted: bool = False


# ---------------------------------------------------------------- inputs from desk and CRM


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A service request that an agent opens in the wrap-up."""

    kind: str
    subject: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpSubmitted:
    """The agent finished the after-call work."""

    agent_id: AgentId
    call_id: CallId
    disposition: str
    note: str
    request: NewRequest | None = None


@dataclass(frozen=True, slots=True)
class HangUpRequested:
    """The agent ends the call from the page."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class AnswerRequested:
    """The agent picks up by a click; only for stations that can."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class PersonConfirmed:
    """The agent says who the caller is."""

    agent_id: AgentId
    call_id: CallId
    party_id: PartyId
    name: str


@dataclass(frozen=True, slots=True)
class CallerMatched:
    """The CRM store was asked who calls."""

    call_id: CallId
    status: MatchStatus
    party_id: PartyId | None
    name: str


CallInput = (
    CallerArrived
    | CallerGone
    | DigitPressed
    | PlaybackEnded
    | LegRinging
    | LegAnswered
    | LegEnded
    | CallRecovered
    | WrapUpSubmitted
    | HangUpRequested
    | AnswerRequested
    | PersonConfirmed
    | CallerMatched
)

# ---------------------------------------------------------------- facts, all with their instant


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller is ours; the first fact of a call."""

    at: Ms
    call_id: CallId
    number: int
    """The call's number in the journal; ids are derived from it."""
    leg_id: LegId
    ani: str | None
    presentation: Presentation
    ani_name: str
    dnis: str
    service: str
    """The name of the service number, for people."""


@dataclass(frozen=True, slots=True)
class CallerIdentified:
    """The CRM store, or an agent, said who calls."""

    at: Ms
    status: MatchStatus
    party_id: PartyId | None
    name: str
    confirmed_by: AgentId | None = None


@dataclass(frozen=True, slots=True)
class FlowAdvanced:
    """The caller is at a new place in the flow."""

    at: Ms
    session: Session
    key_deadline_at: Ms | None = None
    """Until when a key is awaited."""


@dataclass(frozen=True, slots=True)
class PromptStarted:
    """Prompts play: on the caller's leg in the flow, in the waiting room in a queue."""

    at: Ms
    number: int
    """Counts the playbacks of a call from 1; the playback id is derived from it."""
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """The prompts are over."""

    at: Ms


@dataclass(frozen=True, slots=True)
class QueueEntered:
    """The caller waits for an agent."""

    at: Ms
    queue_id: QueueId
    queue_name: str
    priority: int
    requires: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class QueueExited:
    """The queue gave the caller back to the flow."""

    at: Ms
    reason: QueueExit


@dataclass(frozen=True, slots=True)
class AgentOffered:
    """The call was offered to an agent, whose phone is to ring."""

    at: Ms
    offer_id: OfferId
    attempt: int
    """Counts the offers of a call from 1."""
    agent_id: AgentId
    agent_name: str
    leg_id: LegId
    station: str
    ring_until: Ms


@dataclass(frozen=True, slots=True)
class AgentRang:
    """The agent's phone began to ring."""

    at: Ms
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class RingEnded:
    """The agent did not take the call; the caller keeps the place in the queue."""

    at: Ms
    leg_id: LegId
    reason: LegEnd


@dataclass(frozen=True, slots=True)
class AgentConnected:
    """Caller and agent talk."""

    at: Ms
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The conversation is over; the agent's after-call work begins."""

    at: Ms
    ended_by: EndedBy
    requeued: bool = False
    """The agent was lost in the talk, and the caller waits again at the head of the queue."""


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """A service request is due."""

    at: Ms
    number: int
    """Counts the requests of a call from 1."""
    kind: str
    subject: str
    description: str = ""
    opened_by: AgentId | None = None


@dataclass(frozen=True, slots=True)
class FollowUpOpened:
    """A follow-up task is due: somebody is to call back."""

    at: Ms
    subject: str


@dataclass(frozen=True, slots=True)
class WrapUpFinished:
    """An agent's after-call work is over; ``late`` if its time ran out and nothing was filed."""

    at: Ms
    agent_id: AgentId
    disposition: str | None
    note: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's part is over."""

    at: Ms
    outcome: Outcome
    ended_by: EndedBy
    cause: str = ""


@dataclass(frozen=True, slots=True)
class CallClosed:
    """Nothing is left to do for this call; its last fact."""

    at: Ms


CallFact = (
    CallArrived
    | CallerIdentified
    | FlowAdvanced
    | PromptStarted
    | PromptFinished
    | QueueEntered
    | QueueExited
    | AgentOffered
    | AgentRang
    | RingEnded
    | AgentConnected
    | TalkEnded
    | RequestOpened
    | FollowUpOpened
    | WrapUpFinished
    | CallEnded
    | CallClosed
)

# ---------------------------------------------------------------- effects


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


TelephonyEffect = (
    ClaimCall
    | AnswerCaller
    | PlayPrompts
    | StopPrompts
    | HoldCaller
    | Announce
    | RingAgent
    | ConnectLegs
    | EndLeg
    | DropBridge
    | HangUpCaller
    | ReleaseCaller
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


CallEffect = TelephonyEffect | PickUpStation | LookUpCaller
