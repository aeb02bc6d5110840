"""What is said about PBXs in good and in bad health."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callcenter.doctor.checks import Check, Status
from callcenter.doctor.pbx import check_pbx
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.scheduler import LoopScheduler
from tests.support.answering_pbx import answering_pbx, healthy
from tests.support.configs import config, free_port

NOW = 1_795_338_000_000


@pytest.fixture
async def simulated() -> AsyncIterator[str]:
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    server = AriServer(AsteriskModel(scheduler, Random(1)), "callcenter", "a secret")
    port = await server.start()
    yield f"http://127.0.0.1:{port}"
    await server.stop()


async def looked_at(tmp_path: Path, path: str, status: int, body: Any, **more: Any) -> list[Check]:
    """Return the checks of a PBX that is healthy but for one answer."""
    answers = healthy(NOW) | {path: (status, body)}
    async with answering_pbx(answers) as url:
        return await check_pbx(config(tmp_path, url=url, **more), NOW)


def faults(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if check.status is Status.FAULT]


def only(checks: list[Check], name: str) -> Check:
    [found] = [check for check in checks if check.name == name]
    return found


async def test_the_simulated_pbx_is_in_good_health(simulated: str, tmp_path: Path):
    checks = await check_pbx(config(tmp_path, url=simulated), round(time.time() * 1000))
    assert {check.status for check in checks} == {Status.OK}, checks
    assert [check.name for check in checks] == [
        "PBX",
        "PBX version",
        "StasisBroadcast",
        "heartbeat",
        "PBX clock",
        "prompts",
    ]


async def test_a_wrong_password_is_one_fault_that_names_the_file(simulated: str, tmp_path: Path):
    [check] = await check_pbx(config(tmp_path, url=simulated, password="wrong"), NOW)
    assert check.status is Status.FAULT
    assert "password" in check.message
    assert "ari.conf" in check.mend
    assert "wrong" not in check.message + check.mend, "the password itself is never shown"


async def test_a_pbx_that_is_down_is_one_fault(tmp_path: Path):
    [check] = await check_pbx(config(tmp_path, url=f"http://127.0.0.1:{free_port()}"), NOW)
    assert check.status is Status.FAULT
    assert "nobody answers" in check.message


@pytest.mark.parametrize("status", [404, 503])
async def test_another_web_server_is_no_pbx(tmp_path: Path, status: int):
    [check] = await looked_at(tmp_path, "/asterisk/info", status, {})
    assert check.status is Status.FAULT


@pytest.mark.parametrize(("version", "is_good"), [("22.9.0", False), ("20.20.1", False),
                                                  ("23.3.0", False), ("22.10.0", True),
                                                  ("23.4.0", True), ("24.0.0", True)])  # fmt: skip
async def test_an_old_version_is_a_fault(tmp_path: Path, version: str, is_good: bool):
    body = {"system": {"version": version, "entity_id": ""}}
    checks = await looked_at(tmp_path, "/asterisk/info", 200, body)
    assert faults(checks) == ([] if is_good else ["PBX version"])
    assert version in only(checks, "PBX version").message


async def test_an_unknown_version_is_a_warning(tmp_path: Path):
    body = {"system": {"version": "GIT-master-abc", "entity_id": ""}}
    checks = await looked_at(tmp_path, "/asterisk/info", 200, body)
    assert only(checks, "PBX version").status is Status.WARNING


async def test_a_pbx_without_stasis_broadcast_is_a_fault(tmp_path: Path):
    checks = await looked_at(tmp_path, "/events/claim", 501, {"message": "not loaded"})
    assert faults(checks) == ["StasisBroadcast"]
    assert "modules.conf" in only(checks, "StasisBroadcast").mend


async def test_a_heartbeat_that_may_not_be_read_is_a_fault(tmp_path: Path):
    checks = await looked_at(tmp_path, "/asterisk/variable", 403, {})
    assert faults(checks) == ["heartbeat"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "no service has written it yet"),
        ("0", "no service has written it yet"),
        (str(NOW // 1000 - 60), "for 60 s"),
        (str(NOW // 1000 - 2), "a service writes"),
    ],
)
async def test_the_heartbeat_tells_whether_a_service_lives(tmp_path: Path, value: str, said: str):
    checks = await looked_at(tmp_path, "/asterisk/variable", 200, {"value": value})
    assert said in only(checks, "heartbeat").message
    assert not faults(checks)


async def test_clocks_that_differ_are_a_fault(tmp_path: Path):
    body = healthy(NOW + 20_000)["/asterisk/ping"][1]
    checks = await looked_at(tmp_path, "/asterisk/ping", 200, body)
    assert faults(checks) == ["PBX clock"]
    assert "20 s" in only(checks, "PBX clock").message


async def test_a_pbx_without_a_clock_is_a_warning(tmp_path: Path):
    checks = await looked_at(tmp_path, "/asterisk/ping", 404, {})
    assert only(checks, "PBX clock").status is Status.WARNING


@pytest.mark.parametrize(("status", "body"), [(404, {}), (200, []), (200, [{"id": "en/menu"}])])
async def test_prompts_that_are_not_installed_are_a_warning_that_says_what_to_copy(
    tmp_path: Path, status: int, body: Any
):
    checks = await looked_at(tmp_path, "/sounds", status, body, prompts="installed")
    found = only(checks, "prompts")
    assert found.status is Status.WARNING
    assert "callcenter/en/" in found.mend


async def test_prompts_that_are_installed_are_good(tmp_path: Path):
    async with answering_pbx(healthy(NOW)) as url:
        checks = await check_pbx(config(tmp_path, url=url, prompts="installed"), NOW)
    assert only(checks, "prompts").status is Status.OK


async def test_a_pbx_that_cannot_fetch_prompts_is_a_fault(tmp_path: Path):
    gone = {"message": "Module could not be found in running modules"}
    path = "/asterisk/modules/res_http_media_cache.so"
    checks = await looked_at(tmp_path, path, 404, gone)
    assert faults(checks) == ["prompts"]
