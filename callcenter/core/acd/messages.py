"""What happens to a pool, what is recorded of it, and what it tells its calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.core.acd.comfort_messages import (
    ComfortDue as ComfortDue,
)
from callcenter.core.acd.comfort_messages import (
    ComfortGiven as ComfortGiven,
)
from callcenter.core.acd.comfort_messages import (
    PositionAsked as PositionAsked,
)
from callcenter.core.acd.comfort_messages import (
    PositionDue as PositionDue,
)
from callcenter.core.acd.comfort_messages import (
    PositionTold as PositionTold,
)
from callcenter.core.acd.offer_end_messages import (
    AgentNotAnswering as AgentNotAnswering,
)
from callcenter.core.acd.offer_end_messages import (
    OfferClosed as OfferClosed,
)
from callcenter.core.acd.offer_end_messages import (
    OfferEnd as OfferEnd,
)
from callcenter.core.acd.offer_end_messages import (
    OfferRecalled as OfferRecalled,
)
from callcenter.core.acd.wrap_up_messages import (
    DispositionChosen as DispositionChosen,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpEnded as WrapUpEnded,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpExtended as WrapUpExtended,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpExtensionRequested as WrapUpExtensionRequested,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpLimited as WrapUpLimited,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpRanOut as WrapUpRanOut,
)
from callcenter.core.acd.wrap_up_messages import (
    WrapUpStarted as WrapUpStarted,
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


@dataclass(frozen=True, slots=True)
class CallDequeued:
    """A caller does not wait any more."""

    at: Ms
    call_id: CallId
    queue_id: QueueId
    reason: str
    """"withdrawn", "left", "failed", "timed_out" or "unstaffed"."""


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The pool reserved an agent for a caller."""

    at: Ms
    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    attempt: int


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
class RestEnded:
    """The agent may be offered calls again."""

    at: Ms
    agent_id: AgentId


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
    | ComfortGiven
    | WrapUpExtended
    | WrapUpLimited
    | AgentNotAnswering
)
