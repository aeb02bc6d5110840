"""Waiting for commits: the part that every journal does alike on the event loop."""

import asyncio
from collections.abc import Callable, Sequence

from callcenter.ports.journal import JournalFailed


class Commits:
    """How far a journal is durable, who waits for more, and whether it has failed."""

    def __init__(self, seq: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._failure: asyncio.Future[JournalFailed] = self._loop.create_future()
        self.seq = seq
        """The highest durable sequence."""

    @property
    def has_failed(self) -> bool:
        """Nothing more will be committed."""
        return self._failure.done()

    def advance(self, seq: int, callbacks: Sequence[Callable[[], None]]) -> None:
        """Note that all up to ``seq`` is durable; callbacks run in order, before any waiter."""
        self.seq = seq
        for callback in callbacks:
            # Through the loop: one that raises must not keep the others from being called.
            self._loop.call_soon(callback)
        due = [waiter for wanted, waiter in self._waiting if wanted <= seq]
        self._waiting = [(wanted, waiter) for wanted, waiter in self._waiting if wanted > seq]
        for waiter in due:
            if not waiter.done():
                waiter.set_result(None)

    def fail(self, reason: JournalFailed) -> None:
        """Note the first failure; whoever waits for a commit gets it as an exception."""
        if self._failure.done():
            return
        self._failure.set_result(reason)
        for _, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(reason)
        self._waiting.clear()

    async def reach(self, seq: int) -> None:
        """Wait until ``seq`` is durable; raises JournalFailed if it will never be."""
        if seq <= self.seq:
            return
        if self._failure.done():
            raise self._failure.result()
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((seq, waiter))
        await waiter

    async def failed(self) -> JournalFailed:
        """Wait for a failure and return it."""
        return await asyncio.shield(self._failure)
