"""The program on the real Asterisk, dead or frozen: what becomes of its callers, and by whose hand.

The rungs: a new call is answered by the fallback; the lease and, sooner, the watchdog bring callers
who were inside; who talks goes on talking.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr_flows.prompt_store import duration_ms
from tests.support.agent_page import AgentPage
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, no_channels, running_asterisk, sip_phones
from tests.support.program import DNIS, Pbx, Program
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
ANI = "+12125550147"
LEASE_S = 5
"""Long enough that a killed service's callers are still inside when a test has looked at them."""


@pytest.fixture(scope="module")
def pbx() -> Iterator[Asterisk]:
    settings = AsteriskSettings(
        agents=2,
        browsers=0,
        lease_s=LEASE_S,
        fallback_prompt="beep",
        fallback_members=("PJSIP/agent2",),
    )
    with running_asterisk(settings) as instance:
        yield instance


@dataclass
class World:
    """The program, its PBX, and phones: agent1 works for the service, agent2 for the fallback."""

    asterisk: Asterisk
    phones: SipPhones
    program: Program
    stack: AsyncExitStack

    async def agent(self) -> AgentPage:
        """Return the page of an agent who takes calls at agent1."""
        page = AgentPage(self.program.url, "anna", "desk")
        self.stack.push_async_callback(page.close)
        await page.open()
        await page.ready()
        return page

    async def in_menu(self, ani: str = ANI) -> SipCaller:
        caller = await self.phones.dial(ani, DNIS)
        await caller.wait_answered(5)
        return caller

    async def in_queue(self, ani: str = ANI) -> SipCaller:
        """Return a caller who waits; somebody must be at work, or nobody may."""
        caller = await self.in_menu(ani)
        await caller.press("1")
        return caller

    async def talking(self) -> SipCaller:
        """Return a caller who talks with agent1."""
        caller = await self.in_queue()
        station = self.phones.station("PJSIP/agent1")
        await station.wait_ringing(5)
        await station.answer()
        await station.wait_in_call(3)
        await asyncio.sleep(0.6)
        assert caller.hears(station)
        return caller

    def in_fallback(self) -> int:
        """Return how many callers the fallback has."""
        lines = self.asterisk.cli("core show channels concise").splitlines()
        return sum(line.startswith("PJSIP/carrier") and "!cc-fallback!" in line for line in lines)

    async def served_by_fallback(self, caller: SipCaller, within_s: float) -> None:
        """Wait until the fallback's agent and this caller hear each other."""
        station = self.phones.station("PJSIP/agent2")
        await station.wait_ringing(within_s)
        await station.answer()
        await asyncio.sleep(0.6)
        assert caller.hears(station)
        assert station.hears(caller)
        await station.hang_up()
        await caller.wait_ended(3)


