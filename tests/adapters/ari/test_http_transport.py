import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web

from callcenter.adapters.ari.http_transport import MAX_MESSAGE_BYTES, HttpSettings, HttpTransport
from callcenter.adapters.ari.transport import AriTransport

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "Basic " + base64.b64encode(b"cc:s3cret").decode()


@asynccontextmanager
async def pbx(handler: Handler, **settings: Any) -> AsyncIterator[HttpTransport]:
    """Serve one handler for every path, and connect to it."""
    application = web.Application()
    application.router.add_route("*", "/ari/{rest:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    values = {"url": f"http://127.0.0.1:{port}/ari/", "username": "cc", "password": "s3cret"}
    transport = HttpTransport(HttpSettings(**{**values, **settings}))
    try:
        yield transport
    finally:
        await transport.close()
        await runner.cleanup()


@pytest.mark.parametrize("url", ["http://pbx:8088", "http://pbx:8088/"])
def test_the_interface_is_found_below_the_address_of_the_pbx(url):
    assert HttpSettings.of_pbx(url, "cc", "s3cret") == HttpSettings(
        "http://pbx:8088/ari", "cc", "s3cret"
    )


async def nothing() -> None:
    """Be opened."""


async def echo(request: web.Request) -> web.Response:
    body = (await request.read()).decode()
    told = [request.method, request.path_qs, request.headers.get("Content-Type"), body]
    return web.json_response([*told, request.headers["Authorization"]])


def test_it_fits_the_seam() -> None:
    async def check() -> None:
        async with pbx(echo) as transport:
            seam: AriTransport = transport
            assert seam.address.endswith("/ari")
            assert "s3cret" not in seam.address

    asyncio.run(check())


async def test_a_command_carries_query_body_and_secret() -> None:
    async with pbx(echo) as transport:
        status, body = await transport.request(
            "POST", "/channels/1.7/variable", {"value": "a b&c,+"}, b'{"x": 1}'
        )
    assert status == 200
    assert body.decode() == (
        '["POST", "/ari/channels/1.7/variable?value=a+b%26c%2C%2B", "application/json", '
        f'"{{\\"x\\": 1}}", "{SECRET}"]'
    )


async def test_commands_reuse_their_connection() -> None:
    peers = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(status=204)

    async with pbx(note) as transport:
        for _ in range(5):
            await transport.request("DELETE", "/playbacks/x", None, None)
    assert len(peers) == 1


async def test_a_command_that_hangs_times_out() -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with pbx(hang, timeout_s=0.05) as transport:
        with pytest.raises(TimeoutError):
            await transport.request("POST", "/channels/1.7/variable", None, None)


async def test_waiting_for_a_turn_counts_to_the_time_limit() -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with (
        pbx(hang, timeout_s=0.1, max_requests=1) as transport,
        asyncio.timeout(1),
        asyncio.TaskGroup() as group,
    ):
        results = [group.create_task(_failure(transport)) for _ in range(3)]
    assert [task.result() for task in results] == [TimeoutError] * 3


async def _failure(transport: HttpTransport) -> type[BaseException]:
    try:
        await transport.request("GET", "/channels", None, None)
    except OSError as error:
        return type(error)
    return AssertionError


async def test_a_pbx_that_is_down_is_an_os_error() -> None:
    async with pbx(echo) as transport:
        pass
    settings = HttpSettings(transport.address, "cc", "s3cret")
    down = HttpTransport(settings)
    try:
        with pytest.raises(OSError, match=r"refused|Connect call failed|Cannot connect"):
            await down.request("GET", "/channels", None, None)
        with pytest.raises(OSError, match=r"refused|Connect call failed|Cannot connect"):
            await down.listen("cc-test", nothing, lambda _raw: None)
    finally:
        await down.close()


async def test_a_connection_cut_in_the_middle_is_an_os_error() -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with pbx(cut) as transport:
        with pytest.raises(ConnectionError):
            await transport.request("POST", "/channels/1.7/answer", None, None)


async def test_events_are_handed_over_in_order_until_the_end() -> None:
    async def speak(request: web.Request) -> web.WebSocketResponse:
        assert request.query_string == "app=cc-test&subscribeAll=false"
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for n in range(50):
            await socket.send_str(f'{{"n": {n}}}')
        await socket.send_bytes(b"\xff\x00")
        await socket.close()
        return socket

    heard: list[bytes | str] = []

    async def opened() -> None:
        heard.append("opened")

    async with pbx(speak) as transport:
        await transport.listen("cc-test", opened, heard.append)
    assert heard[0] == "opened"
    assert heard[1:-1] == [f'{{"n": {n}}}'.encode() for n in range(50)]
    assert heard[-1] == b"\xff\x00"


@pytest.mark.parametrize(("status", "error"), [(401, PermissionError), (503, ConnectionError)])
async def test_a_refused_event_socket_says_why(status: int, error: type[OSError]) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with pbx(refuse) as transport:
        with pytest.raises(error):
            await transport.listen("cc-test", nothing, lambda _raw: None)


async def test_what_the_listener_raises_ends_the_connection() -> None:
    gone = asyncio.Event()

    async def speak(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("{}")
        with suppress(Exception):
            await socket.receive()
        gone.set()
        return socket

    def fail(_raw: bytes) -> None:
        raise LookupError("a fault of ours")

    async with pbx(speak) as transport:
        with pytest.raises(LookupError):
            await transport.listen("cc-test", nothing, fail)
        await asyncio.wait_for(gone.wait(), 1)


async def test_a_silent_socket_is_given_up_after_two_pings() -> None:
    pings = 0

    async def be_silent(request: web.Request) -> web.WebSocketResponse:
        nonlocal pings
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        async for message in socket:
            pings += message.type is web.WSMsgType.PING
        return socket

    async with pbx(be_silent, ping_every_s=0.05) as transport:
        with pytest.raises(ConnectionError, match="silent"):
            await asyncio.wait_for(transport.listen("cc-test", nothing, lambda _raw: None), 2)
    assert pings == 2


async def test_a_socket_on_which_nothing_arrives_is_given_up_without_waiting_for_a_goodbye() -> (
    None
):
    """A closing handshake over a dead connection would only delay the news of its loss."""
    gone_silent = asyncio.Event()

    async def be_dead(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, autoclose=False)
        await socket.prepare(request)
        assert request.transport is not None
        request.transport.pause_reading()
        await gone_silent.wait()
        return socket

    every_s = 0.1
    clock = asyncio.get_running_loop().time
    async with pbx(be_dead, ping_every_s=every_s) as transport:
        before = clock()
        with pytest.raises(ConnectionError, match="silent"):
            await transport.listen("cc-test", nothing, lambda _raw: None)
        took_s = clock() - before
        gone_silent.set()
    assert 2 * every_s <= took_s < 2 * every_s + 0.2


async def test_answered_pings_keep_the_socket() -> None:
    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.ping(b"are you there?")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await socket.receive()
        await socket.close()
        return socket

    async with pbx(live, ping_every_s=0.02) as transport:
        await asyncio.wait_for(transport.listen("cc-test", nothing, lambda _raw: None), 2)


async def test_a_message_beyond_all_bounds_ends_the_connection_cleanly() -> None:
    async def shout(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        with suppress(ConnectionError):
            await socket.send_str("x" * (MAX_MESSAGE_BYTES + 1))
            await socket.receive()
        return socket

    heard: list[bytes] = []
    async with pbx(shout) as transport:
        with suppress(ConnectionError):
            await asyncio.wait_for(transport.listen("cc-test", nothing, heard.append), 5)
    assert heard == []


async def test_a_full_pool_of_commands_does_not_keep_the_event_socket_out() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/events"):
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.close()
            return socket
        await asyncio.sleep(1)
        return web.Response()

    async with pbx(serve, max_requests=1, timeout_s=0.5) as transport, asyncio.TaskGroup() as group:
        group.create_task(_failure(transport))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(transport.listen("cc-test", nothing, lambda _raw: None), 0.3)
