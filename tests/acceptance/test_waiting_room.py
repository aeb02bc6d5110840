"""What one who waits can do without losing the place, and what an agent hears before the talk."""

import asyncio

import pytest

from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue, kinds, shown
from tests.support.agent_page import AgentPage
from tests.support.phones import Caller, Station

CARE = "9"
NEXT = "+12125550148"


async def waits_in_care(world: World, floor: AgentPage, ani: str = ANI) -> Caller:
    """Return a caller who is seen to wait in the queue with keys."""
    caller = await in_queue(world, ani, CARE)
    await floor.until(lambda: shown(floor, "floor_call", ani=ani, phase="waiting"))
    return caller


async def one_aside_and_one_behind(world: World) -> tuple[AgentPage, Caller, Caller]:
    """Return a page that takes no calls yet, a caller in the menu aside, and one behind them."""
    anna = await world.page("anna")
    floor = await world.page("sue", "floor")
    first = await waits_in_care(world, floor)
    second = await waits_in_care(world, floor, NEXT)
    await first.press("1")
    await asyncio.sleep(0.5)
    return anna, first, second


async def talks(world: World, anna: AgentPage, caller: Caller) -> Station:
    """Let the agent's phone ring for the caller, and both hear each other."""
    station = world.phones.station("PJSIP/agent1")
    pop = await anna.until_call("ringing")
    assert pop["ani"] == ANI, "who went aside is first in line all the same"
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking", 8)
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    return station


async def test_a_caller_is_connected_out_of_the_menu_and_has_kept_the_place(world: World):
    anna, first, second = await one_aside_and_one_behind(world)
    await anna.ready()
    await talks(world, anna, first)
    await first.hang_up()
    await second.hang_up()
    await anna.wrap_up()

    record = await world.program.record_of(ANI)
    assert record.outcome == "answered"
    assert list(record.menu_path) == [f"main_menu: {CARE}", "care: 1"]
    assert kinds(record)[:2] == [("ivr", "queued"), ("queue", "connected")]


async def test_the_end_of_a_branch_leads_back_to_the_waiting_room(world: World):
    anna, first, second = await one_aside_and_one_behind(world)
    await first.press("1")
    await asyncio.sleep(4.0)
    assert first.heard_ms(300) > 0, "music, or the place told anew"
    await first.press("1")
    await asyncio.sleep(0.5)
    await anna.ready()
    await talks(world, anna, first)
    await first.hang_up()
    await second.hang_up()
    await anna.wrap_up()

    record = await world.program.record_of(ANI)
    path = [f"main_menu: {CARE}", "care: 1", "care_menu: 1", "care: 1"]
    assert list(record.menu_path) == path, "the key meant the queue's again"


async def test_a_key_may_end_the_call(world: World):
    await world.page("anna")
    floor = await world.page("sue", "floor")
    caller = await waits_in_care(world, floor)
    await caller.press("0")
    await caller.wait_ended(10)

    [record] = await world.program.records(1)
    assert record.outcome == "self_served"
    assert kinds(record)[1] == ("queue", "left")


@pytest.mark.chaos
async def test_a_crash_in_the_menu_loses_neither_the_menu_nor_the_place(world: World):
    anna, first, second = await one_aside_and_one_behind(world)
    await world.program.kill()
    await asyncio.sleep(0.3)
    assert not first.ended
    await world.program.start()
    await anna.connect_again()
    await first.press("1")
    await asyncio.sleep(0.5)
    await anna.ready()
    await talks(world, anna, first)
    await first.hang_up()
    await second.hang_up()
    await anna.wrap_up()

    record = await world.program.record_of(ANI)
    assert record.outcome == "answered"
    assert list(record.menu_path) == [f"main_menu: {CARE}", "care: 1", "care_menu: 1"]


async def briefed(world: World) -> tuple[AgentPage, Caller, Station]:
    """Return an agent who has answered and hears the announcement, and the caller."""
    anna = await world.agent()
    caller = await in_queue(world, ANI, CARE)
    station = world.phones.station("PJSIP/agent1")
    await anna.until_call("ringing")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("connecting")
    return anna, caller, station


async def test_an_agent_hears_the_announcement_and_then_the_caller(world: World):
    anna, caller, station = await briefed(world)
    await asyncio.sleep(0.5)
    assert not station.hears(caller), "the caller hears music meanwhile"
    assert station.heard_ms(400) > 0
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    assert station.hears(caller)
    await caller.hang_up()
    await anna.wrap_up()

    [record] = await world.program.records(1)
    assert record.outcome == "answered"


async def test_a_caller_who_leaves_during_the_announcement_ends_it(world: World):
    anna, caller, station = await briefed(world)
    await caller.hang_up()
    await station.wait_idle(3)
    await anna.until_state("ready")

    [record] = await world.program.records(1)
    assert record.outcome == "abandoned_queue"


@pytest.mark.chaos
async def test_a_crash_during_the_announcement_connects_the_two(world: World):
    anna, caller, station = await briefed(world)
    await world.program.kill()
    await asyncio.sleep(0.2)
    assert not caller.ended
    await world.program.start()
    await anna.connect_again()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    assert station.hears(caller)
    await caller.hang_up()
    await anna.wrap_up()

    [record] = await world.program.records(1)
    assert record.outcome == "answered"
    assert [kind for kind, _ in kinds(record)].count("talk") == 1


# ---------------------------------------------------------------- whose fault it is


async def test_a_page_that_does_not_show_the_call_is_a_fault_and_never_a_pause(world: World):
    anna = await world.page("anna")
    anna.shows_offers = False
    await anna.ready()
    caller = await in_queue(world)
    await anna.until_call("ringing")
    await world.phones.station("PJSIP/agent1").wait_ringing(3)
    ben = await world.agent("ben")
    pop = await ben.until_call("ringing")
    assert pop["ani"] == ANI
    await anna.until_state("resting")
    me = anna.one("me")
    assert me is not None
    assert me["misses"] == 0
    await caller.hang_up()
    [record] = await world.program.records(1)
    assert ("ring", "not_shown") in kinds(record)


async def test_a_page_that_is_lost_while_the_phone_rings_loses_the_call_at_once(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await anna.until_call("ringing")
    await station.wait_ringing(3)
    await anna.vanish()
    await station.wait_idle(1.5)
    ben = await world.agent("ben")
    assert (await ben.until_call("ringing"))["ani"] == ANI
    await caller.hang_up()
    [record] = await world.program.records(1)
    assert ("ring", "page_lost") in kinds(record)


async def test_three_misses_pause_the_agent_until_they_are_back(world: World):
    anna = await world.agent()
    floor = await world.page("sue", "floor")
    caller = await in_queue(world)
    await anna.until_state("not_answering", 40)
    assert shown(floor, "floor_agent", name="Anna", state="not_answering")
    me = anna.one("me")
    assert me is not None
    assert (me["misses"], me["pause_reason"]) == (3, "not answering")
    await anna.ask("ready")
    await anna.until_call("ringing")
    await caller.hang_up()
    [record] = await world.program.records(1)
    assert kinds(record).count(("ring", "no_answer")) == 3
