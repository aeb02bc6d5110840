"""A PBX that can do only so much: commands wait, and are carried out even if nobody waits any more.

So does a real one under load: it does not refuse, it gets slow.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from callcenter.simulation.in_process import InProcessTransport


class NarrowTransport:
    """Fits ``AriTransport`` of the ARI adapter by its shape."""

    def __init__(
        self, inner: InProcessTransport, workers: int, work_s: float, timeout_s: float = 3.0
    ) -> None:
        """Narrow a way to the PBX.

        Args:
            inner: The way.
            workers: How many commands are carried out at once.
            work_s: How long one takes.
            timeout_s: How long whoever asks waits.
        """
        self._inner = inner
        self._workers = asyncio.Semaphore(workers)
        self._work_s = work_s
        self._timeout_s = timeout_s
        self._under_way: set[asyncio.Task[tuple[int, bytes]]] = set()

    @property
    def address(self) -> str:
        """What stands for an address in messages."""
        return self._inner.address

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command; see ``InProcessTransport``."""
        work = self._work(method, path, params, body)
        task = asyncio.get_running_loop().create_task(work, name="a narrow PBX at work")
        self._under_way.add(task)
        task.add_done_callback(self._done)
        async with asyncio.timeout(self._timeout_s):
            return await asyncio.shield(task)

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        """Open the event socket; events are not slow."""
        await self._inner.listen(application, opened, received)

    async def close(self) -> None:
        """Forget what is under way."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _work(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        async with self._workers:
            await asyncio.sleep(self._work_s)
        return await self._inner.request(method, path, params, body)

    def _done(self, task: "asyncio.Task[tuple[int, bytes]]") -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked has it, or has gone
