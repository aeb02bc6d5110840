"""The CRM database goes away: calls go on, and nothing is lost or double when it comes back."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.acceptance.conftest import AGENTS, FLOWS, World, modelled_pbx
from tests.acceptance.test_served_call import in_queue
from tests.support.agent_page import AgentPage
from tests.support.postgresql import Server, running_server
from tests.support.program import Program

POP_WITHIN_S = 1.0
"""A pop without a name must not wait for a database that is away."""


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


async def a_world(stack: AsyncExitStack, folder: Path, database: str = "") -> World:
    pbx, phones = await modelled_pbx(stack)
    program = Program(folder, pbx, FLOWS, database=database)
    await stack.enter_async_context(program)
    for login, station in AGENTS.items():
        await program.add_agent(login, station, ("sales", "support"))
    return World(phones, program, stack, is_real=False)


@pytest.fixture
async def on_postgresql(server: Server, tmp_path: Path) -> AsyncIterator[World]:
    connection = await asyncpg.connect(f"{server.url}/postgres")
    await connection.execute("CREATE DATABASE crm")
    await connection.close()
    async with AsyncExitStack() as stack:
        yield await a_world(stack, tmp_path, f"{server.url}/crm")


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield await a_world(stack, tmp_path)


async def serve(world: World, page: AgentPage, ani: str, note: str) -> None:
    """Have a caller served by the agent of a page, and the call wrapped up."""
    caller = await in_queue(world, ani)
    since = time.monotonic()
    pop = await page.until_call("ringing")
    assert time.monotonic() - since < POP_WITHIN_S
    assert pop["ani"] == ani
    await pick_up(world, page)
    await caller.hang_up()
    await page.wrap_up("resolved", note)
    await page.until_state("ready")


async def pick_up(world: World, page: AgentPage) -> None:
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await page.until_call("talking")


async def check_records(world: World, count: int) -> None:
    records = await world.program.records(count, 20)
    assert [record.note for record in records] == [f"Call {n}." for n in range(count)]
    assert {str(record.outcome) for record in records} == {"answered"}


@pytest.mark.postgresql
async def test_calls_go_on_while_postgresql_is_away_and_are_all_stored_later(
    on_postgresql: World, server: Server
):
    world = on_postgresql
    anna = await world.agent()
    await serve(world, anna, "+12125550140", "Call 0.")
    await world.program.records(1)
    await asyncio.to_thread(server.stop)
    for number in range(1, 4):
        await serve(world, anna, f"+1212555014{number}", f"Call {number}.")
    status, reasons = await world.program.health()
    assert status == 200, "calls are taken"
    assert any("kept in the journal" in reason for reason in reasons)
    await asyncio.to_thread(server.start)
    await check_records(world, 4)
    assert await world.program.health() == (200, [])


@pytest.mark.postgresql
async def test_a_service_that_dies_while_postgresql_is_away_starts_without_it_and_loses_nothing(
    on_postgresql: World, server: Server
):
    world = on_postgresql
    anna = await world.agent()
    await serve(world, anna, "+12125550140", "Call 0.")
    await asyncio.to_thread(server.stop)
    await serve(world, anna, "+12125550141", "Call 1.")
    talking = await in_queue(world, "+12125550142")
    await pick_up(world, anna)
    await world.program.kill()
    await world.program.start()
    assert not talking.ended, "the service took its calls up without the database"
    await world.program.kill()
    await asyncio.to_thread(server.start)
    await world.program.start()
    await anna.connect_again()
    await anna.until_call("talking")
    await talking.hang_up()
    await anna.wrap_up("resolved", "Call 2.")
    await check_records(world, 3)


async def test_a_locked_sqlite_file_holds_up_no_call(on_sqlite: World, tmp_path: Path):
    world = on_sqlite
    anna = await world.agent()
    await serve(world, anna, "+12125550140", "Call 0.")
    await world.program.records(1)
    with locked(tmp_path / "data" / "callcenter.db"):
        for number in range(1, 3):
            await serve(world, anna, f"+1212555014{number}", f"Call {number}.")
        await asyncio.sleep(6)  # longer than a writer waits for another one
        await serve(world, anna, "+12125550143", "Call 3.")
        status, reasons = await world.program.health()
        assert status == 200
        assert any("locked" in reason for reason in reasons)
    await check_records(world, 4)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file as a database browser with an open change does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
