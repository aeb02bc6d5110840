"""Callers who come to queues that are closed or without staff, and a supervisor who closes one."""

from callcenter.ports.records import CallRecord
from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue, kinds, shown


async def told(world: World, record: CallRecord) -> list[str]:
    """Return the sentences of a call's story about its queues."""
    page = await world.page("sue", "floor")
    story = await page.story(record.call_id)
    return [line["text"] for line in story["facts"] if line["kind"].startswith("Queue")]


async def test_a_caller_of_a_closed_queue_is_served_by_another(world: World):
    anna = await world.agent()
    caller = await in_queue(world, key="4")
    pop = await anna.until_call("ringing")
    assert pop["queue_name"] == "Support"
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(3)
    await station.answer()
    await anna.until_call("talking")
    await caller.hang_up()
    await anna.wrap_up()

    [record] = await world.program.records(1)
    assert kinds(record)[:3] == [
        ("ivr", "queued"),
        ("queue", "closed_to_queue"),
        ("queue", "connected"),
    ]
    assert (record.outcome, record.queue_name) == ("answered", "Support")
    [entered, left, again] = await told(world, record)
    assert entered == "The caller waits in Night (priority 0)."
    assert left == "The queue is closed. Next: queue support."
    assert again == "The caller waits in Support (priority 0, in line as of 0 s before)."


async def test_a_caller_for_whom_nobody_is_there_goes_to_the_mailbox(world: World):
    caller = await in_queue(world, key="5")
    [record] = await world.program.records(1)
    await caller.hang_up()

    assert (record.outcome, record.cause) == ("overflow", "voicemail")
    assert record.follow_up == (
        "Listen to the mailbox: a caller of Letters was asked to leave a message"
    )
    assert kinds(record) == [("ivr", "queued"), ("queue", "unstaffed_to_voicemail")]


async def test_a_caller_of_a_closed_queue_hears_why_and_is_hung_up(world: World):
    caller = await in_queue(world, key="6")
    await caller.wait_ended(15)

    [record] = await world.program.records(1)
    assert (record.outcome, record.ended_by) == ("overflow", "system")
    assert kinds(record) == [
        ("ivr", "queued"),
        ("queue", "closed_to_hang_up"),
        ("ivr", "overflow"),
    ]


async def test_a_supervisor_closes_a_queue_early_and_reopens_it(world: World):
    anna = await world.agent()
    assert await anna.try_to("close_queue", queue_id="sales", reason="lunch") == (
        "Only supervisors close and reopen queues."
    )
    supervisor = await world.page("sue", "floor")
    await supervisor.ask("close_queue", queue_id="sales", reason="fire drill")
    closed = {"id": "sales", "closed_by": "Sue", "closed_reason": "fire drill"}
    await supervisor.until(lambda: shown(supervisor, "floor_queue", **closed))
    assert await supervisor.try_to("close_queue", queue_id="sales", reason="x") == (
        "This queue is closed already."
    )

    await world.program.kill()
    await world.program.start()
    await supervisor.connect_again()
    await supervisor.until(lambda: shown(supervisor, "floor_queue", **closed))

    first = await in_queue(world, key="1")
    await first.wait_ended(15)
    by_flow = await in_queue(world, "+12125550148", key="7")
    await by_flow.wait_ended(15)
    records = {record.ani: record for record in await world.program.records(2)}
    assert kinds(records[ANI]) == [("ivr", "queued"), ("queue", "closed"), ("ivr", "overflow")]
    assert kinds(records["+12125550148"]) == [("ivr", "overflow")]
    await supervisor.until(lambda: _left(supervisor.entities["floor_queue", "sales"]) == 1)

    await supervisor.ask("reopen_queue", queue_id="sales")
    await supervisor.until(lambda: supervisor.entities["floor_queue", "sales"]["is_open"])
    await anna.connect_again()
    served = await in_queue(world, "+12125550149", key="7")
    await anna.until_call("ringing")
    await served.hang_up()
    await world.program.records(3)


def _left(queue: dict[str, list[dict[str, int]]]) -> int:
    return sum(each["count"] for each in queue["left_today"])