@pytest.fixture(params=[f"{LEASE_S} s"])
async def world(
    pbx: Asterisk, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        await no_channels(pbx)
        phones = await stack.enter_async_context(sip_phones(pbx))
        url = pbx.ari_url.removesuffix("/ari")
        place = Pbx(url, pbx.keys.ari_user, pbx.keys.ari_password)
        program = Program(tmp_path, place, FLOWS, waiting_lease=request.param)
        await stack.enter_async_context(program)
        await program.add_agent("anna", "PJSIP/agent1", ("sales", "support"))
        yield World(pbx, phones, program, stack)


@asynccontextmanager
async def watchdog(program: Program) -> AsyncIterator[list[str]]:
    """Run ``callcenter watchdog`` beside the program; give what it logs, when it has ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.cli", "watchdog", "--config", str(program.config),
        stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    log: list[str] = []
    try:
        yield log
    finally:
        process.terminate()
        _, told = await process.communicate()
        log += told.decode().splitlines()
        assert process.returncode == 0, told.decode()


# ---------------------------------------------------------------- new calls


async def test_a_new_call_is_answered_by_the_fallback_when_the_service_is_dead(world: World):
    await world.program.kill()
    caller = await world.phones.dial(ANI, DNIS)
    await caller.wait_answered(2.5)
    await world.served_by_fallback(caller, 5)


async def test_a_new_call_is_answered_by_the_fallback_when_the_service_is_frozen(world: World):
    world.program.freeze()
    caller = await world.phones.dial(ANI, DNIS)
    await caller.wait_answered(2.5)
    await eventually(lambda: world.in_fallback() == 1)
    world.program.thaw()
    await caller.hang_up()
    # What it hears late are calls that are over: it must come back whole.
    served = await world.in_menu("+12125550148")
    await eventually(lambda: world.in_fallback() == 0)
    assert not served.ended


# ---------------------------------------------------------------- the lease


async def test_the_lease_brings_who_waits_to_an_agents_phone(world: World):
    await world.agent()
    station = world.phones.station("PJSIP/agent1")
    first = await world.in_queue()
    await station.wait_ringing(5)
    await asyncio.sleep(LEASE_S / 3 + 0.7)  # until the lease is not that of the prompt any more
    await world.program.kill()
    await eventually(lambda: world.in_fallback() == 1, LEASE_S + 2)
    await world.served_by_fallback(first, 5)
    await station.wait_idle(8)


async def test_the_lease_brings_who_is_in_the_menu_to_an_agents_phone(world: World):
    caller = await world.in_menu()
    await world.program.kill()
    assert not caller.ended
    # Before a prompt that is long for the lease, the lease is set longer by its length.
    await world.served_by_fallback(caller, LEASE_S + duration_ms("main_menu") / 1000 + 2)


async def test_the_service_keeps_a_caller_beyond_the_lease(world: World):
    await world.agent()
    caller = await world.talking()
    second = await world.in_queue("+12125550148")
    await asyncio.sleep(LEASE_S + 1.5)
    assert world.in_fallback() == 0
    assert not caller.ended
    await second.hang_up()
    await caller.hang_up()


# ---------------------------------------------------------------- the watchdog

long_lease = pytest.mark.parametrize("world", ["45 s"], indirect=True, ids=["long lease"])
STALE_S = 4


@long_lease
async def test_the_watchdog_empties_a_dead_service_and_leaves_talks(world: World):
    await world.agent()
    talking = await world.talking()
    waiting = await world.in_queue("+12125550148")
    async with watchdog(world.program) as log:
        await asyncio.sleep(1)
        await world.program.kill()
        await eventually(lambda: world.in_fallback() == 1, STALE_S + 2)
        await world.served_by_fallback(waiting, 5)
        station = world.phones.station("PJSIP/agent1")
        await asyncio.sleep(2)
        assert talking.hears(station)
        assert station.hears(talking)
        await station.hang_up()
        # The defect of long leases: left alone in a talk, nobody would ever come.
        await world.served_by_fallback(talking, 5)
    said = "\n".join(log)
    assert said.count("a caller of a dead service goes to the fallback") == 2
    assert "left alone in a talk" in said


@long_lease
async def test_the_watchdog_frees_a_phone_that_rings_for_nobody(world: World):
    await world.agent()
    station = world.phones.station("PJSIP/agent1")
    async with watchdog(world.program) as log:
        caller = await world.in_queue()
        await station.wait_ringing(5)
        world.program.freeze()
        await eventually(lambda: world.in_fallback() == 1, STALE_S + 2)
        await station.wait_idle(3)
        world.program.thaw()
        await caller.hang_up()
    assert "rings for nobody" in "\n".join(log)


@long_lease
async def test_the_watchdog_leaves_a_living_service_alone(world: World):
    await world.agent()
    async with watchdog(world.program) as log:
        caller = await world.in_queue()
        await asyncio.sleep(LEASE_S)
        assert world.in_fallback() == 0
        await caller.hang_up()
    assert log == []
