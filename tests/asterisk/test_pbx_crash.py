"""The real Asterisk dies with callers everywhere; the whole program, and what it makes of it."""

import asyncio
import time
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


def accounts(own: Asterisk) -> list[Account]:
    return [Account(name, own.keys.phone_password) for name in ("agent1", "agent2")]


async def caller_at(phones: SipPhones, ani: str | None, key: str = "") -> SipCaller:
    caller = await phones.dial(ani, DNIS)
    await caller.wait_answered(5)
    if key:
        await caller.press(key)
    return caller


async def callers_everywhere(phones: SipPhones, anna: AgentPage, ben: AgentPage) -> None:
    """One talks, one rings at a phone, one waits without a number, one waits, one is in the menu."""
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


@pytest.mark.parametrize("service_too", [False, True], ids=["the PBX", "PBX and service"])
async def test_calls_of_a_pbx_that_crashed_are_closed_and_their_callers_called_back(
    tmp_path: Path, *, service_too: bool
):
    with running_asterisk(AsteriskSettings(agents=2, browsers=0)) as own:
        pbx = Pbx(own.ari_url.removesuffix("/ari"), own.keys.ari_user, own.keys.ari_password)
        async with Program(tmp_path, pbx, FLOWS) as program:
            pages = []
            for number, login in enumerate(("anna", "ben"), 1):
                await program.add_agent(login, f"PJSIP/agent{number}", ("sales",))
                pages.append(AgentPage(program.url, login))
            anna, ben = [await page.open() for page in pages]
            async with SipPhones(own.sip, own.trunk, accounts(own)) as phones:
                await eventually(lambda: {"agent1", "agent2"} <= own.online_phones())
                await callers_everywhere(phones, anna, ben)
                if service_too:
                    await program.kill()
                await asyncio.to_thread(own.kill)
            await asyncio.sleep(2)
            await asyncio.to_thread(own.start)
            if service_too:
                await program.start()
                await anna.connect_again()
                await ben.connect_again()
            back_at = time.monotonic()
            await program.wait_ready()
            await anna.wrap_up()
            records = await program.records(5, CLOSED_WITHIN_S)
            assert time.monotonic() - back_at < CLOSED_WITHIN_S
            check(records)

            async with SipPhones(own.sip, own.trunk, accounts(own)) as phones:
                await eventually(lambda: {"agent1", "agent2"} <= own.online_phones())
                await anna.until_state("ready")
                await ben.ready()
                phones.station("PJSIP/agent1").behaviour = Answers()
                phones.station("PJSIP/agent2").behaviour = Answers()
                callers = [await caller_at(phones, f"+1212555016{n}", "1") for n in range(2)]
                for page in (anna, ben):
                    await page.until_call("talking")
                for caller in callers:
                    await caller.hang_up()
                for page in (anna, ben):
                    await page.wrap_up()
            assert len(await program.records(7)) == 7, "both agents take calls again"
            for page in (anna, ben):
                await page.close()
