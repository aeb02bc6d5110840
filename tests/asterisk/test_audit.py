"""The audit on what the real Asterisk writes: who was served by whom, and what is imported."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.adapters.system_clock import SystemClock
from callcenter.auditing import audit_calls
from callcenter.config import load_config
from callcenter.ports.records import CallRecord
from callcenter.runtime.audit import Findings, Span
from tests.support.agent_page import AgentPage
from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, running_asterisk, sip_phones
from tests.support.program import DNIS, Pbx, Program
from tests.support.sip_call import Identity
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
MEMBER = "PJSIP/agent1"
LATER_MS = 120_000
"""The audit leaves alone what has just happened; so it is told that it is later."""


@pytest.fixture
def own() -> Iterator[Asterisk]:
    settings = AsteriskSettings(agents=2, browsers=0, fallback_prompt="beep")
    with running_asterisk(settings) as instance:
        mailbox = instance.folder / "etc" / "site" / "voicemail.conf"
        mailbox.write_text("[fallback]\n100 => 4711,Fallback\n")
        instance.cli("voicemail reload")
        yield instance


@pytest.fixture
async def phones(own: Asterisk) -> AsyncIterator[SipPhones]:
    async with sip_phones(own) as phones:
        await eventually(lambda: "Not in use" in own.cli("queue show fallback"))
        yield phones


@asynccontextmanager
async def running_program(own: Asterisk, folder: Path) -> AsyncIterator[Program]:
    url = own.ari_url.removesuffix("/ari")
    pbx = Pbx(url, own.keys.ari_user, own.keys.ari_password)
    async with Program(folder, pbx, FLOWS) as program:
        await program.add_agent("anna", MEMBER, ("sales", "support"))
        yield program


async def audited(own: Asterisk, program: Program, *, add: bool = False) -> Findings:
    """Audit as ``callcenter audit calls`` does, beside the running service."""
    config = load_config(program.folder / "callcenter.yaml", {})
    now = SystemClock().wall_ms()
    span = Span(now - 600_000, now + LATER_MS, now + LATER_MS)
    return await audit_calls(config, program.engine, own.cel_path, span, add=add)


async def served_call(program: Program, phones: SipPhones) -> None:
    """Have a caller talk to an agent for a while."""
    page = AgentPage(program.url, "anna")
    try:
        await page.open()
        await page.ready()
        caller = await phones.dial("+12125550141", DNIS)
        await caller.wait_answered(5)
        await caller.press("1")
        station = phones.station(MEMBER)
        await station.wait_ringing(5)
        await station.answer()
        await page.until_call("talking")
        await asyncio.sleep(1)
        await caller.hang_up()
        await page.wrap_up()
    finally:
        await page.close()


async def fallback_call(own: Asterisk, phones: SipPhones, ani: str) -> SipCaller:
    """Return a caller who waits in the fallback's queue."""
    caller = await phones.dial(ani, DNIS)
    await caller.wait_answered(5)
    await eventually(lambda: "1. PJSIP/carrier" in own.cli("queue show fallback"))
    return caller


async def test_calls_of_the_fallback_are_found_and_stored_once(
    own: Asterisk, phones: SipPhones, tmp_path: Path
):
    async with running_program(own, tmp_path) as program:
        await served_call(program, phones)
        await program.records(1)
        agreed = await audited(own, program)
        assert agreed.differences == []
        assert agreed.matched == agreed.calls == 1

        await program.kill()
        talking = await fallback_call(own, phones, "+12125550142")
        station = phones.station(MEMBER)
        await station.wait_ringing(10)
        await station.answer()
        await asyncio.sleep(1.2)
        await talking.hang_up()
        impatient = await fallback_call(own, phones, "+12125550143")
        await impatient.hang_up()
        await _leave_message(own, phones)

        dry = await audited(own, program)
        assert [found.kind for found in dry.differences] == ["missing"] * 3
        assert dry.imported == []
        await program.start()
        first, second = await asyncio.gather(
            audited(own, program, add=True), audited(own, program, add=True)
        )
        assert len(first.imported) + len(second.imported) == 3, "two audits do not store it twice"
        assert first.differences == second.differences == []
        assert (await audited(own, program, add=True)).imported == []

        _, answered, abandoned, message = await program.records(4)
        _check_answered(answered)
        assert abandoned.outcome == "fallback_abandoned"
        assert abandoned.follow_up == "Call back: nobody took the call while the service was away"
        assert message.outcome == "fallback_message"
        assert message.follow_up is not None


