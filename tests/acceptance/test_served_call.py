"""The main job: a caller is served, queued, connected, and logged as exactly one activity."""

import asyncio

from callcenter.ports.records import CallRecord, SegmentKind
from tests.acceptance.conftest import World
from tests.support.agent_page import AgentPage
from tests.support.phones import Answers, Caller, Dead
from tests.support.program import DNIS

ANI = "+12125550147"


async def in_queue(world: World, ani: str | None = ANI, key: str = "1") -> Caller:
    """Return a caller who waits for an agent."""
    caller = await world.phones.dial(ani, DNIS, "Customer")
    await caller.wait_answered(5)
    await caller.press(key)
    return caller


def shown(page: AgentPage, kind: str, **fields: str) -> bool:
    """Say whether a page shows an entity with these fields."""
    entities = [value for (of, _), value in page.entities.items() if of == kind]
    return any(fields.items() <= entity.items() for entity in entities)


def kinds(record: CallRecord) -> list[tuple[str, str]]:
    """Return the kinds and ends of a call's segments."""
    return [(s.kind.value, s.end_reason) for s in record.segments]


async def test_a_caller_waits_talks_and_is_logged(world: World):
    anna = await world.page("anna")
    caller = await in_queue(world)
    supervisor = await world.page("sue", "floor")
    await supervisor.until(lambda: shown(supervisor, "floor_call", phase="waiting"))
    await asyncio.sleep(2.5)
    assert caller.heard_ms(500) > 200, "the caller hears position or music"

    await anna.ready()
    pop = await anna.until_call("ringing")
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    assert pop["ani"] == ANI
    assert pop["service"] == "Main line"
    assert pop["dnis"] == DNIS
    assert pop["queue_name"] == "Sales"
    assert pop["menu_path"] == ["main_menu: 1"]
    assert pop["waited_ms"] > 1_000
    assert station.shown_caller == ANI

    await station.answer()
    await anna.until_call("talking")
    await station.wait_in_call(3)
    await asyncio.sleep(0.8)
    assert caller.hears(station)
    assert station.hears(caller)
    assert min(caller.packets(), station.packets()) > 20

    await station.hang_up()
    await caller.wait_ended(3)
    request = {"kind": "request", "subject": "Send a brochure"}
    await anna.wrap_up("resolved", "All is well.", service_request=request)
    await anna.until_state("ready")

    [record] = await world.program.records(1)
    assert kinds(record) == [
        ("ivr", "queued"),
        ("queue", "connected"),
        ("ring", "connected"),
        ("talk", "agent_hung_up"),
        ("wrap", "finished"),
    ]
    assert (record.outcome, record.disposition) == ("answered", "resolved")
    assert record.note == "All is well."
    assert (record.agent_name, record.ani, record.ended_by) == ("Anna", ANI, "agent")
    assert [request.subject for request in record.requests] == ["Send a brochure"]
    assert record.wait_ms > 1_000
    assert record.talk_ms > 500
    assert not record.wrap_up_late


async def test_a_known_caller_is_shown_with_name_and_last_contacts(world: World):
    await world.program.add_customer("José <b>Núñez</b>", ANI)
    station = world.phones.station("PJSIP/agent1")
    station.behaviour = Answers()
    anna = await world.agent()
    for count, note in enumerate(("First time.", "Second time."), 1):
        caller = await in_queue(world)
        call = await anna.until_call("talking")
        assert (call["match_status"], call["caller_name"]) == ("single", "José <b>Núñez</b>")
        assert call["card"]["tier"] == "gold"
        shown_before = [(a["disposition"], a["note"]) for a in call["card"]["activities"]]
        assert shown_before == [("resolved", "First time.")][: count - 1]
        await caller.hang_up()
        await anna.wrap_up("resolved", note)
        await anna.until_state("ready")
        await station.wait_idle(3)
        await world.program.records(count)


async def test_a_caller_hangs_up_in_the_menu(world: World):
    caller = await world.phones.dial(ANI, DNIS)
    await caller.wait_answered(5)
    await caller.hang_up()

    [record] = await world.program.records(1)
    assert (record.outcome, record.ended_by) == ("abandoned_ivr", "caller")
    assert kinds(record) == [("ivr", "caller_hung_up")]


async def test_a_caller_hangs_up_in_the_queue(world: World):
    await world.page("anna")
    caller = await in_queue(world)
    await asyncio.sleep(0.3)
    await caller.hang_up()

    [record] = await world.program.records(1)
    assert record.outcome == "abandoned_queue"
    assert kinds(record) == [("ivr", "queued"), ("queue", "caller_hung_up")]


