"""Time that jumps, order that is always the same."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from callcenter.simulation.virtual_time import LoopClock, Stalled, VirtualLoop, run


def live(work: Coroutine[Any, Any, Any]) -> Any:
    return run(lambda _loop: work)


def test_an_hour_costs_nothing_and_timers_of_one_instant_keep_their_order() -> None:
    async def work() -> list[str]:
        heard: list[str] = []
        loop = asyncio.get_running_loop()
        loop.call_later(3_600, heard.append, "second")
        loop.call_later(1, heard.append, "first")
        loop.call_later(3_600, heard.append, "third")
        cancelled = loop.call_later(2, heard.append, "never")
        cancelled.cancel()
        await asyncio.sleep(3_600)
        assert loop.time() == 3_600
        return heard

    assert live(work()) == ["first", "second", "third"]


def test_time_outs_and_task_groups_work() -> None:
    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(2))
            group.create_task(asyncio.sleep(3))
        return asyncio.get_running_loop().time()

    assert live(work()) == 8


def test_waiting_for_ever_is_told() -> None:
    with pytest.raises(Stalled, match="nothing is planned"):
        live(asyncio.Event().wait())


def test_spinning_at_one_instant_is_told() -> None:
    async def spin() -> None:
        for _ in range(10**6):
            await asyncio.sleep(0)

    with pytest.raises(Stalled, match="spins"):
        live(spin())


def test_it_can_be_interrupted_between_any_two_steps() -> None:
    at: list[int] = []

    async def work(loop: VirtualLoop) -> None:
        for step in (3, 7):
            loop.interrupt_at(step, lambda: at.append(loop.steps))
        for _ in range(20):
            await asyncio.sleep(0)

    run(work)
    assert at == [3, 7]


def test_what_nobody_can_catch_is_kept() -> None:
    kept: list[BaseException] = []

    async def work(loop: VirtualLoop) -> None:
        loop.call_soon(lambda: 1 / 0)
        await asyncio.sleep(1)
        kept.extend(loop.errors)

    run(work)
    assert [type(error) for error in kept] == [ZeroDivisionError]


def test_tasks_that_are_left_are_ended() -> None:
    ended: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(1_000)
        finally:
            ended.append("ended")

    async def work(loop: VirtualLoop) -> None:
        _lingers = loop.create_task(linger(), name="linger")
        await asyncio.sleep(1)

    run(work)
    assert ended == ["ended"]


def test_the_wall_clock_jumps_and_elapsed_time_does_not() -> None:
    async def work() -> tuple[int, int]:
        clock = LoopClock(1_000)
        await asyncio.sleep(2)
        clock.jump(-500)
        return clock.wall_ms(), clock.elapsed_ms()

    assert live(work()) == (2_500, 2_000)
