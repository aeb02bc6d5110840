"""How long this very process was held up: the error of every time that a test measures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_TICK_S = 0.005


class Stalls:
    """The longest time in which the test's own loop did not run."""

    def __init__(self) -> None:
        self.longest_ms = 0

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_TICK_S)
            held_up_ms = round((loop.time() - before - _TICK_S) * 1000)
            self.longest_ms = max(self.longest_ms, held_up_ms)


@asynccontextmanager
async def watched_stalls() -> AsyncIterator[Stalls]:
    """Measure within a block."""
    stalls = Stalls()
    task = asyncio.create_task(stalls.watch(), name="stalls")
    try:
        yield stalls
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
