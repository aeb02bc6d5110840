"""PostgreSQL answers late, not at all, or with a no: calls go on, and all is stored afterwards."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.adapters.system_clock import SystemClock
from callcenter.core.call.messages import Presentation
from callcenter.runtime.guarded_directory import BUDGET_S, GuardedDirectory
from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.schema import metadata
from tests.acceptance.conftest import AGENTS, FLOWS, World, modelled_pbx
from tests.acceptance.test_database_outage import serve
from tests.acceptance.test_served_call import shown
from tests.support.fault_proxy import FaultProxy, Kind
from tests.support.postgresql import Server, running_server
from tests.support.program import DNIS, Program

pytestmark = [pytest.mark.postgresql, pytest.mark.chaos]

SLACK_S = 0.25
"""What a look-up may take beyond its limit: to let go of a connection that is dead."""
TOLD_S = 15.0
"""How soon /healthz says that records wait: a transaction may take 10 s."""

FAULTS = ["read-only", "locked", "no connections", "dead", "refused", "dripping"]
WITHOUT_NAMES = ["locked", "no connections", "dead", "refused", "dripping"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@dataclass
class Database:
    """A database, the address that goes through a proxy, and what can go wrong."""

    direct: str
    proxy: FaultProxy

    @property
    def url(self) -> str:
        """Its address as the service has it."""
        return f"postgresql://service@127.0.0.1:{self.proxy.port}/crm"

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        """Let it suffer within a block."""
        admin = await asyncpg.connect(f"{self.direct}/crm")
        try:
            await self._begin(name, admin)
            yield
        finally:
            await self._end(name, admin)
            await admin.close()

    async def _begin(self, name: str, admin: "asyncpg.Connection") -> None:
        match name:
            case "read-only":
                await admin.execute("ALTER SYSTEM SET default_transaction_read_only = on")
                await admin.execute("SELECT pg_reload_conf()")
            case "locked":
                await admin.execute("BEGIN")
                tables = ", ".join(metadata.tables)
                await admin.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
            case "no connections":
                await admin.execute("ALTER ROLE service CONNECTION LIMIT 0")
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE usename = 'service'"
                )
            case "dead":
                self.proxy.blackhole(Kind.OTHER)
            case "refused":
                self.proxy.cut(Kind.OTHER)
            case _:
                self.proxy.drip(20, Kind.OTHER)

    async def _end(self, name: str, admin: "asyncpg.Connection") -> None:
        match name:
            case "read-only":
                await admin.execute("SET default_transaction_read_only = off")
                await admin.execute("ALTER SYSTEM RESET default_transaction_read_only")
                await admin.execute("SELECT pg_reload_conf()")
            case "locked":
                await admin.execute("ROLLBACK")
            case "no connections":
                await admin.execute("ALTER ROLE service CONNECTION LIMIT -1")
            case "dead":
                # What was sent into the void stays there.
                self.proxy.reset(Kind.OTHER)
                self.proxy.heal(Kind.OTHER)
            case _:
                self.proxy.heal(Kind.OTHER)


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Database]:
    admin = await asyncpg.connect(f"{server.url}/postgres")
    await admin.execute("DROP DATABASE IF EXISTS crm")
    await admin.execute("DROP ROLE IF EXISTS service")
    await admin.execute("CREATE ROLE service LOGIN")
    await admin.execute("CREATE DATABASE crm OWNER service")
    await admin.close()
    at = urlsplit(server.url)
    assert at.port is not None
    async with FaultProxy(("127.0.0.1", at.port)) as proxy:
        yield Database(server.url, proxy)


@pytest.mark.parametrize("fault", WITHOUT_NAMES)
async def test_look_ups_give_up_in_time_and_then_nobody_asks(database: Database, fault: str):
    await migrate.upgrade(database.url)
    engine = create_engine(database.url, pool_size=8)
    guarded = GuardedDirectory(SqlDirectory(engine, limit_s=BUDGET_S), SystemClock().elapsed_ms)
    await until_answered(guarded)
    took: list[float] = []
    async with database.fault(fault):
        for _ in range(12):
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                await guarded.match("+12125550140", Presentation.ALLOWED, DNIS)
            took.append(time.monotonic() - began)
        assert guarded.breaker.is_open
        assert guarded.results["breaker"] >= 5
        assert max(took) < BUDGET_S + SLACK_S, took
    await until_answered(guarded)
    await engine.dispose()


async def until_answered(guarded: GuardedDirectory) -> None:
    """Ask until somebody answers: a new connection may take longer than a look-up may."""
    answered = guarded.results["answered"]
    async with asyncio.timeout(20):
        for pause_s in itertools.repeat(0.1):
            with suppress(TimeoutError):
                await guarded.match("+12125550140", Presentation.ALLOWED, DNIS)
            if guarded.results["answered"] > answered:
                return
            await asyncio.sleep(pause_s)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        pbx, phones = await modelled_pbx(stack)
        program = Program(tmp_path, pbx, FLOWS, database=database.url)
        await stack.enter_async_context(program)
        for login, station in AGENTS.items():
            await program.add_agent(login, station, ("sales", "support"))
        await program.add_supervisor("sue")
        await program.engine.dispose()
        program.engine = create_engine(f"{database.direct}/crm")
        yield World(phones, program, stack, is_real=False)


@pytest.mark.parametrize("fault", FAULTS)
async def test_calls_go_on_and_each_is_stored_once_afterwards(
    world: World, database: Database, fault: str
):
    """F26: pops come within a second, with a name or without; records follow in order."""
    anna, sue = await world.agent(), await world.page("sue", "floor")
    await serve(world, anna, "+12125550140", "Call 0.")
    await world.program.records(1)
    async with database.fault(fault):
        for number in (1, 2, 3):
            await serve(world, anna, f"+1212555014{number}", f"Call {number}.")
        await until_told(world)
        await sue.until(lambda: shown(sue, "floor_notice", id="crm"))
        await serve(world, anna, "+12125550144", "Call 4.")
    records = await world.program.records(5, 30)
    assert [record.note for record in records] == [f"Call {n}." for n in range(5)]
    assert {str(record.outcome) for record in records} == {"answered"}
    await until_well(world)
    await sue.until(lambda: not shown(sue, "floor_notice", id="crm"))


async def until_told(world: World) -> None:
    """Wait until /healthz says that records wait, while calls are taken."""
    async with asyncio.timeout(TOLD_S):
        for pause_s in itertools.repeat(0.1):
            status, reasons = await world.program.health()
            assert status == 200
            if any("kept in the journal" in reason for reason in reasons):
                return
            await asyncio.sleep(pause_s)


async def until_well(world: World) -> None:
    """Wait until no record waits; a busy machine may have other things to tell."""
    async with asyncio.timeout(15):
        for pause_s in itertools.repeat(0.2):
            status, reasons = await world.program.health()
            if status == 200 and not any("kept in the journal" in reason for reason in reasons):
                return
            await asyncio.sleep(pause_s)
