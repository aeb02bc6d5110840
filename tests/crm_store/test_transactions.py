import asyncio
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.schema import tier
from crm_store.transactions import read, write

CODES = sa.select(tier.c.code).order_by(tier.c.code)
WAIT_S = 10


def codes(connection: sa.Connection) -> list[str]:
    return list(connection.execute(CODES).scalars())


def add(connection: sa.Connection, code: str) -> None:
    connection.execute(sa.insert(tier), {"code": code})


async def test_what_was_written_is_read(engine: AsyncEngine) -> None:
    await write(engine, lambda connection: add(connection, "a new one"))
    assert "a new one" in await read(engine, codes)


async def test_nothing_is_kept_of_a_transaction_that_raises(engine: AsyncEngine) -> None:
    def work(connection: sa.Connection) -> None:
        add(connection, "a new one")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write(engine, work)
    assert "a new one" not in await read(engine, codes)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_reader_does_not_wait_for_a_writer_and_sees_one_instant(engine: AsyncEngine) -> None:
    looked, written = threading.Event(), threading.Event()

    def look_twice(connection: sa.Connection) -> tuple[list[str], list[str]]:
        before = codes(connection)
        looked.set()
        assert written.wait(WAIT_S)
        return before, codes(connection)

    def add_when_looked(connection: sa.Connection) -> None:
        assert looked.wait(WAIT_S)
        add(connection, "a new one")

    reading = asyncio.create_task(read(engine, look_twice), name="reads")
    await write(engine, add_when_looked)
    written.set()
    before, after = await reading
    assert before == after
    assert "a new one" in await read(engine, codes)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_event_loop_goes_on_while_a_thread_reads(engine: AsyncEngine) -> None:
    went_on = threading.Event()

    def work(_: sa.Connection) -> bool:
        return went_on.wait(WAIT_S)

    reading = asyncio.create_task(read(engine, work), name="reads")
    await asyncio.sleep(0)
    went_on.set()
    assert await reading


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_threads_end_with_their_engine(engine: AsyncEngine) -> None:
    names = {await read(engine, lambda _: threading.current_thread().name)}
    names.add(await write(engine, lambda _: threading.current_thread().name))
    assert {name.rpartition("_")[0] for name in names} == {"crm-reader", "crm-writer"}
    ours = {thread for thread in threading.enumerate() if thread.name in names}
    await engine.dispose()
    assert not any(thread.is_alive() for thread in ours)
    assert await read(engine, codes)  # as with SQLAlchemy's own connections, more can be had
    await engine.dispose()
