"""Tasks with an owner."""

import asyncio
from itertools import pairwise

from callcenter.runtime.supervisor import Supervisor
from tests.support.runtime_world import HeardReports
from tests.support.virtual_time import virtual


async def fails() -> None:
    raise KeyError("planted")


@virtual
async def test_work_that_fails_is_told_and_touches_nobody_else():
    reports = HeardReports()
    supervisor = Supervisor(reports)
    done: list[str] = []

    async def works() -> None:
        await asyncio.sleep(1)
        done.append("works")

    supervisor.spawn("good", works())
    supervisor.spawn("bad", fails())
    await asyncio.sleep(2)
    assert done == ["works"]
    [(event, error)] = reports.faults
    assert event == "task bad failed"
    assert isinstance(error, KeyError)
    await supervisor.stop()


@virtual
async def test_a_loop_that_fails_is_started_again_with_longer_and_longer_pauses():
    reports = HeardReports()
    supervisor = Supervisor(reports)
    starts: list[float] = []

    async def loop() -> None:
        starts.append(asyncio.get_running_loop().time())
        if len(starts) == 3:
            return
        raise KeyError("planted")

    supervisor.keep("loop", loop)
    await asyncio.sleep(20)
    pauses = [round(later - earlier, 3) for earlier, later in pairwise(starts)]
    assert pauses[:5] == [0.1, 0.5, 2.0, 5.0, 5.0], "also when it ends without a failure"
    assert set(reports.fault_names) == {"task loop failed"}
    await supervisor.stop()


@virtual
async def test_stop_leaves_no_task_and_waits_for_the_last_words():
    supervisor = Supervisor(HeardReports())
    said: list[str] = []

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1)
            said.append("goodbye")

    supervisor.keep("loop", loop)
    supervisor.spawn("work", loop())
    await asyncio.sleep(1)
    await supervisor.stop()
    assert said == ["goodbye", "goodbye"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


@virtual
async def test_work_that_is_stopped_before_it_began_is_no_fault():
    reports = HeardReports()
    supervisor = Supervisor(reports)
    supervisor.spawn("work", fails())
    await supervisor.stop()
    assert reports.faults == []


@virtual
async def test_nothing_starts_after_the_stop():
    reports = HeardReports()
    supervisor = Supervisor(reports)
    await supervisor.stop()
    supervisor.spawn("late", fails())
    await asyncio.sleep(1)
    assert reports.faults == []
