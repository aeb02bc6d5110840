"""A backup is taken while calls go on; then the disk is lost, and the backup is restored."""

import asyncio
import itertools
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.ports.records import CallRecord
from crm_store.engine import create_engine
from tests.acceptance.conftest import AGENTS, FLOWS, World, modelled_pbx
from tests.acceptance.test_served_call import in_queue
from tests.support.agent_page import AgentPage
from tests.support.phones import Caller, Station
from tests.support.program import DNIS, Program

RESTORED_S = 600.0
"""The promise; here it is a matter of seconds."""
CALLS_AT_ONCE = 4


@asynccontextmanager
async def running(tmp_path: Path, database: str = "") -> AsyncIterator[World]:
    """Run the program on the model of the PBX."""
    async with AsyncExitStack() as stack:
        pbx, phones = await modelled_pbx(stack)
        program = Program(tmp_path, pbx, FLOWS, database=database)
        await stack.enter_async_context(program)
        for login, station in AGENTS.items():
            await program.add_agent(login, station, ("sales", "support"))
        yield World(phones, program, stack, is_real=False)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as world:
        yield world


async def db(world: World, *words: str) -> dict[str, object]:
    """Run ``callcenter db`` as an operator does, and return what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.cli", "db", *words,
        "--config", str(world.program.config), "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"CALLCENTER_DATABASE_URL": world.program.database},
    )  # fmt: skip
    told, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    answer: dict[str, object] = json.loads(told)
    return answer


async def serve_itself(world: World, ani: str) -> None:
    """Let a caller leave a request in the menu."""
    caller = await world.phones.dial(ani, DNIS)
    await caller.wait_answered(5)
    await caller.press("3")
    await caller.wait_ended(15)


@asynccontextmanager
async def callers_coming(world: World) -> AsyncIterator[list[str]]:
    """Let callers come without a pause, several at once; yields the numbers of those served."""
    served: list[str] = []
    is_over = asyncio.Event()

    async def come(lane: int) -> None:
        for number in range(1_000):
            if is_over.is_set():
                return
            ani = f"+1212555{lane}{number:03}"
            await serve_itself(world, ani)
            served.append(ani)

    async with asyncio.TaskGroup() as group:
        for lane in range(CALLS_AT_ONCE):
            group.create_task(come(lane))
        try:
            yield served
        finally:
            is_over.set()


async def until_served(served: list[str], count: int) -> None:
    async with asyncio.timeout(60):
        for pause_s in itertools.repeat(0.05):
            if len(served) >= count:
                return
            await asyncio.sleep(pause_s)


async def talk(world: World, page: AgentPage, ani: str) -> Caller:
    caller = await in_queue(world, ani)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await page.until_call("talking")
    return caller


def facts(journal: Path, last_seq: int) -> list[tuple[object, ...]]:
    """Return all that a journal has up to a sequence."""
    with closing(sqlite3.connect(journal)) as connection:
        return connection.execute(
            "SELECT * FROM fact WHERE seq <= ? ORDER BY seq", (last_seq,)
        ).fetchall()


def closed_calls(journal: Path, last_seq: int) -> list[str]:
    query = "SELECT stream FROM fact WHERE kind = 'CallClosed' AND seq <= ?"
    with closing(sqlite3.connect(journal)) as connection:
        found = connection.execute(query, (last_seq,)).fetchall()
    return [stream.removeprefix("call/") for (stream,) in found]


async def stored(crm: Path) -> dict[str, CallRecord]:
    """Return all calls of a CRM file; fails if one has two activities."""
    engine = create_engine(f"sqlite:///{crm}")
    archive = SqlArchive(engine)
    page = await archive.search("", None, 200)
    lines = list(page.lines)
    while page.next_cursor:
        page = await archive.search("", page.next_cursor, 200)
        lines += page.lines
    calls = {line.call_id: await archive.call(line.call_id) for line in lines}
    assert len(calls) == len(lines)
    assert sum((await archive.outcomes()).values()) == len(
        [call for call in calls.values() if call is not None and call.outcome]
    )
    await engine.dispose()
    return {call_id: call for call_id, call in calls.items() if call is not None}


async def test_after_the_loss_of_the_disk_all_is_there_up_to_the_backup(
    world: World, tmp_path: Path
):
    """F61: no call of the backup is missing, changed or double; who is on the line is kept."""
    program, data, lost = world.program, tmp_path / "data", tmp_path / "lost"
    anna = await world.agent("anna")
    talking = await talk(world, anna, "+12125550141")
    waiting = await in_queue(world, "+12125550142", key="1")
    async with callers_coming(world) as served:
        await until_served(served, 8)
        made = await db(world, "backup", str(tmp_path / "backup"))
        await until_served(served, len(served) + 4)
    await program.kill()
    data.rename(lost)
    last_seq = made["last_seq"]
    assert isinstance(last_seq, int)
    assert len(facts(lost / "journal.db", 10**9)) > last_seq, "calls went on after the backup"

    since = time.monotonic()
    told = await db(world, "restore", str(tmp_path / "backup"))
    await program.start()
    assert time.monotonic() - since < RESTORED_S
    assert told["last_seq"] == last_seq
    assert facts(data / "journal.db", last_seq) == facts(lost / "journal.db", last_seq)

    assert not talking.ended
    assert not waiting.ended
    await anna.connect_again()
    await anna.until_call("talking")
    station = world.phones.station("PJSIP/agent1")
    await until_hearing(talking, station)
    await talking.hang_up()
    await anna.wrap_up("resolved", "Went on after the restore.")
    await station.wait_ringing(8)
    await station.answer()
    await anna.until_call("talking")
    await waiting.hang_up()
    await anna.wrap_up()
    await serve_itself(world, "+12125550143")

    in_backup = closed_calls(lost / "journal.db", last_seq)
    assert len(in_backup) >= 8
    after = await until_stored(data, arrived(lost / "journal.db", last_seq) + 1)
    before = await stored(lost / "callcenter.db")
    for call_id in in_backup:
        assert after[call_id] == before[call_id], "as it was"
    notes = {call.ani: call.note for call in after.values()}
    assert notes["+12125550141"] == "Went on after the restore."
    assert {"+12125550142", "+12125550143"} <= notes.keys()
    assert (await db(world, "check"))["ok"]


async def until_hearing(caller: Caller, station: Station) -> None:
    async with asyncio.timeout(5):
        for pause_s in itertools.repeat(0.05):
            if caller.hears(station):
                return
            await asyncio.sleep(pause_s)


def arrived(journal: Path, last_seq: int) -> int:
    """Count the calls that a journal has up to a sequence."""
    query = "SELECT count(*) FROM fact WHERE kind = 'CallArrived' AND seq <= ?"
    with closing(sqlite3.connect(journal)) as connection:
        return int(connection.execute(query, (last_seq,)).fetchone()[0])


async def test_a_damaged_database_alone_loses_no_call(world: World, tmp_path: Path):
    """The journal is sound: what the older copy of the database lacks is written again."""
    program, crm = world.program, tmp_path / "data" / "callcenter.db"
    await serve_itself(world, "+12125550141")
    await program.records(1)
    await db(world, "backup", str(tmp_path / "backup"))
    await serve_itself(world, "+12125550142")
    await program.records(2)
    await program.stop()
    crm.write_bytes(b"\xff" * 200_000)
    await db(world, "restore", str(tmp_path / "backup"), "--only", "crm")
    await program.start()
    await serve_itself(world, "+12125550143")
    await until_stored(tmp_path / "data", 3)


async def until_stored(data: Path, count: int) -> dict[str, CallRecord]:
    """Return what the store has when so many calls in it are closed; more are too many."""
    calls: dict[str, CallRecord] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(15):
            while sum(call.closed for call in calls.values()) < count:
                await asyncio.sleep(0.1)
                calls = await stored(data / "callcenter.db")
    assert [len(calls), sum(call.closed for call in calls.values())] == [count, count]
    return calls


async def tool(*words: str) -> None:
    """Run a program of PostgreSQL."""
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


@pytest.mark.postgresql
@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_dump_of_postgresql_and_the_journal_are_restored_as_the_manual_says(
    empty_url: str, tmp_path: Path
):
    data, dump, folder = tmp_path / "data", tmp_path / "day.dump", tmp_path / "day"
    async with running(tmp_path, empty_url) as world:
        program = world.program
        await serve_itself(world, "+12125550141")
        await program.records(1)
        await tool("pg_dump", "--format=custom", f"--file={dump}", empty_url)
        await serve_itself(world, "+12125550142")
        await db(world, "backup", str(folder))
        await serve_itself(world, "+12125550143")
        await program.records(3)
        await program.stop()
        await program.engine.dispose()
        data.rename(tmp_path / "lost")
        await tool("pg_restore", "--clean", "--if-exists", f"--dbname={empty_url}", str(dump))
        await db(world, "restore", str(folder))
        assert (await db(world, "check"))["ok"]
        await program.start()
        await serve_itself(world, "+12125550144")
        found = await program.records(3, 20)
    # The second came after the dump and is in the journal; the third is lost with the disk.
    assert [call.ani for call in found] == ["+12125550141", "+12125550142", "+12125550144"]
