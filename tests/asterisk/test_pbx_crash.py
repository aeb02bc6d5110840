"""The real Asterisk dies with callers everywhere; the whole program, and what it makes of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from callcenter.ports.records import CallRecord
from tests.support.agent_page import AgentPage
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, running_asterisk
from tests.support.phones import Answers, Rings
from tests.support.program import DNIS, Pbx, Program
from tests.support.sip_message import Account
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
CLOSED_WITHIN_S = 10.0
"""What is promised: so long after the PBX is there again its lost calls are closed."""


async def caller_at(phones: SipPhones, ani: str | None, key: str = "") -> SipCaller:
    caller = await phones.dial(ani, DNIS)
    await caller.wait_answered(5)
    if key:
        await caller.press(key)
    return caller


async def callers_everywhere(phones: SipPhones, anna: AgentPage, ben: AgentPage) -> None:
    """One talks, one rings at a phone, two wait, one of them without a number; one listens."""
    phones.station("PJSIP/agent1").behaviour = Answers()
    phones.station("PJSIP/agent2").behaviour = Rings()
    await anna.ready()
    await caller_at(phones, "+12125550141", "1")
    await anna.until_call("talking")
    await ben.ready()
    await caller_at(phones, "+12125550142", "1")
    await ben.until_call("ringing")
    await caller_at(phones, None, "1")
    await caller_at(phones, "+12125550144", "1")
    await caller_at(phones, "+12125550145")
    await asyncio.sleep(0.5)


def check(records: list[CallRecord]) -> None:
    by_number = {record.ani: record for record in records}
    tasks = {ani: record.follow_up for ani, record in by_number.items()}
    end = "when the telephone system restarted"
    assert tasks == {
        "+12125550141": f"Call back: cut off in the talk with Anna {end}",
        "+12125550142": f"Call back: cut off while waiting in Sales {end}",
        None: None,
        "+12125550144": f"Call back: cut off while waiting in Sales {end}",
        "+12125550145": f"Call back: cut off in the menu {end}",
    }
    assert {record.cause for record in records} == {"pbx_restart"}
    outcomes = {str(record.outcome) for ani, record in by_number.items() if ani != "+12125550141"}
    assert by_number["+12125550141"].outcome == "answered"
    assert outcomes == {"failed"}


@asynccontextmanager
async def phones_of(own: Asterisk) -> AsyncIterator[SipPhones]:
    """Give phones that may lose their PBX."""
    accounts = [Account(name, own.keys.phone_password) for name in ("agent1", "agent2")]
    async with SipPhones(own.sip, own.trunk, accounts) as phones:
        await eventually(lambda: {"agent1", "agent2"} <= own.online_phones())
        yield phones


@pytest.fixture
async def program(own: Asterisk, tmp_path: Path) -> AsyncIterator[Program]:
    pbx = Pbx(own.ari_url.removesuffix("/ari"), own.keys.ari_user, own.keys.ari_password)
    async with Program(tmp_path, pbx, FLOWS) as program:
        yield program


@pytest.fixture
def own() -> Iterator[Asterisk]:
    with running_asterisk(AsteriskSettings(agents=2, browsers=0)) as instance:
        yield instance


@pytest.fixture
async def pages(program: Program) -> AsyncIterator[list[AgentPage]]:
    """Give the pages of Anna and Ben."""
    async with AsyncExitStack() as stack:
        opened = []
        for number, login in enumerate(("anna", "ben"), 1):
            await program.add_agent(login, f"PJSIP/agent{number}", ("sales",))
            page = AgentPage(program.url, login)
            stack.push_async_callback(page.close)
            opened.append(await page.open())
        yield opened


@pytest.mark.parametrize("service_too", [False, True], ids=["the PBX", "PBX and service"])
async def test_calls_of_a_pbx_that_crashed_are_closed_and_their_callers_called_back(
    own: Asterisk, program: Program, pages: list[AgentPage], *, service_too: bool
):
    async with phones_of(own) as phones:
        await callers_everywhere(phones, *pages)
        if service_too:
            await program.kill()
        await asyncio.to_thread(own.kill)
    await asyncio.sleep(2)
    await asyncio.to_thread(own.start)
    if service_too:
        await program.start()
        for page in pages:
            await page.connect_again()
    back_at = time.monotonic()
    await program.wait_ready()
    await pages[0].wrap_up()
    records = await program.records(5, CLOSED_WITHIN_S)
    assert time.monotonic() - back_at < CLOSED_WITHIN_S
    check(records)
    await check_that_both_take_calls_again(own, program, pages)


async def check_that_both_take_calls_again(
    own: Asterisk, program: Program, pages: list[AgentPage]
) -> None:
    async with phones_of(own) as phones:
        await pages[0].until_state("ready")
        await pages[1].ready()
        for name in ("agent1", "agent2"):
            phones.station(f"PJSIP/{name}").behaviour = Answers()
        callers = [await caller_at(phones, f"+1212555016{n}", "1") for n in range(2)]
        for page in pages:
            await page.until_call("talking")
        for caller in callers:
            await caller.hang_up()
        for page in pages:
            await page.wrap_up()
    assert len(await program.records(7)) == 7
