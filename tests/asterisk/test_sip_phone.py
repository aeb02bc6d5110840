"""The test phones against the real Asterisk: what they report of a call must be true."""

import asyncio

import pytest

from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.phones import Answers, CallFailed, Dead, Phones, Refusal, Refuses, Station
from tests.support.sip_phone import SipCaller, SipPhones
from tests.support.sip_station import SipStation

pytestmark = pytest.mark.asterisk

DNIS = "0800123"


async def _talk(probe: AriProbe, caller: SipCaller, ani: str, station: SipStation) -> None:
    """Connect a caller with a station that answers at once."""
    station.behaviour = Answers()
    arrived = await probe.take_call(ani)
    caller_channel = arrived["channel"]["id"]
    await probe.command("POST", f"channels/{caller_channel}/answer")
    agent_channel = await probe.ring(station.name)
    await probe.wait("StasisStart", channel_id=agent_channel)
    await probe.bridge(caller_channel, agent_channel)
    await station.wait_in_call(5)


async def test_sip_phones_are_phones(phones: SipPhones):
    as_scenarios_see_them: Phones = phones
    station: Station = as_scenarios_see_them.station("PJSIP/agent1")

    assert station.name == "PJSIP/agent1"
    assert not station.ringing
    with pytest.raises(KeyError):
        as_scenarios_see_them.station("PJSIP/nobody")


async def test_two_in_a_bridge_hear_each_other_and_nobody_else(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        one, two = phones.station("PJSIP/agent1"), phones.station("PJSIP/agent2")
        first = await phones.dial("+4930111", DNIS)
        await _talk(probe, first, "+4930111", one)
        second = await phones.dial("+4930222", DNIS)
        await _talk(probe, second, "+4930222", two)
        talking_since = asyncio.get_running_loop().time()
        await asyncio.sleep(0.5)

        assert first.hears(one)
        assert one.hears(first)
        assert second.hears(two)
        assert two.hears(second)
        for strangers in ((first, two), (two, first), (second, one), (one, second)):
            assert not strangers[0].hears(strangers[1])
        assert not first.hears(first)
        assert first.heard_ms(400) > 300
        assert first.largest_gap_ms(talking_since) < 200
        assert one.packets() > 10


async def test_a_caller_who_is_answered_and_left_alone_hears_nothing(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930333", DNIS)
        arrived = await probe.take_call("+4930333")
        await probe.command("POST", f"channels/{arrived['channel']['id']}/answer")
        await caller.wait_answered(5)
        await asyncio.sleep(0.3)

        assert caller.heard_ms(250) == 0
        assert caller.largest_gap_ms(asyncio.get_running_loop().time() - 0.25) >= 240


async def test_the_other_side_may_change_the_media_in_mid_call(
    asterisk: Asterisk, phones: SipPhones
):
    """Hold at the trunk is a re-INVITE; the phone accepts it and the call goes on."""
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        station = phones.station("PJSIP/agent7")
        caller = await phones.dial("+4930666", DNIS)
        await _talk(probe, caller, "+4930666", station)
        caller.call.reinvite()
        await asyncio.sleep(0.5)

        assert station.in_call
        assert caller.hears(station)
        assert station.hears(caller)


async def test_pressed_keys_arrive_in_order(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930444", DNIS)
        arrived = await probe.take_call("+4930444")
        await probe.command("POST", f"channels/{arrived['channel']['id']}/answer")
        await caller.wait_answered(5)
        for key in "15#":
            await caller.press(key)
        await probe.wait("ChannelDtmfReceived", digit="#")

        pressed = [e["digit"] for e in probe.events if e["type"] == "ChannelDtmfReceived"]
        assert pressed == ["1", "5", "#"]


async def test_a_caller_may_give_up_before_the_answer(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930555", DNIS)
        arrived = await probe.take_call("+4930555")
        await caller.hang_up()
        await probe.wait("StasisEnd", channel_id=arrived["channel"]["id"])

        assert caller.call.final == 487
        with pytest.raises(CallFailed, match="487"):
            await caller.wait_answered(1)


@pytest.mark.parametrize(
    ("how", "cause"),
    [(Refusal.BUSY, "17"), (Refusal.DECLINED, "21"), (Refusal.UNAVAILABLE, "19")],
)
async def test_a_refusal_reaches_the_application_as_its_cause(
    asterisk: Asterisk, phones: SipPhones, how: Refusal, cause: str
):
    async with AriProbe(asterisk) as probe:
        phones.station("PJSIP/agent3").behaviour = Refuses(how)
        channel = await probe.ring("PJSIP/agent3")

        gone = await probe.wait("ChannelDestroyed", channel_id=channel)
        assert str(gone["cause"]) == cause
        assert phones.station("PJSIP/agent3").rings == 0


async def test_a_station_rings_until_the_other_side_gives_up(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        station = phones.station("PJSIP/agent4")
        channel = await probe.ring(station.name)
        await station.wait_ringing(5)
        assert station.ringing
        assert not station.in_call
        await probe.command("DELETE", f"channels/{channel}")
        await station.wait_idle(5)
        assert station.rings == 1
        with pytest.raises(RuntimeError, match="does not ring"):
            await station.answer()


async def test_a_station_answers_and_hangs_up_by_hand(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        station = phones.station("PJSIP/agent5")
        channel = await probe.ring(station.name)
        await station.wait_ringing(5)
        await station.answer()
        await probe.wait("StasisStart", channel_id=channel)
        await station.hang_up()

        await probe.wait("ChannelDestroyed", channel_id=channel)
        assert not station.in_call


async def test_a_dead_station_does_not_even_ring(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        station = phones.station("PJSIP/agent6")
        station.behaviour = Dead()
        channel = await probe.ring(station.name, timeout_s=1)

        await probe.wait("ChannelDestroyed", channel_id=channel)
        states = [e["type"] for e in probe.events if e["type"] == "ChannelStateChange"]
        assert states == []
        assert station.rings == 0
