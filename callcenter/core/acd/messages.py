"""What happens to a pool, what is recorded of it, and what it tells its calls."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.acd.asked import BumpRequested as BumpRequested
from callcenter.core.acd.asked import PickRequested as PickRequested
from callcenter.core.acd.choice import CallBumped as CallBumped
from callcenter.core.acd.choice import Considered as Considered
from callcenter.core.acd.choice import NeedsEased as NeedsEased
from callcenter.core.acd.choice import RingWidened as RingWidened
from callcenter.core.acd.choice import Skipped as Skipped
from callcenter.core.acd.people import Activity as Activity
from callcenter.core.acd.people import AgentProfile as AgentProfile
from callcenter.core.acd.people import AgentStatus as AgentStatus
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId
from ivr_flows.messages import QueueExit


class OfferEnd(StrEnum):
    """Why an offer did not become a talk."""

    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """The ringing leg vanished, at a restart for example; nobody's fault."""
    ABANDONED = "abandoned"
    """The caller hung up while the phone rang."""
    ELSEWHERE = "elsewhere"
    """Another of the phones that rang has answered; nobody's fault."""


# ---------------------------------------------------------------- inputs from desks


@dataclass(frozen=True, slots=True)
class LogInRequested:
    """An agent starts work; logged in already means the profile is renewed."""

    profile: AgentProfile


@dataclass(frozen=True, slots=True)
class LogOutRequested:
    """An agent stops work; in a call it takes effect after the wrap-up."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class ReadyRequested:
    """An agent wants calls; in a call it is the next status."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class PauseRequested:
    """An agent wants no more calls; in a call it is the next status."""

    agent_id: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class DeskFound:
    """A page of the agent is connected."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class DeskLost:
    """The last page of the agent is gone."""

    agent_id: AgentId


DeskInput = (
    LogInRequested
    | LogOutRequested
    | ReadyRequested
    | PauseRequested
    | DeskFound
    | DeskLost
    | PickRequested
)

# ---------------------------------------------------------------- what calls tell their pool


@dataclass(frozen=True, slots=True)
class CallEntered:
    """A caller wants an agent."""

    call_id: CallId
    call_number: int
    """Makes the ids of its offers."""
    queue_id: QueueId
    priority: int
    requires: tuple[tuple[str, int], ...]
    """Skill and least level, sorted by skill."""
    attempts: int = 0
    """Offers that this call has had already."""
    entered_at: Ms | None = None
    """The place in line of one who comes back; None for now."""
    prefers: tuple[tuple[str, int], ...] = ()
    """Skill and weight, sorted by skill."""
    forbids: tuple[str, ...] = ()
    """Sorted."""
    own_agents: tuple[AgentId, ...] = ()
    """The owner of the customer, the agent of the last talk: as the queue wants them."""


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The caller does not wait any more: hung up, or the call failed."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class OfferTaken:
    """The agent answered and talks with the caller."""

    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The agent did not take the call; the caller waits on."""

    offer_id: OfferId
    reason: OfferEnd


@dataclass(frozen=True, slots=True)
class AgentHungUp:
    """The talk is over for this agent; after-call work begins."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class WrapUpDone:
    """The agent filed the after-call work."""

    agent_id: AgentId
    call_id: CallId


FromCall = CallEntered | CallWithdrawn | OfferTaken | OfferFailed | AgentHungUp | WrapUpDone


@dataclass(frozen=True, slots=True)
class OffersResumed:
    """The PBX is heard again: those who wait may be offered to agents."""

    pool_id: PoolId


PoolInput = DeskInput | FromCall | OffersResumed | BumpRequested

# ---------------------------------------------------------------- what a pool tells its calls


@dataclass(frozen=True, slots=True)
class CallOfferedToAgent:
    """Ring this agent for this call."""

    call_id: CallId
    offer_id: OfferId
    attempt: int
    agent_id: AgentId
    agent_name: str
    station: str
    ring_ms: Ms


@dataclass(frozen=True, slots=True)
class PositionDue:
    """Tell the caller the place in line, from 1."""

    call_id: CallId
    position: int


@dataclass(frozen=True, slots=True)
class QueueGaveUp:
    """The queue gives the caller back."""

    call_id: CallId
    reason: QueueExit


@dataclass(frozen=True, slots=True)
class WrapUpRanOut:
    """The after-call work is over without the agent: late, or the queue has none."""

    call_id: CallId
    agent_id: AgentId
    late: bool


FromPool = CallOfferedToAgent | PositionDue | QueueGaveUp | WrapUpRanOut

# ---------------------------------------------------------------- facts


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
    prefers: tuple[tuple[str, int], ...] = ()
    forbids: tuple[str, ...] = ()
    waits_for: tuple[AgentId, ...] = ()
    """The caller's own agents, for one of whom the caller waits at first."""
    waits_until: Ms | None = None


@dataclass(frozen=True, slots=True)
class CallDequeued:
    """A caller does not wait any more."""

    at: Ms
    call_id: CallId
    queue_id: QueueId
    reason: str
    """"withdrawn", "timed_out" or "unstaffed"."""


@dataclass(frozen=True, slots=True)
class PositionTold:
    """The caller's place in line was due to be announced."""

    at: Ms
    call_id: CallId
    position: int


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


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """The offer came to nothing; the agent rests until the instant given."""

    at: Ms
    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    reason: OfferEnd
    rest_until: Ms


@dataclass(frozen=True, slots=True)
class RestEnded:
    """The agent may be offered calls again."""

    at: Ms
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class WrapUpStarted:
    """The agent's after-call work began; it has a limit."""

    at: Ms
    agent_id: AgentId
    call_id: CallId
    until: Ms


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent's after-call work is over."""

    at: Ms
    agent_id: AgentId
    late: bool = False


PoolFact = (
    AgentLoggedIn
    | AgentLoggedOut
    | LogOutDeferred
    | StatusChosen
    | DeskConnected
    | DeskDisconnected
    | CallQueued
    | CallDequeued
    | PositionTold
    | OfferMade
    | OfferAccepted
    | OfferClosed
    | RestEnded
    | WrapUpStarted
    | WrapUpEnded
    | CallBumped
    | NeedsEased
    | RingWidened
)
