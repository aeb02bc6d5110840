"""An event loop whose time is not the machine's: it jumps to the next thing that is planned.

Everything that waits for a timer (sleep, time-outs, deadlines) runs at once and in order, and
always the same way. Only for what needs no network and no threads: while one of those is awaited
the loop cannot know that time must not go on.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


class _NoNetwork(selectors.SelectSelector):
    """Never waits: moves the loop's clock instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout is None:
            raise RuntimeError("everybody waits for ever: nothing is planned on this loop")
        if not found and timeout:
            self.now_s += timeout
        return found


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time, which begins at 0."""

    def __init__(self) -> None:
        self._virtual = _NoNetwork()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now_s


class VirtualClock:
    """Implements ``ports.clock.Clock`` on such a loop."""

    def __init__(self, wall_ms: int = 1_795_338_000_000) -> None:
        self._loop = asyncio.get_running_loop()
        self._start_ms = wall_ms

    def wall_ms(self) -> int:
        return self._start_ms + self.elapsed_ms()

    def elapsed_ms(self) -> int:
        return round(self._loop.time() * 1000)


def virtual(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Let an asynchronous test run on a loop on virtual time."""

    @wraps(test)
    def on_virtual_time(*args: Any, **fixtures: Any) -> None:
        run(test(*args, **fixtures))

    return on_virtual_time


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on a new loop on virtual time; raises if the work hangs, or leaves a task behind."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        result = runner.run(work)
        left = [task.get_name() for task in asyncio.all_tasks(runner.get_loop())]
    assert not left, f"tasks were left behind: {left}"
    return result
