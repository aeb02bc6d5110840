"""How many callers were served in time of late, for each queue with a rule that asks for it."""

from collections import deque
from collections.abc import Mapping

from callcenter.core.acd.overflow_rules import OverflowRule
from callcenter.core.ids import Ms, QueueId
from callcenter.core.plan import QueueRules

MINUTE_MS = 60_000

Minute = tuple[int, int, int]
"""A minute since 1970; callers answered in time in it; callers answered or gone in it."""


class ServiceLevels:
    """Counts by the minute, kept as long as the longest window of a queue's rules."""

    def __init__(self, queues: Mapping[QueueId, QueueRules]) -> None:
        self._keep: dict[QueueId, int] = {}
        for queue_id, rules in queues.items():
            windows = [rule.window_ms for rule in rules.overflow if rule.service_level]
            if windows:
                self._keep[queue_id] = _minutes(max(windows))
        self._counts: dict[QueueId, deque[Minute]] = {queue_id: deque() for queue_id in self._keep}

    def count(self, queue_id: QueueId, at: Ms, *, in_time: bool) -> None:
        """Count a caller who was answered, or (not in time) hung up."""
        counts = self._counts.get(queue_id)
        if counts is None:
            return
        minute = at // MINUTE_MS
        before = counts.pop() if counts and counts[-1][0] == minute else (minute, 0, 0)
        counts.append((minute, before[1] + in_time, before[2] + 1))
        while counts[0][0] <= minute - self._keep[queue_id]:
            counts.popleft()

    def is_below(self, rule: OverflowRule, queue_id: QueueId, now: Ms) -> bool:
        """Say whether less than the rule's share was served in time; no if nobody was counted."""
        oldest = now // MINUTE_MS - _minutes(rule.window_ms)
        counts = [each for each in self._counts.get(queue_id, ()) if each[0] > oldest]
        total = sum(each[2] for each in counts)
        return 100 * sum(each[1] for each in counts) < rule.service_level * total

    def kept(self) -> tuple[tuple[QueueId, tuple[Minute, ...]], ...]:
        """Return all counts, for ``restore``."""
        return tuple((queue_id, tuple(counts)) for queue_id, counts in self._counts.items())

    def restore(self, kept: tuple[tuple[QueueId, tuple[Minute, ...]], ...]) -> None:
        """Take over what was kept, of the queues that still want it."""
        for queue_id, counts in kept:
            if queue_id in self._counts:
                self._counts[queue_id] = deque(counts)


def _minutes(window_ms: Ms) -> int:
    return -(-window_ms // MINUTE_MS)
