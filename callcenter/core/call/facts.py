"""What is recorded of a call: facts in the past tense, each with its instant."""

from dataclasses import dataclass

from callcenter.core.call.callback_messages import CallbackFact, CallbackTerms
from callcenter.core.call.messages import (
    NO_TRAITS,
    EndedBy,
    LegEnd,
    MatchStatus,
    Outcome,
    Presentation,
    Traits,
)
from callcenter.core.ids import AgentId, CallId, LegId, Ms, OfferId, PartyId, QueueId
from ivr_flows.messages import QueueExit
from ivr_flows.model import Session


@dataclass(frozen=True, slots=True)
class CallClaimed:
    """We are about to ask for an offered call: from now on it is ours to account for.

    Recorded before we ask, in a stream of its own, so that a caller who is handed over to a
    process that dies, and hangs up before the next one looks, still gets a record.
    """

    at: Ms
    leg_id: LegId
    ani: str | None
    presentation: Presentation
    ani_name: str
    dnis: str


@dataclass(frozen=True, slots=True)
class ClaimSettled:
    """It is known what became of a claim: a call of ours began, or somebody else has the caller."""

    at: Ms
    leg_id: LegId
    is_ours: bool


ClaimFact = CallClaimed | ClaimSettled


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller is ours; the first fact of a call."""

    at: Ms
    call_id: CallId
    number: int
    """The call's number in the journal; ids are derived from it."""
    leg_id: LegId
    """Empty for a callback: its customer's leg is one of ours."""
    ani: str | None
    presentation: Presentation
    ani_name: str
    dnis: str
    service: str
    """The name of the service number, for people."""
    callback: CallbackTerms | None = None
    """We are to call; None: somebody called us."""


@dataclass(frozen=True, slots=True)
class CallerIdentified:
    """The CRM store, or an agent, said who calls."""

    at: Ms
    status: MatchStatus
    party_id: PartyId | None
    name: str
    confirmed_by: AgentId | None = None
    traits: Traits = NO_TRAITS


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
class PromptDeferred:
    """Prompts for a caller who waits are to follow what plays now."""

    at: Ms
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
    entered_at: Ms | None = None
    """When the call first waited in a queue, which is its age in line; None: now."""
    prefers: tuple[tuple[str, int], ...] = ()
    forbids: tuple[str, ...] = ()

    @property
    def waits_since(self) -> Ms:
        """The place in line counts from here."""
        return self.at if self.entered_at is None else self.entered_at


@dataclass(frozen=True, slots=True)
class QueueExited:
    """The caller left the queue without an agent: on in the flow, or by overflow."""

    at: Ms
    reason: QueueExit
    target: str = ""
    """Where the caller overflows to: "queue support"; empty: on in the flow."""


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
    shown_until: Ms | None = None
    """Until when the agent's page must say that it shows the call; None for the ring time."""


@dataclass(frozen=True, slots=True)
class AgentRang:
    """The agent's phone began to ring."""

    at: Ms
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class OfferShown:
    """The agent's page showed the call."""

    at: Ms
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class AgentBriefed:
    """The agent answered, and hears whose call it is before the two are connected."""

    at: Ms
    leg_id: LegId
    number: int
    """Counts the playbacks of a call, as in ``PromptStarted``."""
    prompts: tuple[str, ...]


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
    | PromptDeferred
    | OfferShown
    | AgentBriefed
    | CallbackFact
)
