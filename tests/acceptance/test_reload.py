"""Settings are changed while callers wait: ``callcenter reload``, as its operator uses it."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import msgspec

from callcenter.ports.reloading import Reloaded
from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import in_queue
from tests.support.asterisk_fixture import eventually
from tests.support.program import Program


async def reload(program: Program, *options: str) -> Reloaded:
    status, out, err = await reload_raw(program, *options)
    assert status == 0, err
    return msgspec.json.decode(out, type=Reloaded)


async def reload_raw(program: Program, *options: str) -> tuple[int | None, bytes, str]:
    command = (sys.executable, "-m", "callcenter.cli", "reload", "--json", *options)
    process = await asyncio.create_subprocess_exec(
        *command, "--config", str(program.config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"CALLCENTER_DATABASE_URL": program.database},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out, err.decode()


def edit(program: Program, before: str, after: str) -> None:
    text = program.config.read_text()
    assert text.count(before) == 1
    program.config.write_text(text.replace(before, after))


async def test_a_shorter_limit_holds_for_a_caller_who_waits_already(world: World):
    await world.page("anna")  # at work, but not ready
    caller = await in_queue(world)
    edit(world.program, "announce_every: 0 s, max_wait: 60 s", "max_wait: 1 s")
    checked = await reload(world.program, "--check")
    assert "queues.sales.max_wait: 60 s -> 1 s" in checked.changed
    assert not caller.ended
    assert (await reload(world.program)).changed == checked.changed
    await caller.wait_ended(15)
    [record] = await world.program.records(1)
    assert record.outcome == "overflow"


async def test_a_faulty_file_changes_nothing_and_says_where(world: World):
    edit(world.program, "max_wait: 60 s", "max_wait: 60 parsecs")
    anna = await world.agent()
    caller = await in_queue(world)
    status, _, said = await reload_raw(world.program)
    assert status == 1
    assert re.search(rf"{re.escape(str(world.program.config))}:\d+:\d+: ", said)
    assert "60 parsecs" in said
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await anna.until_call("talking")
    await caller.hang_up()


async def said_after_a_signal(program: Program, pattern: str) -> None:
    """Ask the service by its signal and wait until it has said this."""
    assert program.process is not None
    before = len(program.log())
    program.process.send_signal(signal.SIGHUP)
    await eventually(lambda: re.search(pattern, program.log()[before:]) is not None, 5)


async def test_a_signal_does_the_same_and_what_comes_of_it_is_in_the_log(world: World):
    edit(world.program, "max_wait: 60 s", "max_wait: 60 parsecs")
    await said_after_a_signal(world.program, r"60 parsecs[^\n]*\n(.*\n)*Nothing was changed")
    edit(world.program, "max_wait: 60 parsecs", "max_wait: 50 s")
    await said_after_a_signal(world.program, r"holds at once: queues.sales.max_wait: 60 s -> 50 s")
    world.program.config.unlink()
    await said_after_a_signal(world.program, r"callcenter\.yaml")
    await in_queue(world)
