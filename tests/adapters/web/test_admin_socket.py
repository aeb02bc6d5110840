"""The operator's socket: who may use it, what it takes, and that it never stops the service."""

import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from callcenter.adapters.web.admin_socket import SOCKET_NAME, AdminSocket
from callcenter.runtime.drain import Drain
from callcenter.runtime.fanout import Fanout, Limits
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.web_fakes import MemoryExplanations, Unchanged


@dataclass
class Desk:
    """The socket of a node without calls."""

    folder: Path
    drain: Drain
    admin: AdminSocket

    async def ask(self, method: str, body: str = "") -> tuple[int, str]:
        connector = aiohttp.UnixConnector(str(self.folder / SOCKET_NAME))
        async with (
            aiohttp.ClientSession(connector=connector) as http,
            http.request(method, "http://service/drain", data=body) as answer,
        ):
            return answer.status, await answer.text()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    fanout = Fanout("epoch", runtime.clock, Limits())
    drain = Drain(runtime.node, telephony, fanout, runtime.reports)
    admin = AdminSocket(tmp_path, drain, Unchanged(), MemoryExplanations())
    await admin.start()
    yield Desk(tmp_path, drain, admin)
    await admin.stop()
    await runtime.stop()


async def test_only_the_services_own_user_may_use_it(desk: Desk):
    mode = (desk.folder / SOCKET_NAME).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_a_drain_begins_and_is_taken_back(desk: Desk):
    status, text = await desk.ask("PUT", '{"limit_s": 60}')
    assert status == 200
    assert '"draining":true' in text
    assert '"nothing_left":true' in text
    assert desk.drain.is_on
    assert 59_000 < desk.drain.release_in_ms <= 60_000
    assert '"draining":true' in (await desk.ask("GET"))[1]
    assert '"draining":false' in (await desk.ask("DELETE"))[1]
    assert not desk.drain.is_on


@pytest.mark.parametrize(
    "body", ["", "{}", '{"limit_s": -1}', '{"limit_s": 1e9}', '{"limit_s": 1, "x": 2}', "[]"]
)
async def test_an_order_that_makes_no_sense_changes_nothing(desk: Desk, body: str):
    assert (await desk.ask("PUT", body))[0] == 400
    assert not desk.drain.is_on


async def test_what_a_killed_service_left_is_replaced(desk: Desk):
    other = AdminSocket(desk.folder, desk.drain, Unchanged(), MemoryExplanations())
    await other.start()
    assert (await desk.ask("GET"))[0] == 200
    await other.stop()
    assert not (desk.folder / SOCKET_NAME).exists()


async def test_a_folder_where_no_socket_can_be_is_told_and_stops_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    deep = desk.folder / ("x" * 120)
    await asyncio.to_thread(deep.mkdir)
    admin = AdminSocket(deep, desk.drain, Unchanged(), MemoryExplanations())
    await admin.start()
    await admin.stop()
    assert "callcenter drain, reload and why will not work" in caplog.text
