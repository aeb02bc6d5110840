"""What each level switches off is really off, and back on afterwards; and when calls are taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.adapters.memory.journal import MemoryJournal
from callcenter.benchmarks.crowded_floor import MAIN_NUMBER, CrowdedFloor, Narrow
from callcenter.config import parse_config
from callcenter.core.vitals.levels import Degradation, Level
from callcenter.core.vitals.limits import Urgency
from callcenter.ports.desk import FloorNotice, FloorQueue
from callcenter.runtime.guarded_archive import ReportsPaused
from callcenter.runtime.link import RECONCILE_EVERY_S
from callcenter.runtime.topics import FLOOR
from callcenter.simulation.phones import SimulatedCaller
from callcenter.vital_signs import RARE_RECONCILE_S, VitalSigns
from tests.support.virtual_time import VirtualClock, virtual

CONFIG = """
asterisk: {user: test, password: unused}
queues: {sales: {}, support: {}}
"""


class Ward:
    """A floor whose level a test sets."""

    def __init__(self, floor: CrowdedFloor) -> None:
        self.floor = floor
        self.organs = floor.organs
        self.signs = VitalSigns(floor.organs, "short")

    def set(self, level: Level) -> None:
        self.signs.apply(Degradation(level, ("a test wants it",)))

    async def dial(self) -> SimulatedCaller:
        caller = self.floor.phones.start_call("+12025550123", MAIN_NUMBER)
        await asyncio.sleep(2)
        return caller

    def flows(self) -> list[str]:
        calls = self.organs.node.centre.calls.values()
        return [call.session.flow_id for call in calls if call.session]


@asynccontextmanager
async def ward() -> AsyncIterator[Ward]:
    config = parse_config(CONFIG, "test", Path(), {})
    narrow = Narrow(workers=50, work_s=0.001, agents=1, talk_s=60.0)
    floor = await CrowdedFloor(config, narrow, VirtualClock(), 1).start()
    # The floor's own look at itself would set the level anew each second.
    floor.vitals.followers.clear()
    try:
        yield Ward(floor)
    finally:
        await floor.stop()


def waiting_queue(waiting: int) -> FloorQueue:
    return FloorQueue("sales", "Sales", waiting, None, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20)


async def frames_in(seconds: float, ward: Ward) -> int:
    """Count the frames of a live view in which something changes all the time."""
    fanout = ward.organs.fanout
    subscriber = fanout.open()
    subscriber.follow(FLOOR)
    count = 0

    async def follow() -> None:
        nonlocal count
        while True:
            await subscriber.next()
            count += 1

    following = asyncio.ensure_future(follow())
    for number in range(round(seconds * 10)):
        fanout.publish(FLOOR, [waiting_queue(number)])
        await asyncio.sleep(0.1)
    following.cancel()
    subscriber.end()
    return count


@virtual
async def test_at_level_one_live_views_are_told_every_two_seconds():
    async with ward() as it:
        usual = await frames_in(10, it)
        it.set(Level.SLOW_VIEWS)
        slow = await frames_in(10, it)
        assert 35 <= usual <= 45
        assert 4 <= slow <= 8


@virtual
async def test_at_level_two_nobody_is_looked_up_and_lists_are_closed():
    async with ward() as it:
        it.set(Level.SLOW_VIEWS)
        await it.dial()
        assert it.organs.directory.results["off"] == 0
        it.set(Level.NO_LOOK_UPS)
        await it.dial()
        assert it.organs.directory.results["off"] == 1
        with pytest.raises(ReportsPaused):
            await it.organs.archive.search("", None, 10)


@virtual
async def test_at_level_three_new_callers_get_the_short_flow_and_others_keep_theirs():
    async with ward() as it:
        await it.dial()
        it.set(Level.SHORT_FLOW)
        await it.dial()
        assert sorted(it.flows()) == ["main", "short"]
        assert it.organs.link.reconcile_every_s == RARE_RECONCILE_S
        it.set(Level.NO_LOOK_UPS)
        await it.dial()
        assert sorted(it.flows()) == ["main", "main", "short"]


@virtual
async def test_a_level_that_only_waits_to_go_down_compares_as_often_as_ever():
    async with ward() as it:
        it.set(Level.NOT_CLAIMING)
        assert it.organs.link.reconcile_every_s == RARE_RECONCILE_S
        it.signs.apply(Degradation(Level.NOT_CLAIMING, ()))
        assert it.organs.link.reconcile_every_s == RECONCILE_EVERY_S


@virtual
async def test_at_level_four_callers_go_to_the_fallback():
    async with ward() as it:
        it.set(Level.SHORT_FLOW)
        assert not (await it.dial()).in_fallback
        it.set(Level.NOT_CLAIMING)
        assert (await it.dial()).in_fallback
        assert it.organs.admission.left["level"] == 1
        assert [why for _, why in it.floor.model.pbx.fallbacks] == ["unclaimed"]


@virtual
async def test_at_level_five_the_pbx_does_not_even_offer_calls():
    async with ward() as it:
        it.set(Level.PBX_ALONE)
        await asyncio.sleep(15)
        offered = it.organs.admission.offered
        assert (await it.dial()).in_fallback
        assert [why for _, why in it.floor.model.pbx.fallbacks] == ["beat"]
        assert it.organs.admission.offered == offered
        it.set(Level.NORMAL)
        await asyncio.sleep(3)
        assert not (await it.dial()).in_fallback


@virtual
async def test_back_at_level_zero_all_is_on_again():
    async with ward() as it:
        it.set(Level.PBX_ALONE)
        it.set(Level.NORMAL)
        await asyncio.sleep(3)
        await it.dial()
        assert it.flows() == ["main"]
        assert it.organs.directory.results["answered"] == 1
        assert (await it.organs.archive.search("", None, 10)).lines == []
        assert it.organs.fanout.pace_s == it.organs.fanout.limits.pace_s


@virtual
async def test_supervisors_are_told_the_level_and_why_as_long_as_it_is_not_zero():
    async with ward() as it:
        it.set(Level.NO_LOOK_UPS)
        key = ("floor_notice", "level")
        told = it.organs.fanout.find(FLOOR, key)
        assert isinstance(told, FloorNotice)
        assert told.text.startswith("Level 2 of 5.")
        assert told.text.endswith("Because: a test wants it.")
        it.set(Level.NORMAL)
        assert it.organs.fanout.find(FLOOR, key) is None


@virtual
async def test_it_is_ready_only_while_calls_are_taken():
    async with ward() as it:
        assert it.signs.readiness() == (True, ())
        it.set(Level.NO_LOOK_UPS)
        ready, words = it.signs.readiness()
        assert ready
        assert "without their names" in words[0]
        it.set(Level.NOT_CLAIMING)
        assert it.signs.readiness()[0] is False
        it.set(Level.NORMAL)
        it.organs.node.takes_calls = False
        assert "Draining" in it.signs.readiness()[1][0]
        it.organs.node.takes_calls = True
        assert isinstance(it.organs.journal, MemoryJournal)
        it.organs.journal.break_down("disk full")
        assert it.signs.readiness() == (False, ("The journal cannot be written.",))
        it.organs.link._hold_back()
        it.organs.link.trouble = "The PBX is not connected."
        assert "The PBX is not connected." in it.signs.readiness()[1]


@virtual
async def test_slow_commits_and_full_queues_are_measured():
    async with ward() as it:
        it.signs.commits.note(0.4)
        it.signs.measure()
        it.signs.commits.note(0.4)
        found = it.signs.measure()
        assert found.commit_ms == 400
        assert found.fullest_queue == 0
        commands = it.organs.telephony.throttle.commands
        commands.limit, commands.most_waiting = 0, 10
        waiting = [asyncio.ensure_future(commands.enter(Urgency.NEW, 60)) for _ in range(6)]
        await asyncio.sleep(0)
        assert it.signs.measure().fullest_queue == 0.6
        commands.limit = 10
        commands.admit()
        await asyncio.wait(waiting)
        assert it.signs.measure().fullest_queue == 0
        assert all(limit > 0 for _, limit in it.signs.queues().values())
