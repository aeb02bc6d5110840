"""Which queues are open: by their hours, unless somebody closed one early. Folded from facts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from callcenter.core.acd.queue_messages import QueueClosed, QueueOpened
from callcenter.core.ids import Ms, QueueId
from callcenter.core.plan import QueueRules

_ALWAYS = float("inf")


@dataclass(frozen=True, slots=True)
class Door:
    """What was recorded last of a queue's opening or closing."""

    queue_id: QueueId
    is_open: bool
    since_at: Ms
    until: Ms | None
    """When the hours change that; None: never, or not before somebody opens it."""
    closed_by: str = ""
    """Who closed it early; empty: nobody."""
    reason: str = ""


class Doors:
    """The doors of a pool's queues."""

    def __init__(self, queues: Mapping[QueueId, QueueRules]) -> None:
        self._queues = queues
        self._doors: dict[QueueId, Door] = {}
        self._stretches: dict[QueueId, tuple[Ms, float, bool]] = {}
        """From when, until when, and whether it is open: what was worked out last."""

    def __iter__(self) -> Iterator[Door]:
        return iter(self._doors.values())

    def of(self, queue_id: QueueId) -> Door | None:
        """Return what was recorded last of a queue; None before its first opening or closing."""
        return self._doors.get(queue_id)

    def put(self, door: Door) -> None:
        """Replace what is known of a queue."""
        self._doors[door.queue_id] = door

    def evolve(self, fact: QueueOpened | QueueClosed) -> None:
        """Apply a fact."""
        if isinstance(fact, QueueOpened):
            self.put(Door(fact.queue_id, is_open=True, since_at=fact.at, until=fact.until))
        else:
            who = (fact.closed_by, fact.reason)
            self.put(Door(fact.queue_id, False, fact.at, fact.until, *who))  # noqa: FBT003

    def restore(self, doors: Iterable[Door]) -> None:
        """Take over what was kept, of the queues that are still there."""
        for door in doors:
            if door.queue_id in self._queues:
                self.put(door)

    def is_open(self, queue_id: QueueId, now: Ms) -> bool:
        """Say whether a queue takes callers."""
        door = self._doors.get(queue_id)
        if door is not None and door.closed_by and (door.until is None or now < door.until):
            return False
        hours = self._queues[queue_id].hours
        if hours is None:
            return True
        begin, end, is_open = self._stretches.get(queue_id, (0, 0, False))
        if not begin <= now < end:
            is_open, change = hours.stretch(now)
            self._stretches[queue_id] = (now, _ALWAYS if change is None else change, is_open)
        return is_open

    def alarm(self, queue_id: QueueId) -> Ms | None:
        """Return when to look at a queue's hours next; in the past if they were changed since."""
        door, hours = self._doors.get(queue_id), self._queues[queue_id].hours
        if door is not None and door.closed_by:
            return door.until
        if hours is None:
            return None if door is None or door.is_open else 0
        if door is None:
            return 0
        is_open, change = hours.stretch(door.since_at)
        return change if is_open == door.is_open else 0
