"""Time for the simulation: a virtual clock, or the clock of an asyncio loop."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol, final


class Timer(Protocol):
    """Something that is to happen."""

    def cancel(self) -> None:
        """Let it not happen; a second call, or a late one, does nothing."""
        ...


class Scheduler(Protocol):
    """The only source of time of the model: it runs the same under either clock."""

    def now_ms(self) -> float:
        """Return the instant, milliseconds since 1970 UTC; it never goes back."""
        ...

    def call_later(self, delay_ms: float, action: Callable[[], None]) -> Timer:
        """Call once after the delay; actions of the same instant run in the order of the calls."""
        ...


@final
class _Entry:
    """One planned action of the virtual clock."""

    __slots__ = ("action", "at_ms")

    def __init__(self, at_ms: float, action: Callable[[], None]) -> None:
        self.at_ms = at_ms
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


@final
class VirtualScheduler:
    """A clock that moves only when told to, as fast as the machine can."""

    def __init__(self, start_ms: float = 1_800_000_000_000) -> None:
        self._now = float(start_ms)
        self._order = itertools.count()
        self._heap: list[tuple[float, int, _Entry]] = []

    def now_ms(self) -> float:
        """Return the virtual instant, milliseconds since 1970 UTC."""
        return self._now

    def call_later(self, delay_ms: float, action: Callable[[], None]) -> Timer:
        """Plan an action; a negative delay counts as none."""
        entry = _Entry(self._now + max(0.0, delay_ms), action)
        heapq.heappush(self._heap, (entry.at_ms, next(self._order), entry))
        return entry

    def run_for(self, duration_ms: float) -> None:
        """Run all that happens within the duration, then stand at its end."""
        end = self._now + duration_ms
        while self._heap and self._heap[0][0] <= end:
            self._step()
        self._now = end

    def run_until_idle(self, limit_ms: float = 86_400_000) -> None:
        """Run until nothing is planned any more, or the limit is reached."""
        end = self._now + limit_ms
        while self._heap and self._heap[0][0] <= end:
            self._step()

    def _step(self) -> None:
        at_ms, _, entry = heapq.heappop(self._heap)
        self._now = max(self._now, at_ms)
        if entry.action is not None:
            entry.action()


@final
class LoopScheduler:
    """The clock of a running asyncio loop (or of a test's loop with virtual time)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wall_now_ms: float) -> None:
        """Bind to a loop.

        Args:
            loop: The loop on which the actions run.
            wall_now_ms: The wall clock now, milliseconds since 1970 UTC; later instants are this
                one plus what the loop's clock has moved.
        """
        self._loop = loop
        self._offset_ms = wall_now_ms - loop.time() * 1_000

    def now_ms(self) -> float:
        """Return the instant, milliseconds since 1970 UTC."""
        return self._offset_ms + self._loop.time() * 1_000

    def call_later(self, delay_ms: float, action: Callable[[], None]) -> Timer:
        """Plan an action on the loop."""
        return self._loop.call_later(max(0.0, delay_ms) / 1_000, action)