async def test_a_caller_hangs_up_while_the_agent_rings(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await caller.hang_up()
    await station.wait_idle(3)

    [record] = await world.program.records(1)
    assert record.outcome == "abandoned_queue", record
    assert kinds(record)[-1] == ("ring", "abandoned")
    await anna.until_state("ready")
    assert anna.call is None


async def test_an_agent_who_does_not_answer_rests_and_the_caller_keeps_the_place(world: World):
    anna = await world.agent()
    first = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    second = await in_queue(world, "+12125550148")
    await anna.until_state("resting", 8)
    await station.wait_idle(3)

    await anna.until_call("ringing", 8)
    await station.wait_ringing(3)
    assert station.shown_caller == ANI, "the first caller is still the head of the queue"
    await station.answer()
    await anna.until_call("talking")
    await first.hang_up()
    await second.hang_up()
    await anna.wrap_up()

    records = await world.program.records(2)
    by_ani = {record.ani: record for record in records}
    assert [end for kind, end in kinds(by_ani[ANI]) if kind == "ring"] == ["no_answer", "connected"]


async def test_a_call_that_is_refused_goes_to_the_next_agent(world: World):
    anna = await world.agent("anna")
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    ben = await world.agent("ben")
    await station.refuse()
    await anna.until_state("resting")

    other = world.phones.station("PJSIP/agent2")
    await other.wait_ringing(3)
    await other.answer()
    await ben.until_call("talking")
    await caller.hang_up()
    await ben.wrap_up()

    [record] = await world.program.records(1)
    assert [end for kind, end in kinds(record) if kind == "ring"] == ["refused", "connected"]
    assert record.agent_name == "Ben"


async def test_two_phones_ring_and_the_one_that_is_not_answered_stops_at_once(world: World):
    anna, ben = await world.agent("anna"), await world.agent("ben")
    caller = await in_queue(world, key="8")
    first, second = (world.phones.station(f"PJSIP/agent{n}") for n in (1, 2))
    await first.wait_ringing(3)
    await second.wait_ringing(3)
    await ben.until_call("ringing")
    await second.answer()
    await ben.until_call("talking")
    await first.wait_idle(1)
    await anna.until_state("ready")
    assert anna.call is None, "the pop is gone with the ring"
    await second.wait_in_call(3)
    await asyncio.sleep(0.5)
    assert caller.hears(second)
    await caller.hang_up()
    await ben.wrap_up()

    [record] = await world.program.records(1)
    assert record.agent_name == "Ben"
    ends = {s.agent_name: s.end_reason for s in record.segments if s.kind is SegmentKind.RING}
    assert ends == {"Anna": "elsewhere", "Ben": "connected"}
    assert [kind for kind, _ in kinds(record)].count("talk") == 1


async def test_both_hang_up_at_the_same_moment(world: World):
    anna = await world.agent()
    caller = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    async with asyncio.TaskGroup() as group:
        group.create_task(caller.hang_up())
        group.create_task(station.hang_up())
    await anna.wrap_up()
    await anna.until_state("ready")

    [record] = await world.program.records(1)
    assert record.outcome == "answered"


async def test_a_withheld_number_is_served_and_nobody_is_matched(world: World):
    anna = await world.agent()
    caller = await in_queue(world, None)
    pop = await anna.until_call("ringing")
    assert (pop["ani"], pop["presentation"], pop["match_status"]) == ("", "withheld", "withheld")
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    assert station.shown_caller == "anonymous"
    await caller.hang_up()

    [record] = await world.program.records(1)
    assert record.ani is None
    assert record.party_id is None


async def test_nobody_staffed_leads_to_a_message_and_a_follow_up(world: World):
    caller = await in_queue(world)
    await caller.wait_ended(15)

    [record] = await world.program.records(1)
    assert (record.outcome, record.follow_up) == ("overflow", "Nobody was there")
    assert kinds(record) == [("ivr", "queued"), ("queue", "unstaffed"), ("ivr", "overflow")]


async def test_the_longest_wait_leads_to_a_message_and_a_follow_up(world: World):
    await world.page("anna")
    caller = await in_queue(world, key="2")
    await caller.wait_ended(20)

    [record] = await world.program.records(1)
    assert (record.outcome, record.follow_up) == ("overflow", "Nobody was free")
    assert ("queue", "timed_out") in kinds(record)


async def test_a_choice_in_the_menu_opens_a_service_request(world: World):
    caller = await in_queue(world, key="3")
    await caller.wait_ended(15)

    [record] = await world.program.records(1)
    assert record.outcome == "self_served"
    assert [request.kind for request in record.requests] == ["request"]


async def test_a_ready_agent_whose_page_has_vanished_is_not_offered_calls(world: World):
    anna = await world.agent()
    supervisor = await world.page("sue", "floor")
    await anna.vanish()
    await supervisor.until(lambda: shown(supervisor, "floor_agent", state="lost"))
    caller = await in_queue(world)
    await asyncio.sleep(1)
    station = world.phones.station("PJSIP/agent1")
    assert not station.ringing
    await anna.connect_again()
    await station.wait_ringing(3)
    await caller.hang_up()
    [record] = await world.program.records(1)
    assert record.outcome == "abandoned_queue"


async def test_a_wrap_up_that_nobody_finishes_is_kept_as_late(world: World):
    anna = await world.agent()
    caller = await in_queue(world, key="2")
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    await caller.hang_up()
    await anna.until_state("ready", 5)

    [record] = await world.program.records(1)
    assert record.wrap_up_late
    assert record.disposition is None
    assert kinds(record)[-1] == ("wrap", "late")


async def test_an_unreachable_phone_costs_two_seconds_and_no_place(world: World):
    anna = await world.agent()
    station = world.phones.station("PJSIP/agent1")
    station.behaviour = Dead()
    caller = await in_queue(world)
    await anna.until_call("ringing")
    await anna.until_state("resting", 4)
    ben = await world.agent("ben")
    other = world.phones.station("PJSIP/agent2")
    await other.wait_ringing(3)
    await caller.hang_up()

    [record] = await world.program.records(1)
    assert [end for kind, end in kinds(record) if kind == "ring"] == ["not_rung", "abandoned"]
    await ben.until_state("ready")
    assert SegmentKind.RING in {segment.kind for segment in record.segments}
