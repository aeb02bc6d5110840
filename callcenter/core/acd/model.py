"""The records of a pool: agents, waiting callers, offers. Frozen; replaced to change."""

from dataclasses import dataclass

from callcenter.core.acd.messages import Activity, AgentProfile, AgentStatus
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
    told_position: int | None = None
    """The place that was told last."""
    comforted_until: Ms = 0
    """What was due for those who wait until then has been played."""

    @property
    def place(self) -> tuple[int, Ms, int, CallId]:
        """The order in line: priority, then age; never equal for two callers."""
        return (-self.priority, self.entered_at, self.call_number, self.call_id)


@dataclass(frozen=True, slots=True)
class Offer:
    """One try at one agent."""

    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    attempt: int
    made_at: Ms


@dataclass(frozen=True, slots=True)
class PoolKept:
    """A fact that stands for all before it: the whole pool as it was."""

    at: Ms
    agents: tuple[Agent, ...]
    waiting: tuple[WaitingCall, ...]
    offers: tuple[Offer, ...]
