"""When callers leave a queue without an agent, and where they go: what the operator declares."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import Ms, QueueId

MOST_OVERFLOWS = 5
"""So often a call overflows; after that it leaves a queue only by the exits of its flow."""


class Moment(StrEnum):
    """When a rule is looked at."""

    WAITING = "waiting"
    """On entry, when its wait is over, and with each announcement of the place in line."""
    UNSTAFFED = "unstaffed"
    """Nobody is there who counts as staff for this caller."""
    CLOSING = "closing"
    """The queue closes while the caller waits."""
    CLOSED = "closed"
    """The caller wants to enter a queue that is closed."""
    FULL = "full"
    """The caller wants to enter a queue with as many callers as it may have."""


class Staffed(StrEnum):
    """How an agent who is logged in is, where a queue asks who counts as staff."""

    READY = "ready"
    """Waits for a call, or rings."""
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    RESTING = "resting"
    """Left alone for some seconds after a call that was not taken."""
    UNREACHABLE = "unreachable"
    """The same after the phone could not be reached."""
    PAGE_LOST = "page_lost"
    """Ready, but without a page."""


ANYBODY = frozenset(Staffed)


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Wait in another queue, as old as in this one."""

    queue_id: QueueId

    @property
    def words(self) -> str:
        """What it is called in records."""
        return f"queue {self.queue_id}"


@dataclass(frozen=True, slots=True)
class ToFlow:
    """Go on at a node of a flow."""

    flow_id: str
    node_id: str = ""
    """Empty for the start."""
    label: str = ""
    """What it is called in records, if not by its names."""

    @property
    def words(self) -> str:
        """What it is called in records."""
        where = f"{self.flow_id}/{self.node_id}" if self.node_id else self.flow_id
        return self.label or f"flow {where}"


@dataclass(frozen=True, slots=True)
class ToMailbox:
    """Leave a message in the mailbox of the telephone system."""

    words: str = "voicemail"


Target = ToQueue | ToFlow | ToMailbox


@dataclass(frozen=True, slots=True)
class OverflowRule:
    """One rule; the first of a queue's rules that holds is followed. All its conditions must."""

    to: Target
    moment: Moment = Moment.WAITING
    waited_ms: Ms = 0
    """Only who has waited so long in this queue."""
    position: int = 0
    """Only who stands behind this place; 0: wherever."""
    service_level: int = 0
    """Only while less than so many percent were served in time; 0: whatever."""
    window_ms: Ms = 900_000
    """Over so long the service level is taken."""


def next_look(rules: tuple[OverflowRule, ...], queued_at: Ms, looked_at: Ms) -> Ms | None:
    """Return when a wait that a rule asks for is over, after the rules were looked at last."""
    if not rules:
        return None
    waits = (queued_at + rule.waited_ms for rule in rules if rule.moment is Moment.WAITING)
    return min((at for at in waits if at > looked_at), default=None)
