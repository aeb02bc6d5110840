"""A caller is served without the service: the dialplan, its fallback queue, and the lease."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, running_asterisk, sip_phones
from tests.support.phones import Answers
from tests.support.sip_call import Identity
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

DNIS = "0800123"
LEASE_S = 2
MEMBER = "PJSIP/agent1"


@pytest.fixture(scope="module")
def impatient() -> Iterator[Asterisk]:
    """A second Asterisk beside the first, with a short lease and a short prompt."""
    settings = AsteriskSettings(agents=2, browsers=0, lease_s=LEASE_S, fallback_prompt="beep")
    with running_asterisk(settings) as instance:
        yield instance


@pytest.fixture
async def short_phones(impatient: Asterisk) -> AsyncIterator[SipPhones]:
    async with sip_phones(impatient) as phones:
        await eventually(lambda: "Not in use" in impatient.cli("queue show fallback"))
        yield phones


def _seconds_since(start: float) -> float:
    return asyncio.get_running_loop().time() - start


def _waits_in_fallback(asterisk: Asterisk) -> Callable[[], bool]:
    return lambda: "cc-fallback" in asterisk.cli("core show channels concise")


async def test_a_caller_is_answered_when_no_heartbeat_was_ever_seen(
    impatient: Asterisk, short_phones: SipPhones
):
    async with AriProbe(impatient, app="cc-idle") as probe:
        await probe.set_global("CC_BEAT", "")
        caller = await short_phones.dial("+4930111", DNIS)
        await caller.wait_answered(2.5)

        assert [e for e in probe.events if e["type"] == "CallBroadcast"] == []


async def test_everybody_who_goes_to_the_fallback_is_counted(
    impatient: Asterisk, short_phones: SipPhones
):
    def counted() -> int:
        return int(impatient.cli("dialplan eval function GLOBAL(CC_FALLBACKS)").split("Result:")[1])

    async with AriProbe(impatient, app="cc-idle") as probe:
        await probe.set_global("CC_BEAT", "")
        for number in (1, 2):
            await probe.set_global("CC_FALLBACKS", str(number * 10))
            caller = await short_phones.dial("+4930111", DNIS)
            await caller.wait_answered(2.5)
            assert counted() == number * 10 + 1


async def test_a_caller_is_answered_when_the_heartbeat_is_stale(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk, app="cc-idle") as probe:
        await probe.beat(age_s=9)
        caller = await phones.dial("+4930111", DNIS)
        await caller.wait_answered(2.5)

        assert [e for e in probe.events if e["type"] == "CallBroadcast"] == []


async def test_a_caller_is_answered_when_the_service_has_just_died(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
    start = asyncio.get_running_loop().time()
    caller = await phones.dial("+4930111", DNIS)
    await caller.wait_answered(2.5)

    assert 1.1 < _seconds_since(start) < 2.5


async def test_a_frozen_service_does_not_keep_the_caller(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk, app="cc-frozen") as probe:
        await probe.beat()
        caller = await phones.dial("+4930111", DNIS)
        await probe.wait("CallBroadcast")
        await caller.wait_answered(2.5)


async def test_the_fallback_queue_connects_caller_and_agent(
    impatient: Asterisk, short_phones: SipPhones
):
    async with AriProbe(impatient, app="cc-idle") as probe:
        await probe.beat(age_s=60)
    station = short_phones.station(MEMBER)
    caller = await short_phones.dial("+4930111", DNIS)
    await station.wait_ringing(10)
    await asyncio.sleep(0.3)
    assert caller.heard_ms(250) > 150, "no music while the agent's phone rings"
    await station.answer()
    await asyncio.sleep(0.6)

    assert station.shown_caller == "+4930111"
    assert caller.hears(station)
    assert station.hears(caller)
    await station.hang_up()
    await caller.wait_ended(5)


async def test_the_fallback_says_goodbye_when_no_phone_can_be_reached(
    impatient: Asterisk, short_phones: SipPhones
):
    async with AriProbe(impatient, app="cc-idle") as probe:
        await probe.beat(age_s=60)
    await short_phones.station(MEMBER).register(0)
    await eventually(lambda: "Unavailable" in impatient.cli("queue show fallback"))
    caller = await short_phones.dial("+4930111", DNIS)
    await caller.wait_answered(2.5)
    await caller.wait_ended(10)

    assert caller.heard_ms(2000) > 300


async def test_the_lease_gives_the_callers_of_a_dead_service_to_the_fallback(
    impatient: Asterisk, short_phones: SipPhones
):
    start = asyncio.get_running_loop().time()
    async with AriProbe(impatient) as probe:
        await probe.beat()
        idle = await _enter(probe, short_phones, "+4930111")
        waiting = await _enter(probe, short_phones, "+4930222")
        await _put_into_waiting_room(probe, "+4930222")
    for caller in (idle, waiting):
        assert not caller.ended
    await short_phones.station(MEMBER).wait_ringing(10)

    assert LEASE_S <= _seconds_since(start) < LEASE_S + 3
    for caller in (idle, waiting):
        await caller.wait_answered(0.5)
    assert impatient.cli("core show channels concise").count("cc-fallback") == 2


async def _enter(probe: AriProbe, phones: SipPhones, ani: str) -> SipCaller:
    caller = await phones.dial(ani, DNIS)
    await probe.take_call(ani)
    return caller


async def _put_into_waiting_room(probe: AriProbe, ani: str) -> None:
    channels = await probe.command("GET", "channels")
    channel = next(c["id"] for c in channels if c["caller"]["number"] == ani)
    await probe.command("POST", f"channels/{channel}/answer")
    room = await probe.command("POST", "bridges", type="holding")
    await probe.command("POST", f"bridges/{room['id']}/addChannel", channel=channel)
    await probe.command("POST", f"bridges/{room['id']}/moh")


async def test_a_renewed_lease_keeps_the_caller_in_the_service(
    impatient: Asterisk, short_phones: SipPhones
):
    async with AriProbe(impatient) as probe:
        await probe.beat()
        caller = await short_phones.dial("+4930111", DNIS)
        channel = (await probe.take_call("+4930111"))["channel"]["id"]
        await probe.command(
            "POST", f"channels/{channel}/variable", variable="TIMEOUT(absolute)", value="30"
        )
        await asyncio.sleep(LEASE_S + 0.3)

        assert [e for e in probe.events if e["type"] == "StasisEnd"] == []
        await caller.hang_up()


async def test_the_service_can_give_a_caller_to_the_fallback(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930111", DNIS)
        channel = (await probe.take_call("+4930111"))["channel"]["id"]
        place = {"context": "cc-fallback", "extension": "s", "priority": "1"}
        await probe.command("POST", f"channels/{channel}/continue", **place)
        await caller.wait_answered(2.5)
        await eventually(_waits_in_fallback(asterisk))


async def test_a_late_service_cannot_claim_what_the_fallback_has(
    impatient: Asterisk, short_phones: SipPhones
):
    short_phones.station(MEMBER).behaviour = Answers()
    async with AriProbe(impatient) as probe:
        await probe.beat()
        caller = await short_phones.dial("+4930111", DNIS)
        offered = await probe.wait("CallBroadcast")
        await caller.wait_answered(2.5)
        with pytest.raises(Exception, match="404"):
            await probe.command(
                "POST",
                "events/claim",
                channelId=offered["channel"]["id"],
                application="cc-probe",
            )


@pytest.mark.parametrize(
    "who",
    [
        Identity('"Anonymous" <sip:anonymous@anonymous.invalid>', (("Privacy", "id"),)),
        Identity("<sip:Restricted@127.0.0.2>"),
        Identity(
            "<sip:anonymous@anonymous.invalid>",
            (("P-Asserted-Identity", "<sip:+4930777@127.0.0.2>"), ("Privacy", "id")),
        ),
        Identity('"Erika" <sip:+4930777@127.0.0.2>', (("Privacy", "user;id"),)),
    ],
    ids=["anonymous", "a word", "asserted", "only a Privacy header"],
)
async def test_a_withheld_number_is_forgotten_at_the_door(
    asterisk: Asterisk, phones: SipPhones, who: Identity
):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        await phones.dial_as(who, DNIS)
        arrived = await probe.take_call("anonymous")

        assert arrived["args"] == ["in", DNIS, "withheld"]
        assert "4930777" not in str(probe.events)
        assert "Erika" not in str(probe.events)


async def test_a_shown_number_and_what_was_dialled_arrive_filtered(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        await phones.dial("+4930777", "0800123&PJSIP", name="Erika")
        arrived = await probe.take_call("+4930777")

        assert arrived["args"] == ["in", DNIS, "allowed"]
        assert arrived["channel"]["channelvars"] == {"CC_DID": DNIS, "CC_PRES": "allowed"}
        assert arrived["channel"]["caller"]["name"] == "Erika"
