"""The records of a pool: agents, waiting callers, offers. Frozen; replaced to change."""

from dataclasses import dataclass

from callcenter.core.acd.doors import Door
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.service_levels import Minute
from callcenter.core.acd.sketches import KeptRate, KeptTimes
from callcenter.core.acd.wait_range import WaitRange
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId

Requirements = tuple[tuple[str, int], ...]
"""Skill and least level, sorted by skill."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent who is logged in."""

    profile: AgentProfile
    status: AgentStatus
    since_at: Ms
    """Since when the agent is as shown: status or activity changed."""
    idle_since: Ms
    """The longest idle is offered first; kept when a caller hangs up while the phone rings."""
    pause_reason: str = ""
    activity: Activity = Activity.IDLE
    page_connected: bool = False
    page_lost_at: Ms | None = None
    rest_until: Ms | None = None
    """Not offered calls before, after a call that was not taken."""
    offer_id: OfferId | None = None
    call_id: CallId | None = None
    """The call being rung, talked in or wrapped up."""
    queue_id: QueueId | None = None
    """The queue of that call."""
    wrap_up_until: Ms | None = None
    logs_out_after: bool = False
    rest_after: OfferEnd | None = None
    """What the present rest, or the last one, follows."""
    calls: int = 0
    """Taken since the log-in."""
    talk_ms: Ms = 0
    """In talks that are over, since the log-in."""
    offered_at: Ms = 0
    """When a call was offered last."""
    misses: int = 0
    """Calls in a row that were shown, rang, and were not answered; a talk ends the row."""
    faults: int = 0
    """Offers in a row that a fault of phone or page ended; a ring that is seen ends the row."""
    is_not_answering: bool = False
    """Paused by the pool after so many misses; whatever the agent chooses ends it."""
    wrap_up_extensions: int = 0
    """How often the present after-call work was extended."""

    @property
    def is_free(self) -> bool:
        """Whether a call may be offered now."""
        return (
            self.activity is Activity.IDLE
            and self.status is AgentStatus.READY
            and self.page_connected
            and self.rest_until is None
            and not self.logs_out_after
        )


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A caller in a queue. One who is being offered still holds the place."""

    call_id: CallId
    call_number: int
    queue_id: QueueId
    priority: int
    requires: Requirements
    entered_at: Ms
    """The place in line counts from here."""
    queued_at: Ms
    """The longest wait counts from here; later than ``entered_at`` for one who came back."""
    attempts: int
    """Offers so far."""
    announce_at: Ms | None
    """When the position is told next."""
    offer_id: OfferId | None = None
    expected_at: Ms | None = None
    """When the wait was estimated first."""
    expected: WaitRange | None = None
    """The wait expected then."""
    told: WaitRange | None = None
    """The wait that the caller was told last."""
    told_at: Ms = 0
    overflows: int = 0
    """How often the call had overflowed when it came."""
    comes_back: bool = False
    """Was in the queue before and lost the agent."""
    looked_at: Ms = 0
    """When the rules for overflow were looked at last."""
    leaves_at: Ms | None = None
    """When the caller leaves, because nobody who counts as staff is there."""
    prefers: Requirements = ()
    """Skill and weight: agents who have more of it are asked first."""
    forbids: tuple[str, ...] = ()
    """Skills of agents who must not take the call."""
    step: int = 0
    """How many of the queue's relaxations have been reached."""
    waits_for: tuple[AgentId, ...] = ()
    """The caller's own agents, if the caller still waits for one of them."""
    waits_until: Ms | None = None
    """Until when."""
    bumped_at: Ms | None = None
    """When a supervisor last put the caller to the head."""
    also_rings: tuple[OfferId, ...] = ()
    """Further offers at hand, where several phones ring for one caller."""
    answered: OfferId | None = None
    """The offer whose agent has answered; no other phone is rung meanwhile."""
    widened: int = 0
    """How many phones more have come due since the first rang, where that is done in steps."""
    widens_at: Ms | None = None
    """When one more will be due."""
    told_position: int | None = None
    """The place that was told last."""
    comforted_until: Ms = 0
    """What was due for those who wait until then has been played."""
    is_callback: bool = False
    """Nobody is on the line: hears nothing, waits for however long, is given up by no rule."""

    @property
    def offer_ids(self) -> tuple[OfferId, ...]:
        """All offers at hand."""
        return (self.offer_id, *self.also_rings) if self.offer_id is not None else ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One try at one agent."""

    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    attempt: int
    made_at: Ms


@dataclass(frozen=True, slots=True)
class KeptExperience:
    """What was learnt of a queue, as it is stored."""

    queue_id: QueueId
    talks: KeptTimes
    wrap_ups: KeptTimes
    sums: tuple[float, ...]
    """Offers accepted, ms that phones rang, callers who gave up, ms in line; ends of the range."""
    priorities: tuple[tuple[int, KeptRate], ...]
    came_back: KeptRate | None
    accuracy: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PoolKept:
    """A fact that stands for all before it: the whole pool as it was."""

    at: Ms
    agents: tuple[Agent, ...]
    waiting: tuple[WaitingCall, ...]
    offers: tuple[Offer, ...]
    experience: tuple[KeptExperience, ...] = ()
    doors: tuple[Door, ...] = ()
    levels: tuple[tuple[QueueId, tuple[Minute, ...]], ...] = ()
