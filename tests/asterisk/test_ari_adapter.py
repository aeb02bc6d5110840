"""The ARI adapter against the real Asterisk: what it tells and does must be true."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from callcenter.adapters.ari import wire
from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    PlayPrompts,
    ReleaseCaller,
    StopPrompts,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallOffered,
    ClaimRefused,
    DigitPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    PlaybackEnded,
    Presentation,
)
from callcenter.core.ids import LegId, PlaybackId
from callcenter.ports.telephony import SeenBridge, TelephonyUnavailable
from tests.asterisk.ari_node import Node, running_node
from tests.support.asterisk import Asterisk
from tests.support.asterisk_chroot import default_chroot
from tests.support.asterisk_fixture import eventually
from tests.support.music import write_chord
from tests.support.sip_phone import SipPhones

pytestmark = pytest.mark.asterisk

AGENT = "PJSIP/agent2"


@pytest.fixture
async def node(asterisk: Asterisk) -> AsyncIterator[Node]:
    folder = asterisk.sounds / "callcenter" / "en"
    folder.mkdir(parents=True, exist_ok=True)
    write_chord(folder / "chord.ulaw")
    async with running_node(asterisk) as node:
        yield node


def test_the_models_are_those_of_this_asterisk() -> None:
    script = Path(__file__).parents[2] / "scripts" / "write_ari_models.py"
    spec = importlib.util.spec_from_file_location("write_ari_models", script)
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    docs = default_chroot() / "usr" / "share" / "asterisk" / "rest-api"
    written = writer.render(writer.load(str(docs)))
    assert Path(wire.__file__).read_text(encoding="utf-8") == written


async def test_a_served_call_from_offer_to_hang_up(node: Node, phones: SipPhones) -> None:
    perform = node.telephony.perform
    station = phones.station(AGENT)
    caller, caller_id, call_id = await node.answer(phones)
    told = node.all(CallerArrived)[0]
    assert told == CallerArrived(
        caller_id, "+4930123", Presentation.ALLOWED, "Erika Example", "0800123"
    )

    menu = node.playback_id()
    await perform(PlayPrompts(call_id, caller_id, menu, ("chord", "chord")))
    await eventually(lambda: caller.heard_ms(300) > 200)
    await caller.press("5")
    assert (await node.wait(DigitPressed)).digit == "5"
    await perform(StopPrompts(call_id, menu))
    await node.wait(PlaybackEnded, lambda it: it.playback_id == menu, timeout_s=1)

    room = node.bridge_id()
    await perform(HoldCaller(call_id, caller_id, room))
    leg_id = await node.ring(call_id, AGENT)
    await node.wait(LegRinging, lambda it: it.leg_id == leg_id)
    assert station.shown_caller == "+4930123"
    await eventually(lambda: caller.heard_ms(300) > 200)  # there is music while the phone rings
    await station.answer()
    await node.wait(LegAnswered, lambda it: it.leg_id == leg_id)

    talk = node.bridge_id()
    await perform(ConnectLegs(call_id, talk, (caller_id, leg_id)))
    await perform(DropBridge(call_id, room))
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    assert station.hears(caller)

    await station.hang_up()
    ended = await node.wait(LegEnded)
    assert ended == LegEnded(leg_id, LegEnd.HUNG_UP)
    await perform(HangUpCaller(call_id, caller_id))
    await perform(DropBridge(call_id, talk))
    await caller.wait_ended(1)
    assert await node.wait(CallerGone) == CallerGone(caller_id, CallerEnd.HUNG_UP)
    assert node.commands() == 13, "12 and one to stop the prompt"
    snapshot = await node.telephony.snapshot()
    assert (list(snapshot.legs), list(snapshot.bridges)) == ([], [])
    assert len(node.all(LegEnded)) == len(node.all(CallerGone)) == 1


async def test_music_comes_back_after_an_announcement(node: Node, phones: SipPhones) -> None:
    caller, caller_id, call_id = await node.answer(phones)
    room, told = node.bridge_id(), node.playback_id()
    await node.telephony.perform(HoldCaller(call_id, caller_id, room))
    await node.telephony.perform(Announce(call_id, room, told, ("chord",)))
    await asyncio.sleep(0.3)
    await node.telephony.perform(StopPrompts(call_id, told))
    await node.wait(PlaybackEnded, lambda it: it.playback_id == told, timeout_s=1)
    await eventually(lambda: caller.heard_ms(300) > 200)
    await caller.hang_up()
    assert (await node.wait(CallerGone)).end is CallerEnd.HUNG_UP
    await node.telephony.perform(DropBridge(call_id, room))


async def test_a_prompt_right_after_the_waiting_room_is_played(
    node: Node, phones: SipPhones
) -> None:
    """Who is only left behind by the end of the room loses the prompt now and then."""
    caller, caller_id, call_id = await node.answer(phones)
    for _ in range(40):
        room, told = node.bridge_id(), node.playback_id()
        for effect in (
            HoldCaller(call_id, caller_id, room),
            LeaveRoom(call_id, caller_id, room),
            DropBridge(call_id, room),
            PlayPrompts(call_id, caller_id, told, ("chord",)),
        ):
            await node.telephony.perform(effect)
        await node.telephony.perform(StopPrompts(call_id, told))
        await node.wait(PlaybackEnded, partial(_is_of, told), timeout_s=2)
    await caller.hang_up()
    await node.wait(CallerGone)


def _is_of(playback_id: PlaybackId, told: PlaybackEnded) -> bool:
    return told.playback_id == playback_id


async def test_an_announcement_in_a_room_that_is_gone_is_over(
    node: Node, phones: SipPhones
) -> None:
    caller, _, call_id = await node.answer(phones)
    told = node.playback_id()
    await node.telephony.perform(Announce(call_id, node.bridge_id(), told, ("chord",)))
    assert node.all(PlaybackEnded) == [PlaybackEnded(told)]
    await caller.hang_up()
    await node.wait(CallerGone)


async def test_a_prompt_that_does_not_exist_is_over_at_once(node: Node, phones: SipPhones) -> None:
    caller, caller_id, call_id = await node.answer(phones)
    told = node.playback_id()
    await node.telephony.perform(PlayPrompts(call_id, caller_id, told, ("nothing",)))
    await node.wait(PlaybackEnded, lambda it: it.playback_id == told, timeout_s=1)
    none_at_all = node.playback_id()
    await node.telephony.perform(PlayPrompts(call_id, caller_id, none_at_all, ()))
    await node.wait(PlaybackEnded, lambda it: it.playback_id == none_at_all, timeout_s=1)
    await caller.hang_up()
    await node.wait(CallerGone)


async def test_a_withheld_number_is_not_seen(node: Node, phones: SipPhones) -> None:
    caller, caller_id = await node.take(phones, None)
    told = node.all(CallerArrived)[0]
    assert told == CallerArrived(caller_id, None, Presentation.WITHHELD, "", "0800123")
    assert node.all(CallOffered)[0].ani is None
    await caller.hang_up()
    await node.wait(CallerGone)


async def test_a_caller_who_gives_up_before_the_claim_hung_up(
    node: Node, phones: SipPhones
) -> None:
    caller = await phones.dial("+4930123", "0800123")
    offer = await node.wait(CallOffered)
    await caller.hang_up()
    await node.telephony.perform(ClaimCall(offer.leg_id))
    gone = await node.wait(CallerGone)
    assert gone == CallerGone(offer.leg_id, CallerEnd.HUNG_UP)


async def test_a_claim_that_comes_too_late_is_refused(node: Node) -> None:
    leg_id = LegId("1795323368.999999")
    await node.telephony.perform(ClaimCall(leg_id))
    assert node.told == [ClaimRefused(leg_id)]


async def test_a_lease_that_nobody_renews_takes_the_caller_to_the_fallback(
    asterisk: Asterisk, node: Node, phones: SipPhones
) -> None:
    caller, caller_id, _ = await node.answer(phones)
    await node.telephony.renew_lease(caller_id, 1_000)
    assert await node.wait(CallerGone) == CallerGone(caller_id, CallerEnd.LEASE_EXPIRED)
    await eventually(lambda: "cc-fallback" in asterisk.cli("core show channels concise"))
    await caller.hang_up()


async def test_a_caller_whom_we_release_is_in_the_fallback_and_not_ours(
    asterisk: Asterisk, node: Node, phones: SipPhones
) -> None:
    caller, caller_id, call_id = await node.answer(phones)
    await node.telephony.perform(ReleaseCaller(call_id, caller_id))
    assert await node.wait(CallerGone) == CallerGone(caller_id, CallerEnd.LEASE_EXPIRED)
    await eventually(lambda: "cc-fallback" in asterisk.cli("core show channels concise"))
    assert (await node.telephony.snapshot()).legs == ()
    await caller.hang_up()


async def test_a_lease_can_be_renewed_while_a_prompt_plays(
    asterisk: Asterisk, phones: SipPhones
) -> None:
    async with running_node(asterisk, timeout_s=0.3) as node:
        caller, caller_id, call_id = await node.answer(phones)
        told = node.playback_id()
        await node.telephony.perform(PlayPrompts(call_id, caller_id, told, ("chord",)))
        async with asyncio.timeout(0.5):
            await node.telephony.renew_lease(caller_id, 45_000)
        await caller.hang_up()
        await node.wait(CallerGone)


async def test_a_snapshot_shows_callers_rooms_and_ringing_legs(
    node: Node, phones: SipPhones
) -> None:
    caller, caller_id, call_id = await node.answer(phones)
    room = node.bridge_id()
    await node.telephony.perform(HoldCaller(call_id, caller_id, room))
    leg_id = await node.ring(call_id, AGENT)
    await node.wait(LegRinging)
    snapshot = await node.telephony.snapshot()
    seen = {each.leg_id: each for each in snapshot.legs}
    assert set(seen) == {caller_id, leg_id}
    assert seen[caller_id].arrival == node.all(CallerArrived)[0]
    assert seen[caller_id].answered
    assert not seen[leg_id].answered
    assert {each.call_id for each in snapshot.legs} == {call_id}
    assert snapshot.bridges == (SeenBridge(room, frozenset({caller_id})),)
    assert snapshot.pbx_started_at == (await node.telephony.snapshot()).pbx_started_at != ""
    await node.telephony.perform(EndLeg(call_id, leg_id))
    await caller.hang_up()
    await node.wait(CallerGone)
    await node.telephony.perform(DropBridge(call_id, room))


async def test_a_new_process_hears_of_the_calls_of_the_old_one(
    asterisk: Asterisk, phones: SipPhones
) -> None:
    async with running_node(asterisk) as old:
        caller, caller_id, call_id = await old.answer(phones)
        leg_id = await old.ring(call_id, AGENT)
        await old.wait(LegRinging)
    async with running_node(asterisk) as new:
        assert {each.leg_id for each in (await new.telephony.snapshot()).legs} == {
            caller_id,
            leg_id,
        }
        await phones.station(AGENT).refuse()
        assert await new.wait(LegEnded) == LegEnded(leg_id, LegEnd.REFUSED)
        await caller.hang_up()
        assert await new.wait(CallerGone) == CallerGone(caller_id, CallerEnd.HUNG_UP)


async def test_only_events_that_are_read_are_sent(node: Node, phones: SipPhones) -> None:
    caller, _, _ = await node.answer(phones)
    await caller.hang_up()
    await node.wait(CallerGone)
    unread = [
        sample.labels["type"]
        for metric in node.registry.collect()
        for sample in metric.samples
        if sample.name == "callcenter_ari_events_total"
        and sample.labels["type"] not in wire.EVENT_TYPES
    ]
    assert unread == []


async def test_a_caller_who_leaves_while_we_act_is_gone_once_and_hung_up(
    asterisk: Asterisk, node: Node, phones: SipPhones
) -> None:
    for attempt in range(8):
        caller, caller_id, call_id = await node.answer(phones)
        room = node.bridge_id()
        async with asyncio.TaskGroup() as group:
            group.create_task(caller.hang_up())
            await asyncio.sleep(attempt * 0.0005)
            await node.telephony.perform(HoldCaller(call_id, caller_id, room))
        await node.wait_gone(caller_id)
        assert await node.telephony.perform(DropBridge(call_id, room)), "the PBX did not answer"
        # The PBX answers first, and dissolves the bridge in a thread of its own.
        await eventually(lambda: "holding_bridge" not in asterisk.cli("bridge show all"))
    assert [each.end for each in node.all(CallerGone)] == [CallerEnd.HUNG_UP] * 8
    assert (await node.telephony.snapshot()).bridges == ()


async def test_a_leg_that_is_long_gone_is_lost(node: Node) -> None:
    gone = LegId("1795323368.999999")
    await node.telephony.perform(AnswerCaller(node.call_id(), gone))
    assert node.told == [CallerGone(gone, CallerEnd.LOST)]


async def test_a_wrong_password_says_what_to_compare(
    asterisk: Asterisk, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Node(asterisk, "cc-stranger", password="wrong")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stranger.run())
        with pytest.raises(TelephonyUnavailable, match=r"ari\.conf"):
            await stranger.telephony.snapshot()
        await eventually(lambda: "ari.conf" in caplog.text)
        assert not task.done(), "it keeps trying"
        task.cancel()
