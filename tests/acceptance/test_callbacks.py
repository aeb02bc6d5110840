"""A caller who would wait too long is called back at their place: first the agent is rung."""

import asyncio

import pytest

from callcenter.ports.records import CallRecord
from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue, kinds, shown
from tests.support.agent_page import AgentPage
from tests.support.phones import Outside, Refuses, Station

KEY = "9"


async def asks_for_callback(world: World, ani: str = ANI) -> AgentPage:
    """Let a caller wait, press the key and hang up; return the floor that shows the callback."""
    floor = await world.page("sue", "floor")
    caller = await in_queue(world, ani)
    await floor.until(lambda: shown(floor, "floor_call", ani=ani, phase="waiting"))
    await caller.press(KEY)
    await floor.until(lambda: shown(floor, "floor_call", ani=ani, service="Callback"))
    await caller.hang_up()
    return floor


async def customer_rings(world: World, anna: AgentPage, ani: str = ANI) -> tuple[Station, Outside]:
    """Let the agent answer, and then the customer's phone ring."""
    customer = world.phones.outside(ani)
    station = world.phones.station("PJSIP/agent1")
    pop = await anna.until_call("ringing", 8)
    assert pop["ani"] == ani
    await station.wait_ringing(3)
    assert customer.rings == 0, "the agent's phone rings first"
    await station.answer()
    await customer.wait_ringing(5)
    await anna.until_call("connecting")
    return station, customer


async def talk(anna: AgentPage, station: Station, customer: Outside) -> None:
    """Let the customer answer; both hear each other."""
    await customer.answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.8)
    assert customer.hears(station)
    assert station.hears(customer)


def callback_of(records: list[CallRecord]) -> CallRecord:
    """Return the callback among two linked records; the other is that of the first call."""
    first, second = records
    assert first.outcome == "callback_requested"
    assert not first.is_callback
    assert (second.is_callback, second.callback_of) == (True, first.call_id)
    return second


async def test_a_caller_hangs_up_and_is_called_back_at_the_place(world: World):
    anna = await world.page("anna")
    await asks_for_callback(world)
    await anna.ready()
    station, customer = await customer_rings(world, anna)
    assert customer.shown_caller == "+12125550100"
    await asyncio.sleep(0.6)
    assert station.heard_ms(400) > 0, "the ringing tone"
    await talk(anna, station, customer)
    await customer.hang_up()
    await station.wait_idle(3)
    await anna.wrap_up("resolved", "Called back.")
    await anna.until_state("ready")

    record = callback_of(await world.program.records(2))
    assert (record.outcome, record.note) == ("answered", "Called back.")
    assert (record.agent_name, record.ani, record.ended_by) == ("Anna", ANI, "caller")
    assert [kind for kind in kinds(record) if kind[0] in ("ring", "dial", "talk")] == [
        ("ring", "connected"),
        ("dial", "answered"),
        ("talk", "caller_hung_up"),
    ]


async def test_an_agent_is_free_at_once_when_the_customer_is_busy(world: World):
    anna = await world.page("anna")
    await asks_for_callback(world)
    customer = world.phones.outside(ANI)
    customer.behaviour = Refuses()
    await anna.ready()
    station = world.phones.station("PJSIP/agent1")
    for _ in range(2):
        await station.wait_ringing(15)
        await station.answer()
        await station.wait_idle(8)
        await anna.until_state("ready")

    record = callback_of(await world.program.records(2))
    assert (record.outcome, record.cause) == ("callback_unreached", "busy")
    assert record.follow_up is not None
    assert kinds(record).count(("dial", "busy")) == 2


async def test_who_calls_again_and_is_served_is_not_called_back(world: World):
    anna = await world.page("anna")
    floor = await asks_for_callback(world)
    again = await in_queue(world)
    await floor.until(lambda: shown(floor, "floor_call", ani=ANI, service="Main line"))
    await asyncio.sleep(1.5)
    await anna.ready()
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await anna.until_call("talking")
    await again.hang_up()
    await anna.wrap_up()

    records = await world.program.records(3)
    outcomes = {record.cause or str(record.outcome) for record in records}
    assert outcomes == {"callback_requested", "answered", "satisfied_by_inbound"}
    assert world.phones.outside(ANI).rings == 0


async def test_an_agent_promises_a_callback_in_the_talk(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    call = await anna.until_call("talking")
    await anna.ask("call_back", call_id=call["id"], after_ms=0)
    assert await anna.try_to("call_back", call_id=call["id"], after_ms=0) is not None
    await caller.hang_up()
    await anna.wrap_up("callback", "Wants to be called.")
    station, customer = await customer_rings(world, anna)
    await talk(anna, station, customer)
    await customer.hang_up()
    await anna.wrap_up()

    first, second = await world.program.records(2)
    assert (first.outcome, second.outcome) == ("answered", "answered")
    assert second.callback_of == first.call_id


async def test_a_program_asks_for_a_callback(world: World):
    anna = await world.page("anna")
    sue = await world.page("sue", "floor")
    status, made = await sue.post("/api/callbacks", number="(212) 555-0147", queue="sales")
    assert (status, made["number"], made["queue"]) == (201, ANI, "sales")
    status, refused = await sue.post("/api/callbacks", number="+19005550147", queue="sales")
    assert (status, refused["message"]) == (409, "Numbers like this one are not called.")
    await anna.ready()
    station, customer = await customer_rings(world, anna)
    await talk(anna, station, customer)
    await station.hang_up()
    await anna.wrap_up()

    [record] = await world.program.records(1)
    assert (record.is_callback, record.callback_of) == (True, None)
    assert (record.call_id, record.outcome) == (made["call_id"], "answered")


@pytest.mark.chaos
async def test_a_crash_while_the_customers_phone_rings_rings_nobody_twice(world: World):
    anna = await world.page("anna")
    await asks_for_callback(world)
    await anna.ready()
    station, customer = await customer_rings(world, anna)
    await world.program.kill()
    await asyncio.sleep(0.3)
    await world.program.start()
    await anna.connect_again()
    await customer.wait_ringing(3)
    await talk(anna, station, customer)
    assert (customer.rings, station.rings) == (1, 1)
    await station.hang_up()
    await customer.wait_idle(3)
    await anna.wrap_up()
    await anna.until_state("ready")

    record = callback_of(await world.program.records(2))
    assert record.outcome == "answered"
    assert [kind for kind, _ in kinds(record)].count("dial") == 1


@pytest.mark.chaos
async def test_a_customer_who_answers_a_dead_service_is_not_left_alone(world: World):
    anna = await world.page("anna")
    await asks_for_callback(world)
    await anna.ready()
    station, customer = await customer_rings(world, anna)
    await world.program.kill()
    await asyncio.sleep(0.3)
    await customer.answer()  # nobody listens: the PBX ends a leg that it cannot hand over
    await customer.wait_idle(5)
    await world.program.start()
    await anna.connect_again()
    await station.wait_idle(5)
    await anna.until_state("ready", 8)
    assert not shown(anna, "desk_call", ani=ANI)
