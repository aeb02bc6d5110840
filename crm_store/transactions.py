"""Whole transactions on the CRM database, each in one go.

A transaction is a plain function of a plain connection. On SQLite it runs in a thread, so the event
loop hands over to it once and gets one answer: the asynchronous driver does so several times for
each statement, which takes longer than the statements. One thread reads and one writes, for a
reader must not wait for a writer. On PostgreSQL the function runs on the event loop, which goes on
with other work while the server has it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.engine import reading, synchronous_twin, writing, writing_now

T = TypeVar("T")


async def read(engine: AsyncEngine, work: Callable[[sa.Connection], T]) -> T:
    """Return what ``work`` returns of the database as it is at one instant.

    Who stops waiting does not stop ``work`` once it has begun.
    """
    if engine.dialect.name == "sqlite":
        threads = _threads_of(engine)
        return await _run(threads.reader, threads.read, work)
    async with reading(engine) as connection:
        return await connection.run_sync(work)


async def write(engine: AsyncEngine, work: Callable[[sa.Connection], T]) -> T:
    """Return what ``work`` returns; what it changed is committed, or nothing if it raises.

    Who stops waiting does not stop ``work`` once it has begun: on SQLite it is committed.
    """
    if engine.dialect.name == "sqlite":
        threads = _threads_of(engine)
        return await _run(threads.writer, threads.write, work)
    async with writing(engine) as connection:
        return await connection.run_sync(work)


async def _run(
    thread: ThreadPoolExecutor,
    run: Callable[[Callable[[sa.Connection], T]], T],
    work: Callable[[sa.Connection], T],
) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, run, work)


class _Threads:
    """The threads of one SQLite file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.reader = ThreadPoolExecutor(1, "crm-reader")
        self.writer = ThreadPoolExecutor(1, "crm-writer")

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        with writing_now(self._engine) as connection:
            return work(connection)

    def close(self, _: sa.Engine) -> None:
        self.reader.shutdown()
        self.writer.shutdown()
        self._engine.dispose()


_threads: "WeakKeyDictionary[sa.Engine, _Threads]" = WeakKeyDictionary()
"""By the engine that they belong to; they end when it is disposed of."""


def _threads_of(engine: AsyncEngine) -> _Threads:
    owner = engine.sync_engine
    threads = _threads.get(owner)
    if threads is None:
        threads = _threads[owner] = _Threads(synchronous_twin(engine))
        sa.event.listen(owner, "engine_disposed", _close, once=True)
    return threads


def _close(owner: sa.Engine) -> None:
    threads = _threads.pop(owner, None)
    if threads is not None:
        threads.close(owner)
