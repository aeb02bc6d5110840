import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import BODY_LIMIT, AriServer
from callcenter.simulation.phones import SimulatedPhones
from tests.simulation.live import live_model


class Peer:
    """A client of the server with the model behind it at hand."""

    def __init__(self, model: AsteriskModel, web: aiohttp.ClientSession, port: int) -> None:
        self.model = model
        self.web = web
        self.base = f"http://127.0.0.1:{port}/ari"

    async def ask(self, method: str, path: str, body: object = None, **params: str) -> Any:
        async with self.web.request(method, self.base + path, params=params, json=body) as answer:
            decoded = await answer.json() if answer.status != 204 else None
            return answer.status, decoded


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    model = live_model()
    server = AriServer(model, "cc", "secret")
    port = await server.start()
    headers = {"Authorization": aiohttp.encode_basic_auth("cc", "secret")}
    async with aiohttp.ClientSession(headers=headers) as web:
        yield Peer(model, web, port)
    await server.stop()


async def test_a_call_passes_over_http_and_websocket(peer: Peer):
    phones = SimulatedPhones(peer.model, ["PJSIP/agent1"])
    async with peer.web.ws_connect(f"{peer.base}/events", params={"app": "cc-a"}) as socket:
        status, app = await peer.ask("GET", "/applications/cc-a")
        assert (status, app["name"]) == (200, "cc-a")
        caller = phones.start_call("13800000001", "100", "Ann")
        broadcast = await socket.receive_json(timeout=2)
        assert broadcast["type"] == "CallBroadcast"
        assert broadcast["channel"]["caller"] == {"name": "Ann", "number": "13800000001"}
        claim = {"channelId": caller.line.id, "application": "cc-a"}
        assert await peer.ask("POST", "/events/claim", **claim) == (204, None)
        assert (await socket.receive_json(timeout=2))["type"] == "StasisStart"
        status, gone = await peer.ask("GET", "/channels/none")
        assert (status, gone) == (404, {"message": "Channel not found"})
        leg = {"endpoint": "PJSIP/agent1", "app": "cc-a", "channelId": "a" * 32}
        variables = {"variables": {"CC_CALL": {"value": "x", "report_events": True}}}
        status, channel = await peer.ask("POST", "/channels", variables, **leg)
        assert (status, channel["channelvars"]["CC_CALL"]) == (200, "x")
        await phones.station("PJSIP/agent1").wait_ringing(1)
        caller.put_down()
        await caller.wait_ended(1)


async def test_wrong_or_missing_credentials_are_refused(peer: Peer):
    async with aiohttp.ClientSession() as stranger:
        for headers in ({}, {"Authorization": "Basic Y2M6d3Jvbmc="}, {"Authorization": "Basic %"}):
            async with stranger.get(f"{peer.base}/channels", headers=headers) as answer:
                assert answer.status == 401
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await stranger.ws_connect(f"{peer.base}/events?app=cc-a")
        async with stranger.get(f"{peer.base}/channels?api_key=cc:secret") as answer:
            assert answer.status == 200


async def test_bodies_are_checked(peer: Peer):
    async with peer.web.post(f"{peer.base}/channels", data=b"{") as answer:
        assert answer.status == 400
    async with peer.web.post(f"{peer.base}/channels", data=b" " * (BODY_LIMIT + 1)) as answer:
        assert answer.status == 413
    async with peer.web.get(f"{peer.base}/events") as answer:
        assert answer.status == 400


async def test_a_crash_cuts_the_socket_without_goodbye(peer: Peer):
    async with peer.web.ws_connect(f"{peer.base}/events", params={"app": "cc-a"}) as socket:
        peer.model.crash_and_restart()
        message = await socket.receive(timeout=2)
        assert message.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    assert (await peer.ask("GET", "/applications/cc-a"))[0] == 404


async def test_a_client_that_leaves_deactivates_its_application(peer: Peer):
    async with peer.web.ws_connect(f"{peer.base}/events", params={"app": "cc-a,cc-b"}):
        assert (await peer.ask("GET", "/applications/cc-b"))[0] == 200
    await asyncio.sleep(0.1)
    assert (await peer.ask("GET", "/applications/cc-b"))[0] == 404
