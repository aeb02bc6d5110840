"""What was measured in the last seconds, in bounded memory."""

from collections import deque

from callcenter.core.ids import Ms

SUSTAINED_OVER = 5
"""In turns, which are seconds: two bad ones of these count, a single one does not."""
REMEMBERED = 60
MOST_SAMPLES = 2_000
"""Of one turn; more would tell nothing new."""
ENOUGH = 10
"""Fewer samples have no 95th percentile worth acting on."""


class Peaks:
    """The highest value of each of the last turns."""

    def __init__(self) -> None:
        self._now = 0.0
        self._turns: deque[float] = deque(maxlen=REMEMBERED)

    def note(self, value: float) -> None:
        """Take a value; cheap, for it is called for each event."""
        if value > self._now:
            self._now = value

    def turn(self) -> None:
        """Begin the next turn."""
        self._turns.append(self._now)
        self._now = 0.0

    @property
    def sustained(self) -> float:
        """The second highest of the last turns: what was reached at least twice."""
        latest = sorted(list(self._turns)[-SUSTAINED_OVER:])
        return latest[-2] if len(latest) > 1 else 0.0

    @property
    def highest(self) -> float:
        """The highest of all turns remembered and of the present one."""
        return max(self._now, max(self._turns, default=0.0))


class Samples:
    """The values of one turn, for a percentile."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def note(self, value: float) -> None:
        """Take a value."""
        if len(self._values) < MOST_SAMPLES:
            self._values.append(value)

    def turn(self) -> float | None:
        """Begin the next turn; return the 95th percentile of the last, None for too few values."""
        values, self._values = sorted(self._values), []
        return values[int(0.95 * (len(values) - 1))] if len(values) >= ENOUGH else None


class Lag:
    """How long a follower has been behind, from looks once in a while at how far both are."""

    def __init__(self) -> None:
        self._seen: deque[tuple[Ms, int]] = deque(maxlen=3_600)
        """When the leader was first seen beyond a place, and there; behind which we still are."""

    def look(self, now: Ms, leader: int, follower: int) -> Ms:
        """Return how long the follower has been behind what it has not reached yet."""
        if not self._seen or leader > self._seen[-1][1]:
            self._seen.append((now, leader))
        while self._seen and self._seen[0][1] <= follower:
            self._seen.popleft()
        return now - self._seen[0][0] if self._seen else 0
