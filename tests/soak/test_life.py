"""One process: it starts on what the one before has left, and dies without a word."""

import asyncio

from callcenter.core.ids import CallId
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.soak.day import Day
from callcenter.soak.life import Life


def test_a_life_goes_on_where_the_one_before_was_killed() -> None:
    async def work(loop: VirtualLoop) -> list[CallId]:
        day = Day(loop, 1)
        first = Life(day.ground, 1)
        first.begin()
        await asyncio.sleep(1)
        assert first.takes_calls
        caller = day.ground.phones.start_call("+12025550101", "100")
        await asyncio.sleep(2)
        assert caller.answered
        calls = list(first.engine.node.centre.calls)
        first.die(written=False)
        assert first.is_dead
        await asyncio.sleep(1)
        assert day.ground.model.pbx.apps["cc-soak"].session is None
        second = Life(day.ground, 2)
        second.begin()
        await asyncio.sleep(1)
        assert list(second.engine.node.centre.calls) == calls
        second.die(written=True)
        return calls

    assert len(run(work)) == 1


def test_a_full_disk_ends_it() -> None:
    async def work(loop: VirtualLoop) -> bool:
        day, ended = Day(loop, 1), asyncio.Event()
        life = Life(day.ground, 1)
        life.begin()
        life.on_failed(ended.set)
        await asyncio.sleep(1)
        day.ground.disk.is_full = True
        day.ground.phones.start_call("+12025550101", "100")
        await asyncio.sleep(1)
        life.die(written=True)
        return ended.is_set()

    assert run(work)
