"""The rungs below the service: agents' phones, duty numbers, mailbox, each without those above."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, running_asterisk, sip_phones
from tests.support.phones import Answers, Refuses
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

DNIS = "0800123"
FIRST, SECOND = "+12025550111", "+12025550112"
MEMBER = "PJSIP/agent1"
LEASE_S = 2
_BYTES_A_SECOND = 16_000


@pytest.fixture(scope="module")
def ladder() -> Iterator[Asterisk]:
    """An Asterisk with all rungs, each with little patience."""
    settings = AsteriskSettings(
        agents=1,
        browsers=0,
        lease_s=LEASE_S,
        fallback_prompt="beep",
        fallback_wait_s=2,
        duty_numbers=(FIRST, SECOND),
        duty_ring_s=2,
        duty_key_s=1,
        voicemail="100@fallback",
        shortest_message_s=1,
    )
    with running_asterisk(settings) as instance:
        yield instance


@pytest.fixture
async def phones(ladder: Asterisk) -> AsyncIterator[SipPhones]:
    async with sip_phones(ladder) as phones:
        await eventually(lambda: "Not in use" in ladder.cli("queue show fallback"))
        async with AriProbe(ladder, app="cc-idle") as probe:
            await probe.beat(age_s=60)
        yield phones


async def _without_agents(ladder: Asterisk, phones: SipPhones) -> None:
    await phones.station(MEMBER).register(0)
    await eventually(lambda: "Unavailable" in ladder.cli("queue show fallback"))


async def _dial(phones: SipPhones) -> SipCaller:
    caller = await phones.dial("+4930111", DNIS)
    await caller.wait_answered(2.5)
    return caller


async def _talk_and_end(caller: SipCaller, phones: SipPhones, number: str) -> None:
    officer = phones.outside(number)
    await asyncio.sleep(0.6)
    assert caller.hears(officer)
    assert officer.hears(caller)
    await officer.hang_up()
    await caller.wait_ended(5)


async def test_who_is_left_in_the_queue_rings_the_duty_number_and_is_connected_by_a_key(
    ladder: Asterisk, phones: SipPhones
):
    officer = phones.outside(FIRST)
    caller = await _dial(phones)
    await phones.station(MEMBER).wait_ringing(5)
    await officer.wait_ringing(6)
    assert not phones.station(MEMBER).ringing, "the queue has given up"
    await officer.answer()
    await asyncio.sleep(0.5)
    assert not caller.hears(officer), "not before the key"
    await officer.press("1")
    await _talk_and_end(caller, phones, FIRST)
    assert phones.outside(SECOND).rings == 0


async def test_a_mailbox_that_answers_a_duty_number_does_not_get_the_caller(
    ladder: Asterisk, phones: SipPhones
):
    phones.outside(FIRST).behaviour = Answers()
    second = phones.outside(SECOND)
    await _without_agents(ladder, phones)
    caller = await _dial(phones)
    await second.wait_ringing(8)
    await second.answer()
    await second.press("1")
    await _talk_and_end(caller, phones, SECOND)


async def test_who_is_answered_nowhere_leaves_a_message(ladder: Asterisk, phones: SipPhones):
    phones.outside(FIRST).behaviour = Refuses()
    await _without_agents(ladder, phones)
    second = phones.outside(SECOND)
    caller = await _dial(phones)
    await second.wait_ringing(5)
    await second.wait_idle(5)
    inbox = _inbox(ladder)
    await eventually(lambda: _is_recorded(inbox))
    await caller.hang_up()
    await eventually(lambda: (inbox / "msg0000.txt").exists())

    assert (inbox / "msg0000.wav").stat().st_size > _BYTES_A_SECOND
    assert "+4930111" in (inbox / "msg0000.txt").read_text()


async def test_the_mailbox_answers_after_the_service_had_the_call(
    ladder: Asterisk, phones: SipPhones
):
    """What ARI has touched is refused dangerous functions for ever: no rung may need one."""
    phones.outside(FIRST).behaviour = phones.outside(SECOND).behaviour = Refuses()
    await _without_agents(ladder, phones)
    async with AriProbe(ladder) as probe:
        await probe.beat()
        caller = await phones.dial("+4930222", DNIS)
        channel = (await probe.take_call("+4930222"))["channel"]["id"]
        await probe.command("POST", f"channels/{channel}/answer")
        lease = {"variable": "TIMEOUT(absolute)", "value": str(LEASE_S)}
        await probe.command("POST", f"channels/{channel}/variable", **lease)
    inbox = _inbox(ladder)
    before = set(inbox.glob("*.txt"))
    await eventually(lambda: _is_recorded(inbox))
    await caller.hang_up()
    await eventually(lambda: set(inbox.glob("*.txt")) > before)

    assert "Dangerous function" not in ladder.log()


async def test_a_caller_who_is_sent_to_the_mailbox_passes_no_phone(
    ladder: Asterisk, phones: SipPhones
):
    inbox = _inbox(ladder)
    before = set(inbox.glob("*.txt"))
    async with AriProbe(ladder) as probe:
        await probe.beat()
        caller = await phones.dial("+4930333", DNIS)
        channel = (await probe.take_call("+4930333"))["channel"]["id"]
        await probe.command("POST", f"channels/{channel}/answer")
        place = {"context": "cc-fallback", "extension": "mailbox", "priority": "1"}
        await probe.command("POST", f"channels/{channel}/continue", **place)
        await eventually(lambda: _is_recorded(inbox))
    assert not phones.station("PJSIP/agent1").ringing
    assert not phones.outside(FIRST).ringing
    await caller.hang_up()
    await eventually(lambda: set(inbox.glob("*.txt")) > before)
    told = [line for line in ladder.cel_path.read_text().splitlines() if channel in line]
    marks = [name for line in told for name in ("CC_FALLBACK", "CC_VOICEMAIL") if name in line]
    assert marks == ["CC_FALLBACK", "CC_VOICEMAIL"], "the service had the caller until then"


def _inbox(asterisk: Asterisk) -> Path:
    return asterisk.folder / "spool" / "voicemail" / "fallback" / "100" / "INBOX"


def _is_recorded(inbox: Path) -> bool:
    """Whether two seconds were recorded: Asterisk writes beside the inbox until the end."""
    return any(each.stat().st_size > 2 * _BYTES_A_SECOND for each in inbox.parent.glob("tmp/*.wav"))
