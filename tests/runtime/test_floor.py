"""What pages are told, after which turn."""

import asyncio
from collections import Counter

import pytest

from callcenter.adapters.memory.clock import SettableClock
from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.core.acd.messages import LogOutRequested
from callcenter.core.acd.queue_messages import QueueCloseRequested, QueueReopenRequested
from callcenter.core.ids import AgentId, LegId
from callcenter.core.turn import closes
from callcenter.ports.desk import AgentState, CallPhase, DeskCall, FloorAgent, FloorCall, FloorQueue
from callcenter.ports.journal import Entry
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.floor import DayCounts, Floor
from callcenter.runtime.views import Day
from callcenter.wiring import _day_start
from tests.support.playbook import JOURNAL_ID, MAIN, SALES, VIP_NUMBER, World
from tests.support.runtime_world import Lasting, Runtime, TinyTelephony
from tests.support.virtual_time import VirtualClock, virtual

HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 1_795_305_600_000
"""2026-11-22 00:00 UTC."""


class Rig:
    """A runtime with a floor."""

    async def start(self) -> "Rig":
        self.telephony = TinyTelephony()
        self.runtime = Runtime(self.telephony, Lasting())
        self.fanout = Fanout("epoch", VirtualClock())
        self.days = DayCounts(_day_start("UTC"), self.runtime.node.now)
        self.floor = Floor(self.runtime.centre, self.fanout, self.runtime.callers, self.days)
        await self.runtime.start()
        self.runtime.node.observers.append(self.floor.observe)
        self.runtime.callers.on_known = self.floor.publish_call
        self.floor.publish_all()
        await self.runtime.agent_ready()
        return self

    def agent(self) -> FloorAgent:
        found = self.fanout.find("floor", ("floor_agent", "anna"))
        assert isinstance(found, FloorAgent)
        return found

    def pop(self) -> DeskCall | None:
        for call_id in self.runtime.centre.calls:
            found = self.fanout.find("desk/anna", ("desk_call", call_id))
            if isinstance(found, DeskCall):
                return found
        return None

    def call(self) -> FloorCall:
        found = self.fanout.find("floor", ("floor_call", self.runtime.only_call()))
        assert isinstance(found, FloorCall)
        return found

    def queue(self) -> FloorQueue:
        found = self.fanout.find("floor", ("floor_queue", SALES))
        assert isinstance(found, FloorQueue)
        return found

    async def rests(self) -> None:
        await asyncio.sleep(0.4)


@virtual
async def test_a_call_is_shown_from_the_arrival_to_the_wrap_up():
    rig = await Rig().start()
    await rig.rests()
    assert rig.agent().state is AgentState.READY
    assert rig.queue().ready == 1
    rig.telephony.arrives("one", VIP_NUMBER)
    await rig.rests()
    leg_id = rig.runtime.agent_leg()
    assert (rig.agent().state, rig.call().phase) == (AgentState.RINGING, CallPhase.RINGING)
    pop = rig.pop()
    assert pop is not None
    assert (pop.phase, pop.ani) == (CallPhase.RINGING, "+12025550123")
    assert rig.queue().waiting == 1
    rig.telephony.rings(leg_id)
    rig.telephony.answers(leg_id)
    await rig.rests()
    assert (rig.agent().state, rig.call().phase) == (AgentState.TALKING, CallPhase.TALKING)
    assert (rig.queue().waiting, rig.queue().talking, rig.queue().answered_today) == (0, 1, 1)
    call_id = rig.runtime.only_call()
    rig.telephony.caller_leaves(LegId("one"))
    await rig.rests()
    pop = rig.pop()
    assert pop is not None
    assert pop.phase is CallPhase.WRAP_UP
    assert pop.wrap_up_until is not None
    await asyncio.sleep(61)
    assert rig.fanout.find("floor", ("floor_call", call_id)) is None
    assert rig.fanout.find("desk/anna", ("desk_call", call_id)) is None
    assert rig.agent().state is AgentState.READY
    await rig.runtime.stop()


@virtual
async def test_the_pop_goes_when_the_caller_hangs_up_while_it_rings():
    rig = await Rig().start()
    rig.telephony.arrives("one", VIP_NUMBER)
    await rig.rests()
    call_id = rig.runtime.only_call()
    assert rig.pop() is not None
    rig.telephony.caller_leaves(LegId("one"))
    await rig.rests()
    assert rig.fanout.find("desk/anna", ("desk_call", call_id)) is None
    assert (rig.queue().waiting, rig.queue().abandoned_today, rig.queue().offered_today) == (
        0,
        1,
        1,
    )
    await rig.runtime.stop()


@virtual
async def test_an_agent_who_logs_out_is_taken_from_all_pages():
    rig = await Rig().start()
    await rig.runtime.node.request(LogOutRequested(AgentId("anna")))
    assert rig.fanout.find("floor", ("floor_agent", "anna")) is None
    assert rig.fanout.find("desk/anna", ("me", "anna")) is None
    await rig.runtime.stop()


@virtual
async def test_all_that_there_is_can_be_published_at_the_start():
    rig = await Rig().start()
    rig.telephony.arrives("one", VIP_NUMBER)
    await rig.rests()
    rig.fanout = Fanout("again", VirtualClock())
    floor = Floor(rig.runtime.centre, rig.fanout, rig.runtime.callers, rig.days)
    floor.publish_all()
    assert rig.call().phase is CallPhase.RINGING
    assert rig.pop() is not None
    assert rig.queue().waiting == 1
    await rig.runtime.stop()


