"""Planned work: ``callcenter drain`` beside the running service; nobody is stranded."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

from callcenter.runtime.drain import NOTICE
from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue, shown
from tests.support.program import DNIS, READY_S, Program

OTHER = "+12125550148"


async def drain(program: Program, *options: str) -> asyncio.subprocess.Process:
    """Start ``callcenter drain``."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.cli", "drain", "--config", str(program.config),
        *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


async def result(process: asyncio.subprocess.Process) -> tuple[dict[str, object], str]:
    """Return what it printed and what it told, when it has ended well."""
    async with asyncio.timeout(READY_S):
        printed, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    return json.loads(printed), told.decode()


async def health(program: Program) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{program.url}/healthz") as answer:
        return answer.status, await answer.text()


async def test_a_drain_releases_who_waits_keeps_talks_and_ends_when_nothing_is_left(world: World):
    anna = await world.agent()
    talking = await in_queue(world)
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await anna.until_call("talking")
    waiting = await in_queue(world, OTHER)
    supervisor = await world.page("sue", "floor")
    await supervisor.until(lambda: shown(supervisor, "floor_call", phase="waiting"))

    process = await drain(world.program, "--limit", "1", "--json")
    await supervisor.until(lambda: shown(supervisor, "floor_notice", text=NOTICE), READY_S)
    assert await health(world.program) == (
        503,
        f'{{"ready":false,"reasons":["Draining. {NOTICE}"],"level":0}}',
    )
    # The call's record closes when it is given to the fallback; there it goes on.
    [first] = await world.program.records(1)
    assert (first.ani, first.outcome, first.cause) == (OTHER, "failed", "drained")
    new = await world.phones.dial("+12125550149", DNIS)
    await new.wait_answered(2.5)
    await asyncio.sleep(1)
    assert not waiting.ended
    assert waiting.heard_ms(900) > 0
    assert talking.hears(station)
    assert process.returncode is None, "somebody still talks"
    await talking.hang_up()
    printed, told = await result(process)

    assert printed == {"draining": True, "nothing_left": True, "released": 1, "pbx_channels": None}
    assert "1 talking" in told
    assert "Open after-call work: 1" in told
    await waiting.hang_up()
    await new.hang_up()


async def test_who_waits_is_served_within_the_limit_and_undo_takes_calls_again(world: World):
    anna = await world.page("anna")
    caller = await in_queue(world)
    await asyncio.sleep(0.5)
    process = await drain(world.program, "--json")
    async with asyncio.timeout(READY_S):
        while (await health(world.program))[0] == 200:  # noqa: ASYNC110 - told by HTTP only
            await asyncio.sleep(0.05)
    await anna.ready()
    station = world.phones.station("PJSIP/agent1")
    await station.wait_ringing(5)
    await station.answer()
    await anna.until_call("talking")
    await station.hang_up()
    await caller.wait_ended(3)
    await anna.wrap_up()
    printed, _ = await result(process)
    assert (printed["nothing_left"], printed["released"]) == (True, 0)

    await result(await drain(world.program, "--undo", "--json"))
    assert (await health(world.program))[0] == 200
    again = await world.phones.dial(ANI, DNIS)
    await again.wait_answered(5)
    await again.press("3")
    await again.wait_ended(15)
    outcomes = [each.outcome for each in await world.program.records(2)]
    assert outcomes == ["answered", "self_served"]


async def test_a_drain_does_not_survive_a_restart(world: World):
    await result(await drain(world.program, "--json"))
    assert (await health(world.program))[0] == 503
    await world.program.kill()
    await world.program.start()
    assert (await health(world.program))[0] == 200
