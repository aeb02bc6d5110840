"""What followers of topics get, in which order, and what happens to slow ones."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.ports.desk import AgentState, Entity, MyQueue
from callcenter.runtime.fanout import Fanout, Limits, Subscriber, SubscriberEnded
from callcenter.runtime.topics import KEPT_MS, RING, EntityKey, Frame, key_of
from tests.support.web_fakes import HandClock, desk_call, floor_queue, my_agent

QUEUE = ("floor_queue", "sales")


def fanout(**limits: Any) -> Fanout:
    return Fanout("e1", HandClock(), Limits(**limits))


async def get(subscriber: Subscriber) -> Frame:
    async with asyncio.timeout(1):
        return await subscriber.next()


async def has_nothing(subscriber: Subscriber) -> bool:
    try:
        async with asyncio.timeout(0.02):
            await subscriber.next()
    except TimeoutError:
        return True
    return False


async def test_new_follower_gets_a_snapshot_then_changes():
    hub = fanout()
    hub.publish("desk/a1", [my_agent()])
    page = hub.open()
    page.follow("desk/a1")
    first = await get(page)
    assert (first.is_snapshot, first.epoch, first.seq) == (True, "e1", 1)
    assert first.items == (my_agent(),)
    hub.publish("desk/a1", [desk_call()])
    second = await get(page)
    assert (second.is_snapshot, second.seq, second.items) == (False, 2, (desk_call(),))


async def test_topic_that_nobody_published_is_an_empty_snapshot():
    page = fanout().open()
    page.follow("desk/a9")
    frame = await get(page)
    assert (frame.is_snapshot, frame.seq, frame.items) == (True, 0, ())


async def test_unchanged_entities_are_not_published():
    hub = fanout()
    page = hub.open()
    page.follow("desk/a1")
    hub.publish("desk/a1", [my_agent(), desk_call()])
    await get(page)
    hub.publish("desk/a1", [my_agent(), desk_call(caller_name="Eva")])
    assert (await get(page)).items == (desk_call(caller_name="Eva"),)
    hub.publish("desk/a1", [my_agent()], [("desk_call", "unknown")])
    assert await has_nothing(page)


async def test_removed_entities_are_named_once():
    hub = fanout()
    hub.publish("desk/a1", [my_agent(), desk_call()])
    page = hub.open()
    page.follow("desk/a1")
    await get(page)
    key = key_of(desk_call())
    hub.publish("desk/a1", [], [key])
    frame = await get(page)
    assert (frame.items, frame.removed) == ((), (key,))
    assert hub.find("desk/a1", key) is None
    hub.publish("desk/a1", [], [key])
    assert await has_nothing(page)


async def test_an_entity_both_changed_and_removed_is_kept():
    hub = fanout()
    hub.publish("desk/a1", [desk_call()])
    hub.publish("desk/a1", [desk_call()], [key_of(desk_call())])
    assert hub.find("desk/a1", key_of(desk_call())) == desk_call()


async def test_followers_share_one_frame_and_its_encoding():
    hub = fanout()
    pages = [hub.open() for _ in range(3)]
    for page in pages:
        page.follow("floor")
    snapshots = [await get(page) for page in pages]
    assert len({id(frame) for frame in snapshots}) == 1
    hub.publish("floor", [floor_queue(waiting=1)])
    frames = [await get(page) for page in pages]
    assert len({id(frame) for frame in frames}) == 1


async def test_page_that_comes_back_gets_only_what_it_missed():
    hub = fanout(pace_s=0)
    for waiting in range(1, 11):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    page = hub.open()
    page.follow("floor", "e1", 7)
    frames = [await get(page) for _ in range(3)]
    assert [(f.seq, f.is_snapshot) for f in frames] == [(8, False), (9, False), (10, False)]
    assert await has_nothing(page)


async def test_page_that_missed_more_than_a_queue_still_gets_each_frame():
    hub = fanout(pace_s=0, queue_limit=4)
    for waiting in range(1, 101):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    page = hub.open()
    page.follow("floor", "e1", 0)
    assert [(await get(page)).seq for _ in range(100)] == list(range(1, 101))


@pytest.mark.parametrize(("epoch", "seq"), [("e0", 300), ("e1", 3), ("e1", 301), ("e1", -1)])
async def test_page_that_cannot_resume_gets_a_snapshot(epoch, seq):
    hub = fanout(pace_s=0)
    for waiting in range(1, RING + 45):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    page = hub.open()
    page.follow("floor", epoch, seq)
    frame = await get(page)
    assert (frame.is_snapshot, frame.seq) == (True, RING + 44)


async def test_oldest_frame_of_the_ring_can_be_resumed_from():
    hub = fanout(pace_s=0)
    for waiting in range(1, RING + 45):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    page = hub.open()
    page.follow("floor", "e1", 44)
    frame = await get(page)
    assert (frame.is_snapshot, frame.seq) == (False, 45)


async def test_frames_that_nobody_resumes_from_any_more_are_not_kept():
    clock = HandClock()
    hub = Fanout("e1", clock, Limits(pace_s=0))
    for waiting in range(1, 101):
        clock.go(KEPT_MS // 50)
        hub.publish("floor", [floor_queue(waiting=waiting)])
    early, late = hub.open(), hub.open()
    early.follow("floor", "e1", 48)
    late.follow("floor", "e1", 49)
    assert (await get(early)).is_snapshot
    frame = await get(late)
    assert (frame.is_snapshot, frame.seq) == (False, 50)


async def test_old_frames_are_stamped_anew_when_they_leave():
    clock = HandClock()
    hub = Fanout("e1", clock, Limits(pace_s=0))
    hub.publish("floor", [floor_queue(waiting=1)])
    clock.go(60_000)
    late, *fresh = hub.open(), hub.open(), hub.open()
    late.follow("floor", "e1", 0)
    assert (await get(late)).now == clock.now_ms
    for page in fresh:
        page.follow("floor")
    first, second = [await get(page) for page in fresh]
    assert first.now == clock.now_ms
    clock.go(60_000)
    fresh[0].follow("floor")
    fresh[1].follow("floor")
    first, second = [await get(page) for page in fresh]
    assert first is second
    assert first.now == clock.now_ms


async def test_full_queue_is_folded_into_the_latest_of_each_entity():
    hub = fanout(pace_s=0, queue_limit=4)
    page = hub.open()
    page.follow("floor")
    await get(page)
    for waiting in range(1, 11):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    frame = await get(page)
    assert (frame.is_snapshot, frame.seq) == (True, 10)
    assert frame.items == (floor_queue(waiting=10),)
    hub.publish("floor", [floor_queue(waiting=11)])
    after = await get(page)
    assert (after.is_snapshot, after.seq) == (False, 11)


async def test_page_that_takes_nothing_is_ended_and_others_are_not():
    reasons: list[str] = []
    hub = fanout(pace_s=0, queue_limit=4, slow_s=0.05)
    slow, quick = hub.open(reasons.append), hub.open(reasons.append)
    slow.follow("floor")
    quick.follow("floor")
    await get(slow)
    await get(quick)
    got = 0
    for waiting in range(1, 21):
        hub.publish("floor", [floor_queue(waiting=waiting)])
        got = (await get(quick)).seq
        await asyncio.sleep(0.005)
    assert got == 20
    assert reasons == ["too_slow"]
    with pytest.raises(SubscriberEnded, match="too_slow"):
        await slow.next()


async def test_page_that_idles_is_not_slow():
    hub = fanout(pace_s=0, queue_limit=1, slow_s=0.01)
    page = hub.open()
    page.follow("floor")
    await get(page)
    task = asyncio.create_task(page.next())
    await asyncio.sleep(0.03)
    for waiting in range(1, 6):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    assert (await task).is_snapshot


async def test_page_with_room_in_its_queue_is_not_ended():
    hub = fanout(pace_s=0, queue_limit=4, slow_s=0.01)
    page = hub.open()
    page.follow("floor")
    await get(page)
    await asyncio.sleep(0.03)
    for waiting in range(1, 4):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    assert [(await get(page)).seq for _ in range(3)] == [1, 2, 3]


async def test_floor_under_load_is_paced_and_loses_nothing():
    hub = fanout(pace_s=0.05)
    page = hub.open()
    page.follow("floor")
    await get(page)
    for waiting in range(1, 101):
        hub.publish("floor", [floor_queue(waiting=waiting)])
    first, second = await get(page), await get(page)
    assert first.items == (floor_queue(waiting=1),)
    assert second.items == (floor_queue(waiting=100),)
    assert (first.seq, second.seq) == (1, 2)
    assert await has_nothing(page)


async def test_pop_goes_out_at_once_with_what_waits():
    hub = fanout(pace_s=60)
    page = hub.open()
    page.follow("desk/a1")
    await get(page)
    hub.publish("desk/a1", [my_agent()])
    hub.publish("desk/a1", [desk_call()])
    hub.publish("desk/a1", [my_agent(state=AgentState.RINGING)])
    assert [(await get(page)).seq for _ in range(3)] == [1, 2, 3]


async def test_unchanged_urgent_entity_does_not_hurry_the_others():
    hub = fanout(pace_s=60)
    page = hub.open()
    page.follow("desk/a1")
    await get(page)
    hub.publish("desk/a1", [my_agent()])
    await get(page)
    hub.publish("desk/a1", [MyQueue("sales", "Sales", 1, None)])
    hub.publish("desk/a1", [my_agent()])
    assert await has_nothing(page)
    hub.publish("desk/a1", [my_agent(state=AgentState.PAUSED)])
    assert len((await get(page)).items) == 2


async def test_change_that_is_undone_before_it_is_sent_is_not_sent():
    hub = fanout(pace_s=0.03)
    hub.publish("floor", [floor_queue(waiting=1)])
    page = hub.open()
    page.follow("floor")
    await get(page)
    hub.publish("floor", [floor_queue(waiting=2)])
    assert hub.find("floor", QUEUE) == floor_queue(waiting=2)
    hub.publish("floor", [floor_queue(waiting=1)])
    await asyncio.sleep(0.05)
    assert await has_nothing(page)
    assert hub.find("floor", QUEUE) == floor_queue(waiting=1)


async def test_ended_subscriber_gets_nothing_and_leaves_no_trace():
    hub = fanout()
    page = hub.open()
    page.follow("floor")
    page.end()
    page.follow("desk/a1")
    hub.publish("floor", [floor_queue()])
    with pytest.raises(SubscriberEnded, match="closed"):
        await page.next()
    assert not hub._followers


async def test_closing_ends_everybody_and_stops_the_timers():
    reasons: list[str] = []
    hub = fanout(pace_s=60)
    page = hub.open(reasons.append)
    page.follow("floor")
    waiting = asyncio.create_task(page.next())
    hub.publish("floor", [floor_queue(waiting=1)])
    await waiting
    waiting = asyncio.create_task(page.next())
    hub.publish("floor", [floor_queue(waiting=2)])
    await asyncio.sleep(0)
    hub.close()
    with pytest.raises(SubscriberEnded, match="stopping"):
        await waiting
    assert reasons == ["stopping"]


async def test_topic_that_is_not_followed_any_more_says_nothing():
    hub = fanout()
    page = hub.open()
    page.follow("desk/a1")
    await get(page)
    page.unfollow("desk/a1")
    page.unfollow("desk/a1")
    hub.publish("desk/a1", [my_agent()])
    assert await has_nothing(page)


# ---------------------------------------------------------------- any course of events

STEP = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from(["q1", "q2", "q3"]), st.integers(0, 3)),
    st.tuples(st.just("remove"), st.sampled_from(["q1", "q2", "q3"]), st.just(0)),
    st.tuples(st.just("take"), st.just(""), st.integers(1, 4)),
    st.tuples(st.just("reconnect"), st.just(""), st.just(0)),
    st.tuples(st.just("restart page"), st.just(""), st.just(0)),
    st.tuples(st.just("flush"), st.just(""), st.just(0)),
)


class PageModel:
    """A page as the protocol describes it; fails on a gap in the numbers."""

    def __init__(self, hub: Fanout) -> None:
        self.hub = hub
        self.table: dict[EntityKey, Entity] = {}
        self.epoch, self.seq = "", 0
        self.connect()

    def connect(self) -> None:
        self.subscriber = self.hub.open()
        self.subscriber.follow("floor", self.epoch, self.seq)

    def reconnect(self, *, forgets: bool) -> None:
        self.subscriber.end()
        if forgets:
            self.table, self.epoch, self.seq = {}, "", 0
        self.connect()

    async def take(self, limit: int) -> None:
        for _ in range(limit):
            frame = self.subscriber._take()
            if frame is None:
                return
            self.apply(frame)

    def apply(self, frame: Frame) -> None:
        if frame.is_snapshot:
            self.table, self.epoch = {}, frame.epoch
        else:
            assert frame.seq == self.seq + 1
        self.seq = frame.seq
        self.table.update({key_of(entity): entity for entity in frame.items})
        for key in frame.removed:
            del self.table[key]


def run(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner() as runner:
        runner.run(work)


async def play(steps: list[tuple[str, str, int]]) -> None:
    hub = Fanout("e1", HandClock(), Limits(queue_limit=2, pace_s=1000))
    page, truth = PageModel(hub), {}
    for step, queue_id, number in steps:
        match step:
            case "publish":
                truth[("floor_queue", queue_id)] = floor_queue(queue_id, number)
                hub.publish("floor", [floor_queue(queue_id, number)])
            case "remove":
                truth.pop(("floor_queue", queue_id), None)
                hub.publish("floor", [], [("floor_queue", queue_id)])
            case "take":
                await page.take(number)
            case "flush":
                hub._send(hub._topic("floor"))
            case _:
                page.reconnect(forgets=step == "restart page")
    hub._send(hub._topic("floor"))
    await page.take(10_000)
    assert page.table == truth
    hub.close()


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=60))
def test_page_that_resumes_at_any_point_ends_with_exactly_what_there_is(steps):
    run(play(steps))
