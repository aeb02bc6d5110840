"""A recorded day, to be lived through again: who came when is kept, how long things took is drawn.

Each replication is a day like the recorded one. Callers arrive when they did, in the queue in which
they did; talks, after-call work and rings are drawn from those of the same queue on that day. How
long somebody would have waited is known only of those who gave up; of the others it is known to be
more than they waited. Both go into one estimate (``patience``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, Ms, QueueId
from callcenter.ports.records import Segment, SegmentKind
from callcenter.whatif.day import ABANDONED, ANSWERED, Visit
from callcenter.whatif.scenario import Caller, Kind, Shift
from callcenter.whatif.spreads import Empirical
from ivr_flows.messages import QueueExit

_GIVEN_BACK = {reason.value for reason in QueueExit}


@dataclass(slots=True)
class Habits:
    """What was seen in one queue."""

    talks_ms: list[Ms] = field(default_factory=list)
    wraps_ms: list[Ms] = field(default_factory=list)
    rings_ms: list[Ms] = field(default_factory=list)
    """Of those who answered."""
    missed: int = 0
    """Rings that were let be, or refused."""
    waits_ms: list[tuple[Ms, bool]] = field(default_factory=list)
    """How long each waited, and whether until giving up."""

    @property
    def missed_share(self) -> float:
        """Share of rings that nobody took."""
        rings = len(self.rings_ms) + self.missed
        return self.missed / rings if rings else 0.0


@dataclass(slots=True)
class RecordedDay:
    """What the records say of a day; instants are milliseconds since its midnight."""

    visits: list[Visit] = field(default_factory=list)
    habits: dict[QueueId, Habits] = field(default_factory=lambda: defaultdict(Habits))
    shifts: list[Shift] = field(default_factory=list)
    """Each agent who rang, from the first ring to the end of the last after-call work."""


def recorded_day(calls: Iterable[Sequence[Segment]], midnight_at: Ms) -> RecordedDay:
    """Return a day from the segments of its calls.

    Args:
        calls: The segments of each call that is over, in order.
        midnight_at: The midnight that the day counts from, milliseconds since 1970 UTC.
    """
    day = RecordedDay()
    for segments in calls:
        for segment in segments:
            if segment.kind is SegmentKind.QUEUE and segment.ended_at is not None:
                _add_visit(day, segment, segments, midnight_at)
    day.visits.sort(key=lambda visit: visit.at)
    day.shifts = _shifts([s for segments in calls for s in segments], midnight_at)
    return day


def _add_visit(
    day: RecordedDay, queue: Segment, segments: Sequence[Segment], midnight_at: Ms
) -> None:
    if queue.queue_id is None or queue.ended_at is None:
        return
    end = ABANDONED
    if queue.end_reason == "connected":
        end = ANSWERED
    elif queue.end_reason in _GIVEN_BACK:
        end = queue.end_reason
    wait_ms = queue.ended_at - queue.started_at
    visit = Visit(queue.started_at - midnight_at, queue.queue_id, str(queue.queue_id), wait_ms, end)
    day.visits.append(visit)
    habits = day.habits[queue.queue_id]
    habits.waits_ms.append((wait_ms, end == ABANDONED))
    _add_rings(habits, [s for s in segments if s.kind is SegmentKind.RING and _during(s, queue)])
    if end == ANSWERED:
        _add_talk(habits, queue.ended_at, segments)


def _during(ring: Segment, queue: Segment) -> bool:
    return queue.started_at <= ring.started_at <= (queue.ended_at or ring.started_at)


def _add_rings(habits: Habits, rings: Sequence[Segment]) -> None:
    for ring in rings:
        if ring.end_reason == "connected":
            habits.rings_ms.append(_length_ms(ring))
        habits.missed += ring.end_reason in {"no_answer", "refused", "unreachable"}


def _add_talk(habits: Habits, began_at: Ms, segments: Sequence[Segment]) -> None:
    """Note the talk that began then, and the after-call work that followed it."""
    talk = next(
        (s for s in segments if s.kind is SegmentKind.TALK and s.started_at >= began_at), None
    )
    if talk is None or talk.ended_at is None:
        return
    habits.talks_ms.append(_length_ms(talk))
    wraps = (s for s in segments if s.kind is SegmentKind.WRAP and s.started_at >= talk.ended_at)
    wrap = next(wraps, None)
    habits.wraps_ms.append(_length_ms(wrap) if wrap is not None else 0)


def _length_ms(segment: Segment) -> Ms:
    return 0 if segment.ended_at is None else segment.ended_at - segment.started_at


def _shifts(segments: Iterable[Segment], midnight_at: Ms) -> list[Shift]:
    """Return when each agent was seen at work, and for which queues they rang."""
    seen: dict[AgentId, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.agent_id is not None:
            seen[segment.agent_id].append(segment)
    shifts = []
    for agent_id, own in sorted(seen.items()):
        queues = tuple(sorted({s.queue_id for s in own if s.queue_id is not None}))
        profile = AgentProfile(agent_id, own[0].agent_name, own[0].station, queues)
        begins_at = min(s.started_at for s in own) - midnight_at
        ends_at = max(s.ended_at or s.started_at for s in own) - midnight_at
        shifts.append(Shift(profile, begins_at, ends_at + 1))
    return shifts


def patience(waits_ms: Iterable[tuple[Ms, bool]]) -> list[tuple[float, Ms]]:
    """Return the estimated distribution of patience: shares, and the times they do not exceed.

    What is left of the shares at the end has more patience than anybody was seen to have.

    Args:
        waits_ms: How long each waited, and whether until giving up (else patience is longer).

    Source: Kaplan and Meier (1958), the product limit.
    """
    stay, steps = 1.0, []
    # Of equal waits those until giving up come first: the others were still there.
    ordered = sorted(waits_ms, key=lambda wait: (wait[0], not wait[1]))
    left = len(ordered)
    for wait_ms, gave_up in ordered:
        if gave_up:
            stay *= 1 - 1 / left
            steps.append((1 - stay, wait_ms))
        left -= 1
    return steps


class RecordedCrowd:
    """Implements ``scenario.Crowd``."""

    def __init__(self, day: RecordedDay) -> None:
        self._visits = day.visits
        self._habits = {
            queue_id: _Draws(
                Empirical(habits.talks_ms or [0]),
                Empirical(habits.wraps_ms or [0]),
                Empirical(habits.rings_ms or [0]),
                habits.missed_share,
                patience(habits.waits_ms),
            )
            for queue_id, habits in day.habits.items()
        }
        self._kinds = {queue_id: Kind(str(queue_id), queue_id) for queue_id in day.habits}

    def callers(self, seed: str) -> Sequence[Caller]:
        """Return the callers of a day like the recorded one."""
        draw = Random(f"{seed}/recorded").random
        return [
            self._habits[visit.queue_id].caller(
                visit.at, self._kinds[visit.queue_id], (draw(), draw(), draw(), draw(), draw())
            )
            for visit in self._visits
        ]


@dataclass(frozen=True, slots=True)
class _Draws:
    talk: Empirical
    wrap_up: Empirical
    ring: Empirical
    missed_share: float
    patience: Sequence[tuple[float, Ms]]

    def caller(self, at: Ms, kind: Kind, draws: tuple[float, float, float, float, float]) -> Caller:
        """Return a caller made of five uniform numbers."""
        talk, wrap_up, ring, missed, share = draws
        patience_ms = next((ms for up_to, ms in self.patience if share < up_to), None)
        return Caller(
            at,
            kind,
            self.talk.at(talk),
            self.wrap_up.at(wrap_up),
            patience_ms,
            self.ring.at(ring),
            missed < self.missed_share,
        )
