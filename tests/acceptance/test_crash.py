"""The service dies by ``kill -9``: no call is lost, and the records are right."""

import asyncio

import pytest

from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue, kinds
from tests.support.program import DNIS
from tests.support.stalls import watched_stalls

pytestmark = pytest.mark.chaos


async def test_a_caller_in_the_menu_is_served_after_the_restart(world: World):
    caller = await world.phones.dial(ANI, DNIS)
    await caller.wait_answered(5)
    await asyncio.sleep(0.3)
    await world.program.kill()
    await world.program.start()
    assert not caller.ended
    await caller.press("3")
    await caller.wait_ended(15)

    [record] = await world.program.records(1)
    assert record.outcome == "self_served"


async def test_the_order_and_the_waits_of_a_queue_are_kept(world: World):
    anna = await world.page("anna")
    first = await in_queue(world, "+12125550141")
    await asyncio.sleep(0.3)
    second = await in_queue(world, "+12125550142")
    await asyncio.sleep(1.0)
    await world.program.kill()
    assert first.heard_ms(400) > 0, "music goes on while the service is dead"
    await asyncio.sleep(0.5)
    await world.program.start()
    await anna.connect_again()
    await anna.ready()

    station = world.phones.station("PJSIP/agent1")
    pop = await anna.until_call("ringing")
    assert pop["ani"] == "+12125550141"
    assert pop["waited_ms"] > 1_800, "the wait counts from before the crash"
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    await first.hang_up()
    await anna.wrap_up()
    await station.wait_ringing(5)
    await second.hang_up()

    records = await world.program.records(2)
    assert [record.outcome for record in records] == ["answered", "abandoned_queue"]
    assert [record.ani for record in records] == ["+12125550141", "+12125550142"]


async def test_a_ringing_phone_is_adopted(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await world.program.kill()
    await world.program.start()
    await anna.connect_again()
    assert not caller.ended
    await station.wait_ringing(8)
    await station.answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    await caller.hang_up()
    await anna.wrap_up()
    await anna.until_state("ready")

    [record] = await world.program.records(1)
    assert record.outcome == "answered"
    assert record.agent_name == "Anna"


async def test_a_talk_goes_on_and_the_page_comes_back_with_its_call(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    before = asyncio.get_running_loop().time()
    async with watched_stalls() as stalls:
        await world.program.kill()
        await asyncio.sleep(0.5)
        await world.program.start()
        # Both phones live in this process: its own stalls show in what is sent and in what comes.
        allowed_ms = 100 + 2 * stalls.longest_ms
        assert caller.largest_gap_ms(before) <= allowed_ms, "media never stopped"
    await anna.connect_again()
    call = await anna.until_call("talking")
    assert call["ani"] == ANI
    assert caller.hears(station)
    assert station.hears(caller)
    await station.hang_up()
    await caller.wait_ended(3)
    await anna.wrap_up("resolved", "Went on.")
    await anna.until_state("ready")

    [record] = await world.program.records(1)
    assert [kind for kind, _ in kinds(record)] == ["ivr", "queue", "ring", "talk", "wrap"]


async def test_calls_that_ended_while_the_service_was_dead_are_closed(world: World):
    anna = await world.agent("anna")
    ben = await world.agent("ben")
    talking = await in_queue(world, "+12125550143")
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    ringing = await in_queue(world, "+12125550144")
    await world.phones.station("PJSIP/agent2").wait_ringing(3)
    waiting = await in_queue(world, "+12125550145")
    await asyncio.sleep(0.3)
    await world.program.kill()
    for caller in (talking, ringing, waiting):
        await caller.hang_up()
    await asyncio.sleep(0.3)
    await world.program.start()
    await anna.connect_again()
    await ben.connect_again()
    await anna.wrap_up()
    await anna.until_state("ready")
    await ben.until_state("ready")

    records = await world.program.records(3)
    outcomes = {record.ani: str(record.outcome) for record in records}
    assert outcomes == {
        "+12125550143": "answered",
        "+12125550144": "abandoned_queue",
        "+12125550145": "abandoned_queue",
    }


async def test_a_caller_whose_agent_was_lost_waits_again_at_the_old_place(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station), "only a talk that has begun is followed by a wrap-up"
    await world.program.kill()
    await station.hang_up()
    await asyncio.sleep(0.3)
    assert not caller.ended
    await world.program.start()
    await anna.connect_again()
    await anna.wrap_up("resolved")
    await station.wait_ringing(5)
    await station.answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    await caller.hang_up()
    await anna.wrap_up("resolved", "Second talk.")

    [record] = await world.program.records(1)
    assert [kind for kind, _ in kinds(record)].count("talk") == 2
    assert record.note == "Second talk."


async def test_without_the_service_the_fallback_answers_in_time(world: World):
    await world.program.kill()
    caller = await world.phones.dial(ANI, DNIS)
    await caller.wait_answered(2.5)
    await caller.hang_up()
