"""Asking the running service: what it answers, and words for when it does not."""

import os
import socket
from pathlib import Path

import pytest
from aiohttp import web

from callcenter.adapters.web.admin_client import AdminClient, AdminUnavailable, NotRunning
from callcenter.adapters.web.admin_socket import SOCKET_NAME, AdminSocket
from callcenter.core.ids import AgentId, CallId
from callcenter.core.why.explanation import Explanation, Passage, Question, Sentence
from callcenter.ports.why import Explained
from callcenter.runtime.drain import Drain
from callcenter.runtime.fanout import Fanout, Limits
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.web_fakes import CALL, MemoryExplanations, Unchanged


async def test_it_gives_orders_and_reads_the_answers(tmp_path: Path):
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    fanout = Fanout("epoch", runtime.clock, Limits())
    reload = Unchanged()
    drain = Drain(runtime.node, telephony, fanout, runtime.reports)
    told = Explanation(Question.NO_CALLS, "a1", 0, "So it is.", (Passage("P", (Sentence("S"),)),))
    explanations = MemoryExplanations(
        {CALL: Explained(told, frozenset())}, {"a1": told}, waits=[told, told]
    )
    admin = AdminSocket(tmp_path, drain, reload, explanations)
    await admin.start()
    client = AdminClient(tmp_path)
    begun = await client.begin(60)
    assert (begun.draining, begun.nothing_left, begun.release_in_s) == (True, True, 60)
    assert (await client.status()).since_at == begun.since_at
    assert not (await client.undo()).draining
    read = await client.reload(only_check=True)
    assert (read.changed, read.waits_for_restart) == ((), ("region: US -> DE",))
    assert reload.checked == [True]
    assert await client.why_call(CALL) == told
    assert await client.why_call(CallId("nothing")) is None
    assert await client.why_agent(AgentId("a1")) == told
    assert await client.why_agent(AgentId("a2")) is None
    assert await client.why_waiting() == [told, told]
    await admin.stop()
    await runtime.stop()


async def test_no_service_is_told_with_the_place(tmp_path: Path):
    with pytest.raises(NotRunning, match="data_dir"):
        await AdminClient(tmp_path).status()


async def test_what_a_dead_service_left_is_no_service(tmp_path: Path):
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / SOCKET_NAME))
    left.close()
    with pytest.raises(NotRunning):
        await AdminClient(tmp_path).status()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_another_user_is_told_whose_it_is(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / SOCKET_NAME))
        listening.listen()
        (tmp_path / SOCKET_NAME).chmod(0o600)
        os.seteuid(65534)
        try:
            with pytest.raises(AdminUnavailable, match="runuser"):
                await AdminClient(tmp_path).status()
        finally:
            os.seteuid(0)


async def test_a_service_that_answers_nonsense_is_told(tmp_path: Path):
    app = web.Application()
    app.router.add_get("/drain", _hello)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / SOCKET_NAME)).start()
    with pytest.raises(AdminUnavailable, match="gave no answer"):
        await AdminClient(tmp_path).status()
    await runner.cleanup()


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")
