"""What happens to a pool, what is recorded of it, and what it tells its calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.core.acd.comfort_messages import (
    ComfortDue,
    PositionAsked,
    PositionDue,
)
from callcenter.core.acd.offer_end_messages import (
    OfferEnd,
    OfferRecalled,
)
from callcenter.core.acd.wrap_up_messages import (
    DispositionChosen,
    WrapUpExtensionRequested,
    WrapUpRanOut,
)
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId
from ivr_flows.messages import QueueExit


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """Who an agent is and what they may take, as of their log-in."""

    agent_id: AgentId
    name: str
    station: str
    """The phone, as the PBX names it: "PJSIP/1001"."""
    queues: tuple[QueueId, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill name to level, 1 to 10."""
    answers_by_click: bool = False
    """The station can be picked up from the page."""


class AgentStatus(StrEnum):
    """What the agent chose."""

    READY = "ready"
    PAUSED = "paused"


class Activity(StrEnum):
    r"""What is happening with the agent.

    ::

        IDLE --offer--> RINGING --answered--> TALKING --ended--> WRAP_UP --done--> IDLE
          ^                |                      |
          +--- not taken --+                      +--- no wrap-up --> IDLE
    """

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


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


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The caller does not wait any more: hung up, left by a key, or the call failed."""

    call_id: CallId
    reason: str = "withdrawn"
    """"withdrawn" by the caller's end, "left" by the flow, "failed"."""


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


FromCall = (
    CallEntered
    | CallWithdrawn
    | OfferTaken
    | OfferFailed
    | AgentHungUp
    | WrapUpDone
    | PositionAsked
)


@dataclass(frozen=True, slots=True)
class OffersResumed:
    """The PBX is heard again: those who wait may be offered to agents."""

    pool_id: PoolId


PoolInput = DeskInput | FromCall | OffersResumed

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


@dataclass(frozen=True, slots=True)
class QueueGaveUp:
    """The queue gives the caller back."""

    call_id: CallId
    reason: QueueExit


FromPool = (
    CallOfferedToAgent | OfferRecalled | PositionDue | ComfortDue | QueueGaveUp | WrapUpRanOut
)
