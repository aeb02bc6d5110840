"""``callcenter why`` and the pages' "why?", beside the running service and without it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue
from tests.support.program import READY_S, Program


async def why(program: Program, *options: str) -> tuple[int, str, str]:
    """Return the exit code of ``callcenter why``, what it printed, and what it told."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.cli", "why", "--config", str(program.config),
        *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    async with asyncio.timeout(READY_S):
        printed, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), told.decode()


async def explained(program: Program, *options: str) -> dict[str, Any]:
    """Return the one explanation that is printed."""
    code, printed, told = await why(program, *options, "--json")
    assert code == 0, told
    [found] = json.loads(printed)["explanations"]
    assert isinstance(found, dict)
    return found


def sentences(explanation: dict[str, Any]) -> list[str]:
    """Return all that is said below the headline."""
    said = [each for passage in explanation["passages"] for each in passage["sentences"]]
    return [text for each in said for text in (each["text"], *each["more"])]


async def test_who_waits_and_who_gets_none_is_told_from_the_running_service(world: World):
    anna = await world.page("anna")
    caller = await in_queue(world)
    supervisor = await world.page("sue", "floor")
    await supervisor.until(lambda: any(kind == "floor_call" for kind, _ in supervisor.entities))

    waits = await explained(world.program, "--waiting")
    assert waits["headline"].startswith("The caller waits in Sales, at place 1 of 1, for ")
    said = sentences(waits)
    assert "The one agent who may take the call is not free." in said
    assert any(text.startswith("Anna is paused, for ") for text in said)
    assert any(text.endswith("the longest wait of the queue is over.") for text in said)
    assert ANI not in json.dumps(waits)
    call = await explained(world.program, waits["id"])
    assert call["passages"][-1]["title"] == "How the call came here"
    assert "The caller came to the queue Sales." in sentences(call)

    none = await explained(world.program, "--agent", "anna")
    assert none["headline"].startswith("Anna is paused, for ")
    assert "One caller: may be taken when this agent is free." in sentences(none)
    absent = await explained(world.program, "--agent", "ben")
    assert absent["headline"].startswith("Ben is not logged in")

    call_id = waits["id"]
    shown = await supervisor.get(f"/api/why/calls/{call_id}")
    assert shown["explanation"]["id"] == call_id
    assert (await supervisor.get("/api/why/waiting"))["explanations"][0]["id"] == call_id
    assert (await anna.get(f"/api/why/calls/{call_id}"))["error"] == "not_found"
    assert (await anna.get("/api/why/waiting"))["error"] == "forbidden"
    assert (await anna.get(f"/api/why/agents/{none['id']}"))["error"] == ""
    assert (await anna.get(f"/api/why/agents/{absent['id']}"))["error"] == "forbidden"
    await caller.hang_up()


async def test_a_past_call_is_explained_with_its_reasons_also_without_the_service(world: World):
    anna = await world.page("anna")
    caller = await in_queue(world)
    supervisor = await world.page("sue", "floor")
    await supervisor.until(lambda: any(kind == "floor_call" for kind, _ in supervisor.entities))
    second = world.phones.station("PJSIP/agent2")
    await anna.ready()
    await anna.until_call("ringing")
    ben = await world.agent("ben")
    await ben.until_call("ringing")
    await second.wait_ringing(3)
    await second.answer()
    await ben.until_call("talking")
    await caller.hang_up()
    await ben.wrap_up()
    [record] = await world.program.records(1)

    with_service = await explained(world.program, record.call_id)
    await world.program.kill()
    code, printed, told = await why(world.program, record.call_id)
    assert code == 0, told
    assert "The service does not run" in told
    assert sentences(with_service) == sentences(await explained(world.program, record.call_id))
    for text in (
        "The call went to Ben, and is over: an agent had talked with the caller.",
        "The caller chose in the menu: main_menu: 1.",
        "Nobody was free who may take the call, so the caller had to wait.",
        "One agent was paused: Anna.",
        "Offer 1 went to Anna, whose phone rings.",
        "Anna became free, and this caller was the first in line for them.",
        "Anna did not answer.",
        "Offer 2 went to Ben, whose phone rings.",
        "Ben and the caller talk",
    ):
        assert text in printed
    assert ANI not in printed

    code, _, told = await why(world.program, "--waiting")
    assert code == 1
    assert "No service answers" in told
    code, _, told = await why(world.program, "0" * 32)
    assert code == 1
    assert "Nothing is known of the call" in told
    await world.program.start()
