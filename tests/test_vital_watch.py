"""The whole service watches itself: level, health and metrics over HTTP."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import aiohttp
import pytest

from callcenter.adapters.level_file import LevelFile
from callcenter.config import parse_config
from callcenter.core.vitals.levels import Level
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import running

CONFIG = """
asterisk: {url: "http://127.0.0.1:1", user: cc, password: unused}
web: {listen: "127.0.0.1:0"}
"""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(0.02)


async def test_a_level_by_hand_reaches_the_callers_and_the_health_and_the_metrics(tmp_path: Path):
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(1))
    phones = SimulatedPhones(model, [])
    config = parse_config(CONFIG, "test", tmp_path, {})
    async with (
        running(config, InProcessTransport(model)) as service,
        aiohttp.ClientSession(service.url) as http,
    ):
        await service.link.wait_live()
        async with http.get("/healthz") as answer:
            assert (answer.status, (await answer.json())["level"]) == (200, 0)
        await until(lambda: model.pbx.variables["CC_BEAT"] != "0")
        await asyncio.to_thread(LevelFile(config.data_folder).write, Level.NOT_CLAIMING)
        await until(lambda: service.vitals.level is Level.NOT_CLAIMING)
        caller = phones.start_call("+12025550123", "100")
        await until(lambda: caller.in_fallback)
        async with http.get("/healthz") as answer:
            health = await answer.json()
            assert (answer.status, health["ready"], health["level"]) == (503, False, 4)
            assert "fallback queue" in health["reasons"][0]
        async with http.get("/livez") as answer:
            assert (answer.status, await answer.json()) == (200, {"alive": True})
        await until(lambda: service.signs.organs.telephony.fallback_entries == 1)
        async with http.get("/metrics") as answer:
            text = await answer.text()
        for line in (
            "callcenter_degrade_level 4.0",
            "callcenter_ready 0.0",
            "callcenter_calls_offered_total 1.0",
            'callcenter_calls_left_total{reason="level"} 1.0',
            "callcenter_fallback_entries_total 1.0",
            'callcenter_queue_limit{queue="ari_events"} 10000.0',
        ):
            assert f"\n{line}\n" in text
        beats = service.registry.get_sample_value("callcenter_loop_lag_seconds_count")
        assert beats is not None
        assert beats > 0


@pytest.mark.parametrize(("text", "level"), [("auto", 0), ("2", 2)])
async def test_the_configuration_can_set_the_level(tmp_path: Path, text: str, level: int):
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    transport = InProcessTransport(AsteriskModel(scheduler, Random(1)))
    config = parse_config(CONFIG + f"overload: {{level: {text}}}", "test", tmp_path, {})
    async with running(config, transport) as service:
        await until(lambda: service.vitals.level == level)


async def test_a_blocked_loop_is_counted_and_the_commits_are_timed(tmp_path: Path):
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(1))
    phones = SimulatedPhones(model, [])
    config = parse_config(CONFIG, "test", tmp_path, {})
    async with running(config, InProcessTransport(model)) as service:
        await service.link.wait_live()
        await asyncio.sleep(0.2)
        read = service.registry.get_sample_value
        time.sleep(1.6)  # noqa: ASYNC251 - to block is what it is about
        await until(lambda: read("callcenter_loop_blockages_total") == 1.0)
        await asyncio.sleep(0.15)
        assert (read("callcenter_loop_lag_max_seconds") or 0) > 1.0
        phones.start_call("+12025550123", "100")
        await until(lambda: (read("callcenter_journal_commit_seconds_count") or 0) > 0)
