"""Seeded callers and robots against the whole service, with the model in place of Asterisk."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.config import parse_config
from callcenter.simulation.agents import Identity, RobotAgent, Team, WorkHabits
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.callers import Caller, Crowd, Habits
from callcenter.simulation.click_stations import ClickStations
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import Service, running
from crm_store import users
from crm_store.passwords import Passwords

CALLS = 8
PASSWORD = "correct horse battery"
STATIONS = ("PJSIP/agent1", "PJSIP/agent2", "PJSIP/agent3")
CONFIG = """
asterisk: {url: "http://127.0.0.1:1", user: cc, password: unused}
web: {listen: "127.0.0.1:0"}
queues: {sales: {name: Sales}, support: {name: Support}}
dispositions: {resolved: {label: Resolved}, other: {label: Other, requires_note: yes}}
"""
SWIFT_CALLERS = Habits(
    calls_per_minute=200.0, listen_s=(0.1, 0.3), patience_s=20.0, talk_median_s=0.3
)
SWIFT_AGENTS = WorkHabits(
    answer_s=(0.05, 0.2), ignore_share=0.0, wrap_up_s=(0.05, 0.2), pause_share=0.0
)


async def _robots(service: Service, phones: SimulatedPhones) -> list[RobotAgent]:
    robots = []
    for number, station in enumerate(STATIONS):
        person = users.NewUser(
            login=f"robot{number}",
            name=f"Robot {number}",
            role="agent",
            station=station,
            queues=("sales", "support"),
        )
        await users.add_user(
            service.stores.engine, Passwords(), person, PASSWORD, datetime.now(UTC)
        )
        identity = Identity(person.login, PASSWORD)
        phone = phones.station(station)
        robots.append(RobotAgent(service.url, identity, phone, SWIFT_AGENTS, Random(number)))
    return robots


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(0.05)


async def _all_have_called(crowd: Crowd) -> None:
    done = asyncio.Event()

    def look(_caller: Caller) -> None:
        if crowd.is_done:
            done.set()

    crowd.on_end = look
    crowd.start()
    async with asyncio.timeout(60):
        await done.wait()


async def test_every_call_becomes_one_activity_and_nothing_is_left_behind(tmp_path: Path):
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(3), prompt_ms=lambda _uri: 200)
    phones = SimulatedPhones(model, STATIONS)
    config = parse_config(CONFIG, "test", tmp_path, {})
    async with running(config, InProcessTransport(model), ClickStations(phones)) as service:
        team = Team(await _robots(service, phones))
        team.start()
        await team.wait_ready(60)
        await _until(lambda: model.pbx.variables["CC_BEAT"] != "0")
        await _all_have_called(Crowd(model, phones, SWIFT_CALLERS, Random(5), limit=CALLS))
        await _until(lambda: not service.node.centre.calls)
        await service.settled()
        outcomes = await SqlArchive(service.stores.engine).outcomes()
        await team.stop()
        assert model.pbx.fallbacks == []
        assert sum(outcomes.values()) == CALLS
        assert outcomes["answered"] == sum(robot.wrapped_up for robot in team.robots) > 0
        assert [robot.refusals for robot in team.robots] == [[], [], []]
        assert model.pbx.channels == {}
        assert model.pbx.bridges == {}
        assert model.pbx.refused_ids == 0
