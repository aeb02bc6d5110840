"""The disk under everything is full, while calls go on: journal, records and log are on it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.conftest import AGENTS, FLOWS, World, modelled_pbx
from tests.acceptance.test_database_outage import serve
from tests.acceptance.test_served_call import in_queue
from tests.support.program import Program
from tests.support.small_disk import empty, fill, small_disk

DISK_MIB = 40
RESERVE_MIB = 8


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", DISK_MIB) as folder:
        yield folder


@pytest.fixture
async def world(disk: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        pbx, phones = await modelled_pbx(stack)
        program = Program(disk, pbx, FLOWS, reserve_mib=RESERVE_MIB)
        await stack.enter_async_context(program)
        for login, station in AGENTS.items():
            await program.add_agent(login, station, ("sales", "support"))
        yield World(phones, program, stack, is_real=False)


async def until(check: Callable[[], Awaitable[bool]], timeout_s: float = 15.0) -> None:
    async with asyncio.timeout(timeout_s):
        for pause_s in itertools.repeat(0.1):
            if await check():
                return
            await asyncio.sleep(pause_s)


async def reserve_bytes(world: World) -> float:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{world.program.url}/metrics") as answer,
    ):
        lines = (await answer.text()).splitlines()
    [line] = [line for line in lines if line.startswith("callcenter_journal_reserve_bytes ")]
    return float(line.split()[1])


async def test_calls_go_on_when_the_disk_is_full_and_are_all_stored_later(world: World, disk: Path):
    """F28: nobody notices but the operator, who is told; with room again all is as before."""
    program = world.program
    anna = await world.agent()
    await serve(world, anna, "+12125550140", "Call 0.")
    await program.records(1)
    assert await reserve_bytes(world) == RESERVE_MIB << 20
    caller = await in_queue(world, "+12125550141")
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await asyncio.to_thread(fill, disk)
    await station.answer()
    await anna.until_call("talking")
    await caller.hang_up()
    await anna.wrap_up("resolved", "Call 1.")
    await anna.until_state("ready")
    await serve(world, anna, "+12125550142", "Call 2.")
    await until_reason(world, "is kept for the journal is in use")
    await until_reason(world, "kept in the journal until they can be stored")
    assert await reserve_bytes(world) == 0
    await serve(world, anna, "+12125550143", "Call 3.")
    await program.records(1)
    await asyncio.to_thread(empty, disk)

    records = await program.records(4, 20)
    assert [record.note for record in records] == [f"Call {n}." for n in range(4)]
    await until(lambda: is_well(world))
    assert await reserve_bytes(world) == RESERVE_MIB << 20
    await serve(world, anna, "+12125550144", "Call 4.")
    await program.records(5)


async def until_reason(world: World, words: str) -> None:
    """Wait until /healthz says why, while calls are taken."""

    async def is_said() -> bool:
        status, reasons = await world.program.health()
        assert status == 200
        return any(words in reason for reason in reasons)

    await until(is_said)


async def is_well(world: World) -> bool:
    return await world.program.health() == (200, [])


async def test_it_ends_when_the_reserve_is_used_up_too_and_starts_again_with_room(
    world: World, disk: Path
):
    program = world.program
    anna = await world.agent()
    await serve(world, anna, "+12125550140", "Call 0.")
    await program.records(1)
    await asyncio.to_thread(fill, disk)
    await serve(world, anna, "+12125550141", "Call 1.")
    waiting = await in_queue(world, "+12125550142")
    await world.phones.station("PJSIP/agent1").wait_ringing(5)
    assert program.process is not None
    await asyncio.to_thread(fill, disk)
    await waiting.hang_up()
    async with asyncio.timeout(15):
        assert await program.process.wait() == 1
    await asyncio.to_thread(empty, disk)
    await program.start()
    records = await program.records(3, 20)
    assert [str(record.outcome) for record in records] == [
        "answered",
        "answered",
        "abandoned_queue",
    ]