def _check_answered(record: CallRecord) -> None:
    assert record.outcome == "fallback_answered"
    assert record.ani == "+12125550142"
    assert record.service == "Main line"
    assert 1_000 < record.talk_ms < 2_500
    assert record.segments[1].station == MEMBER
    assert record.follow_up is None


async def _leave_message(own: Asterisk, phones: SipPhones) -> None:
    own.cli("dialplan set global CC_VOICEMAIL 100@fallback")
    await phones.station(MEMBER).register(0)
    await eventually(lambda: "Unavailable" in own.cli("queue show fallback"))
    caller = await phones.dial("+12125550144", DNIS)
    await caller.wait_answered(5)
    spool = own.folder / "spool" / "voicemail" / "fallback" / "100" / "tmp"
    await eventually(lambda: any(spool.glob("*.wav")), 20)
    await asyncio.sleep(6)
    await caller.hang_up()
    await eventually(lambda: "CC_VOICEMAIL" in own.cel_path.read_text())


async def test_a_call_that_was_claimed_and_lost_is_found(
    own: Asterisk, phones: SipPhones, tmp_path: Path
):
    async with running_program(own, tmp_path) as program:
        await program.stop()
        async with AriProbe(own) as dying:  # a service that dies before its first fact
            await dying.beat()
            caller = await phones.dial("+12125550145", DNIS)
            await dying.take_call("+12125550145")
            await caller.hang_up()
            await eventually(lambda: own.channel_count() == 0)
        await program.start()
        [missing] = (await audited(own, program)).differences
        assert missing.kind == "missing"
        assert "taken and lost before its first fact" in missing.text
        await audited(own, program, add=True)

        [record] = await program.records(1)
        assert record.outcome == "failed"
        assert record.cause == "not_recorded"
        assert record.follow_up == "Call back: the call was lost when the service failed"


HOSTILE = (
    Identity('"O\\"Ne,il; \'x\' \\\\ new" <sip:+49%0A30%22,7@127.0.0.2>'),
    Identity('"Müller 王 <x>" <sip:+49307@127.0.0.2>'),
    Identity("<sip:%22%0A%221795336115.575376%22,%22CHAN_END%22,+49307@127.0.0.2>"),
)


async def test_what_a_caller_calls_himself_cannot_spoil_the_ledger(
    own: Asterisk, phones: SipPhones, tmp_path: Path
):
    async with AriProbe(own, app="cc-idle") as probe:
        await probe.beat(age_s=60)
    for who in HOSTILE:
        caller = await phones.dial_as(who, f"{DNIS}%0A%22x,y")
        await caller.wait_answered(5)
        await caller.hang_up()
    await eventually(lambda: own.channel_count() == 0)
    lines = own.cel_path.read_text().splitlines()
    assert {len(fields) for fields in csv.reader(lines, strict=True)} == {9}
    assert [len(next(csv.reader([line]))) for line in lines] == [9] * len(lines)
    async with running_program(own, tmp_path) as program:
        found = await audited(own, program, add=True)
        assert found.differences == []
        records = await program.records(len(HOSTILE))
        assert {record.dnis for record in records} == {DNIS}
        assert [record.ani for record in records] == ["+49307", "+49307", "1795336115575376+49307"]


async def test_calls_that_a_crash_of_the_pbx_cut_off_in_the_fallback_are_stored(
    own: Asterisk, tmp_path: Path
):
    async with sip_phones(own) as phones:
        await eventually(lambda: "Not in use" in own.cli("queue show fallback"))
        await fallback_call(own, phones, "+12125550146")
        await asyncio.to_thread(own.kill)
        await asyncio.sleep(2)
        await asyncio.to_thread(own.start)
    async with sip_phones(own) as phones, running_program(own, tmp_path) as program:
        assert (await audited(own, program)).open == 1, "no entry yet tells of the crash"
        next_caller = await phones.dial("+12125550147", DNIS)
        await next_caller.wait_answered(5)
        await next_caller.hang_up()
        await program.records(1)
        assert len((await audited(own, program, add=True)).imported) == 1
        cut_off, _ = await program.records(2)
        assert cut_off.cause == "fallback_pbx_restart"
        assert cut_off.follow_up == "Call back: cut off when the telephone system restarted"
