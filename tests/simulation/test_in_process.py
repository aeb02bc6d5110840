import asyncio
import json

import pytest

from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.phones import CallFailed, SimulatedPhones
from tests.simulation.live import live_model


async def _nothing() -> None:
    pass


async def test_requests_and_events_pass():
    model = live_model()
    transport = InProcessTransport(model)
    phones = SimulatedPhones(model, ["PJSIP/agent1"])
    events: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    opened = asyncio.Event()

    async def on_open() -> None:
        opened.set()

    listening = asyncio.create_task(
        transport.listen("cc-a", on_open, lambda raw: events.put_nowait(json.loads(raw)))
    )
    await opened.wait()
    caller = phones.start_call("13800000001", "100")
    broadcast = await asyncio.wait_for(events.get(), 2)
    assert broadcast["type"] == "CallBroadcast"
    params = {"channelId": caller.line.id, "application": "cc-a"}
    assert await transport.request("POST", "/events/claim", params, None) == (204, b"")
    assert (await asyncio.wait_for(events.get(), 2))["type"] == "StasisStart"
    await transport.request("POST", f"/channels/{caller.line.id}/answer", None, None)
    await caller.wait_answered(1)
    body = json.dumps({"variables": {"CC_CALL": {"value": "x", "report_events": True}}}).encode()
    path = f"/channels/{caller.line.id}/variables"
    assert (await transport.request("POST", path, None, body))[0] == 204
    status, listed = await transport.request("GET", "/channels", None, None)
    assert status == 200
    assert json.loads(listed)[0]["channelvars"]["CC_CALL"] == "x"
    caller.put_down()
    await caller.wait_ended(1)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert (await transport.request("GET", "/applications/cc-a", None, None))[0] == 404


async def test_a_crash_ends_the_listening():
    model = live_model()
    transport = InProcessTransport(model)
    opened = asyncio.Event()

    async def on_open() -> None:
        opened.set()

    listening = asyncio.create_task(transport.listen("cc-a", on_open, lambda _raw: None))
    await opened.wait()
    model.crash_and_restart()
    await asyncio.wait_for(listening, 1)


async def test_a_cut_network_refuses_and_a_blocked_request_times_out():
    model = live_model()
    transport = InProcessTransport(model, timeout_s=0.05)
    transport.is_cut = True
    with pytest.raises(ConnectionRefusedError):
        await transport.request("GET", "/asterisk/ping", None, None)
    with pytest.raises(ConnectionRefusedError):
        await transport.listen("cc-a", _nothing, lambda _raw: None)
    transport.is_cut = False
    model.connect(["cc-a"], lambda _event: None)
    caller = SimulatedPhones(model, []).start_call(None, "100")
    await asyncio.sleep(0.02)
    params = {"channelId": caller.line.id, "application": "cc-a"}
    await transport.request("POST", "/events/claim", params, None)
    await asyncio.sleep(0.02)
    path = f"/channels/{caller.line.id}"
    await transport.request("POST", f"{path}/play", {"media": "sound:long_prompt"}, None)
    with pytest.raises(TimeoutError):
        await transport.request("POST", f"{path}/answer", None, None)


async def test_what_the_service_raises_when_it_opens_ends_the_listening():
    model = live_model()

    async def fail() -> None:
        raise LookupError("no filter")

    with pytest.raises(LookupError):
        await InProcessTransport(model).listen("cc-a", fail, lambda _raw: None)
    assert model.pbx.apps == {}


async def test_a_caller_who_is_never_answered_fails_to_wait():
    model = live_model()
    caller = SimulatedPhones(model, []).start_call("1", "100")
    with pytest.raises(TimeoutError):
        await caller.wait_answered(0.02)
    caller.put_down()
    with pytest.raises(CallFailed):
        await caller.wait_answered(1)
