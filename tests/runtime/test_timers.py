"""One timer for all deadlines."""

import asyncio

from callcenter.runtime.timers import Timer
from tests.support.virtual_time import virtual


class Bell:
    def __init__(self) -> None:
        self.at: list[float] = []
        self.timer = Timer(self._ring)

    def _ring(self) -> None:
        self.at.append(round(asyncio.get_running_loop().time(), 3))


@virtual
async def test_it_rings_once_at_the_deadline():
    bell = Bell()
    bell.timer.arm(5_000, now=2_000)
    await asyncio.sleep(60)
    assert bell.at == [3.0]


@virtual
async def test_a_new_deadline_replaces_the_old_one():
    bell = Bell()
    bell.timer.arm(5_000, now=0)
    bell.timer.arm(2_000, now=0)
    bell.timer.arm(8_000, now=0)
    await asyncio.sleep(60)
    assert bell.at == [8.0]


@virtual
async def test_the_same_deadline_again_is_left_as_it_is():
    bell = Bell()
    bell.timer.arm(5_000, now=0)
    await asyncio.sleep(4)
    bell.timer.arm(5_000, now=4_000)
    await asyncio.sleep(60)
    assert bell.at == [5.0]


@virtual
async def test_a_deadline_in_the_past_rings_at_once_and_can_be_set_again():
    bell = Bell()
    bell.timer.arm(1_000, now=9_000)
    await asyncio.sleep(1)
    bell.timer.arm(1_000, now=10_000)
    await asyncio.sleep(1)
    assert bell.at == [0.0, 1.0]


@virtual
async def test_no_deadline_and_a_disarmed_timer_never_ring():
    bell = Bell()
    bell.timer.arm(1_000, now=0)
    bell.timer.arm(None, now=0)
    await asyncio.sleep(60)
    bell.timer.arm(1_000, now=0)
    bell.timer.disarm()
    bell.timer.disarm()
    await asyncio.sleep(60)
    assert bell.at == []
