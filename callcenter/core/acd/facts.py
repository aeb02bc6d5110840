"""What is recorded of a pool. All instants are milliseconds since 1970 UTC."""

from dataclasses import dataclass

from callcenter.core.acd.choice import (
    AgentAnswered,
    CallBumped,
    Considered,
    NeedsEased,
    NobodyFree,
    RingWidened,
)
from callcenter.core.acd.comfort_messages import ComfortGiven, PositionTold
from callcenter.core.acd.offer_end_messages import AgentNotAnswering, OfferClosed
from callcenter.core.acd.people import AgentProfile, AgentStatus
from callcenter.core.acd.queue_messages import QueueFact
from callcenter.core.acd.wrap_up_messages import (
    WrapUpEnded,
    WrapUpExtended,
    WrapUpLimited,
    WrapUpStarted,
)
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId


@dataclass(frozen=True, slots=True)
class AgentLoggedIn:
    """An agent works; paused until they say they are ready."""

    at: Ms
    profile: AgentProfile


@dataclass(frozen=True, slots=True)
class AgentLoggedOut:
    """An agent does not work any more."""

    at: Ms
    agent_id: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class LogOutDeferred:
    """The agent will be logged out when the call at hand is done."""

    at: Ms
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class StatusChosen:
    """The agent's own choice; counts at once, or after the call at hand."""

    at: Ms
    agent_id: AgentId
    status: AgentStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeskConnected:
    """The agent's page is there."""

    at: Ms
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class DeskDisconnected:
    """The agent's page is gone: no offers until it is back."""

    at: Ms
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class CallQueued:
    """A caller waits."""

    at: Ms
    call_id: CallId
    call_number: int
    queue_id: QueueId
    priority: int
    requires: tuple[tuple[str, int], ...]
    entered_at: Ms
    attempts: int
    overflows: int = 0
    comes_back: bool = False
    prefers: tuple[tuple[str, int], ...] = ()
    forbids: tuple[str, ...] = ()
    waits_for: tuple[AgentId, ...] = ()
    """The caller's own agents, for one of whom the caller waits at first."""
    waits_until: Ms | None = None
    found: NobodyFree | None = None
    """If nobody was free."""
    is_callback: bool = False


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The pool reserved an agent for a caller."""

    at: Ms
    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    attempt: int
    considered: Considered | None = None


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The agent took the call; it does not wait any more."""

    at: Ms
    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    queue_id: QueueId
    waited_ms: Ms
    """From entering the queue to the answer."""
    is_callback: bool = False
    """Nobody waited on the line."""


@dataclass(frozen=True, slots=True)
class RestEnded:
    """The agent may be offered calls again."""

    at: Ms
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """Other settings hold from now on, for those who wait too."""

    at: Ms
    changes: tuple[str, ...]


PoolFact = (
    AgentLoggedIn
    | AgentLoggedOut
    | LogOutDeferred
    | StatusChosen
    | DeskConnected
    | DeskDisconnected
    | CallQueued
    | PositionTold
    | OfferMade
    | OfferAccepted
    | OfferClosed
    | RestEnded
    | WrapUpStarted
    | WrapUpEnded
    | RulesChanged
    | QueueFact
    | CallBumped
    | NeedsEased
    | RingWidened
    | AgentAnswered
    | ComfortGiven
    | WrapUpExtended
    | WrapUpLimited
    | AgentNotAnswering
)
