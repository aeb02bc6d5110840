"""What happens to a pool, what is recorded of it, and what it tells its calls."""

from dataclasses import dataclass

from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.comfort_messages import ComfortDue, PositionAsked, PositionDue
from callcenter.core.acd.offer_end_messages import OfferEnd, OfferRecalled
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.queue_messages import OpennessAsked, OpennessTold, QueueGaveUp, QueueInput
from callcenter.core.acd.wrap_up_messages import (
    DispositionChosen,
    WrapUpExtensionRequested,
    WrapUpRanOut,
)
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId

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
    by_restart: bool = False
    """The service itself was away: what rings goes on, the page comes back by itself."""


DeskInput = (
    LogInRequested
    | LogOutRequested
    | ReadyRequested
    | PauseRequested
    | DeskFound
    | DeskLost
    | PickRequested
    | WrapUpExtensionRequested
    | DispositionChosen
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
    overflows: int = 0
    """How often the call has overflowed."""
    comes_back: bool = False
    """Was in the queue before and lost the agent: is not turned away if it has closed since."""
    prefers: tuple[tuple[str, int], ...] = ()
    """Skill and weight, sorted by skill."""
    forbids: tuple[str, ...] = ()
    """Sorted."""
    own_agents: tuple[AgentId, ...] = ()
    """The owner of the customer, the agent of the last talk: as the queue wants them."""
    is_callback: bool = False
    """Nobody is on the line who waits: the customer will be called."""


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The caller does not wait any more: hung up, left by a key, or the call failed."""

    call_id: CallId
    reason: str = "withdrawn"
    """"withdrawn" by the caller's end, "left" by the flow, "failed"."""


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The agent has answered and hears whose call it is; they do not talk yet."""

    offer_id: OfferId


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


OfCaller = (
    CallEntered
    | CallWithdrawn
    | OfferAnswered
    | OfferTaken
    | OfferFailed
    | AgentHungUp
    | WrapUpDone
    | PositionAsked
)
FromCall = OfCaller | OpennessAsked


@dataclass(frozen=True, slots=True)
class OffersResumed:
    """The PBX is heard again: those who wait may be offered to agents."""

    pool_id: PoolId


@dataclass(frozen=True, slots=True)
class RulesReplaced:
    """The operator has changed the settings; the pool has its new rules already."""

    pool_id: PoolId
    changes: tuple[str, ...]
    """What is different, a line each, for the record."""


LineInput = OffersResumed | RulesReplaced | BumpRequested

PoolInput = DeskInput | FromCall | LineInput | QueueInput

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
    shown_ms: Ms = 0
    """Within so long the agent's page must say that it shows the call; 0 for the ring time."""


FromPool = (
    CallOfferedToAgent
    | OfferRecalled
    | PositionDue
    | ComfortDue
    | QueueGaveUp
    | WrapUpRanOut
    | OpennessTold
)