# ---------------------------------------------------------------- the day's counts


class Counted:
    """Counts over the facts of a story, on a clock that is moved by hand."""

    def __init__(self, time_zone: str = "UTC") -> None:
        self.clock = SettableClock()
        self.world = World()
        self.days = DayCounts(_day_start(time_zone), self.clock.wall_ms)
        self.seen = 0

    def at(self, instant: int) -> None:
        self.world.now = instant
        self.clock.set_wall(instant)

    @property
    def sales(self) -> Day:
        pool = self.world.centre.pools[MAIN]
        for stream, fact in self.world.journal[self.seen :]:
            if stream == "pool/main":
                self.days.apply(fact, pool)
        self.seen = len(self.world.journal)
        return self.days.of(SALES)


def test_callers_are_counted_once_however_often_they_are_offered():
    counted = Counted()
    world = counted.world
    counted.at(MIDNIGHT + HOUR)
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives(VIP_NUMBER)
    assert counted.sales == Day(offered=1)
    anna.phone_ends()
    world.passes(5)
    world.agent("ben").is_ready()
    assert counted.sales == Day(offered=1)
    world.agent("ben").takes_the_call()
    assert counted.sales == Day(offered=1, answered=1, in_time=1)
    bob.hangs_up()
    late = world.caller("late").arrives(VIP_NUMBER)
    anna.pauses()
    late.hangs_up()
    assert counted.sales.abandoned == 1


def test_callers_who_leave_without_an_agent_are_counted_by_reason():
    counted = Counted()
    counted.at(MIDNIGHT + HOUR)
    counted.world.caller("bob").arrives(VIP_NUMBER)
    assert counted.sales == Day(offered=1, left=Counter(unstaffed=1))


@virtual
async def test_a_queue_that_is_closed_early_is_shown_with_who_and_why():
    rig = await Rig().start()
    await rig.runtime.node.request(QueueCloseRequested(SALES, "Sue", "fire drill"))
    await rig.rests()
    shown = rig.queue()
    assert (shown.is_open, shown.closed_by, shown.closed_reason) == (False, "Sue", "fire drill")
    await rig.runtime.node.request(QueueReopenRequested(SALES, "Sue"))
    await rig.rests()
    assert rig.queue().is_open
    await rig.runtime.stop()


def test_an_answer_after_the_service_level_is_not_in_time():
    counted = Counted()
    counted.at(MIDNIGHT + HOUR)
    anna = counted.world.agent("anna").logs_in()
    counted.world.caller("bob").arrives(VIP_NUMBER)
    counted.world.passes(21)
    anna.ready().takes_the_call()
    assert counted.sales == Day(offered=1, answered=1, in_time=0)


@pytest.mark.parametrize(
    ("time_zone", "midnight"),
    [
        ("UTC", MIDNIGHT),
        ("America/New_York", MIDNIGHT + 5 * HOUR),
        ("Asia/Kolkata", MIDNIGHT - 5 * HOUR - HOUR // 2),
    ],
)
def test_counts_begin_anew_at_midnight_of_the_time_zone(time_zone: str, midnight: int):
    counted = Counted(time_zone)
    counted.at(midnight - 1_000)
    counted.world.agent("anna").logs_in()
    counted.world.caller("bob").arrives(VIP_NUMBER)
    assert counted.sales.offered == 1
    counted.at(midnight - 1)
    assert counted.days.of(SALES).offered == 1
    counted.at(midnight)
    assert counted.days.of(SALES) == Day(), "also before anything has happened today"
    counted.world.caller("kim").arrives(VIP_NUMBER)
    assert counted.sales.offered == 1


def test_a_day_has_23_or_25_hours_when_clocks_change():
    start = _day_start("Europe/Berlin")
    spring = 1_774_738_800_000
    """2026-03-29 00:00 in Berlin, the day with 23 hours."""
    assert start(spring) == start(spring + 23 * HOUR - 1) == spring
    assert start(spring + 23 * HOUR) == spring + 23 * HOUR
    autumn = 1_792_879_200_000
    """2026-10-25 00:00 in Berlin, the day with 25 hours."""
    assert start(autumn) == start(autumn + 25 * HOUR - 1) == autumn
    assert start(autumn + 25 * HOUR) == autumn + 25 * HOUR
    assert start(autumn) == autumn, "also when it goes back"


@virtual
async def test_the_days_counts_are_there_after_a_restart():
    world = World()
    world.now = MIDNIGHT + HOUR
    world.agent("anna").is_ready()
    world.caller("bob").arrives(VIP_NUMBER)
    world.agent("anna").takes_the_call()
    journal = MemoryJournal(Disk(journal_id=JOURNAL_ID))
    for stream, fact in world.journal:
        journal.append([Entry(stream, fact, closes(fact))], lambda: None)
    await journal.flush()
    days = DayCounts(_day_start("UTC"), lambda: world.now)
    runtime = Runtime(TinyTelephony(), Lasting())
    floor = Floor(world.centre, Fanout("e", VirtualClock()), runtime.callers, days)
    await floor.fold_day(journal)
    assert days.of(SALES) == Day(offered=1, answered=1, in_time=1)
