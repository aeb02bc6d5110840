"""The model of Asterisk behind HTTP and websocket, as Asterisk's own server shows ARI.

For the demo and for acceptance tests; it listens on loopback only.
"""

import asyncio
import base64
import binascii
import contextlib
import hmac
import json

from aiohttp import WSCloseCode, web

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx.state import Json, Response

BODY_LIMIT = 40_960
"""Asterisk's limit of a request body, bytes."""
HOST = "127.0.0.1"


class AriServer:
    """Serves one model."""

    def __init__(self, model: AsteriskModel, user: str, password: str) -> None:
        """Prepare the server.

        Args:
            model: The PBX; its scheduler must be that of the running loop.
            user: Name for basic authentication.
            password: Its password.
        """
        self._model = model
        self._secret = f"{user}:{password}".encode()
        self._runner: web.AppRunner | None = None
        self._sockets: set[web.WebSocketResponse] = set()

    async def start(self, port: int = 0) -> int:
        """Listen on loopback.

        Args:
            port: The port; 0 for any free one.

        Returns:
            The port.
        """
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_get("/ari/events", self._events)
        app.router.add_route("*", "/ari/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all sockets and stop listening."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.OK)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _is_allowed(self, request: web.Request) -> bool:
        """Compare the credentials in constant time; ``api_key`` is Asterisk's other way."""
        given = request.query.get("api_key", "").encode()
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            with contextlib.suppress(binascii.Error, ValueError):
                given = base64.b64decode(value, validate=True)
        return hmac.compare_digest(given, self._secret)

    async def _rest(self, request: web.Request) -> web.Response:
        if not self._is_allowed(request):
            return _unauthorized()
        try:
            body = await _decoded_body(request)
        except ValueError:
            return web.json_response({"message": "Invalid JSON in the request body"}, status=400)
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def reply(response: Response) -> None:
            if not answer.done():
                answer.set_result(response)

        query = {name: value for name, value in request.query.items() if name != "api_key"}
        self._model.handle(request.method, request.path, query, body, reply)
        response = await answer
        if response.body is None:
            return web.Response(status=response.status)
        return web.json_response(response.body, status=response.status)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if not self._is_allowed(request):
            return _unauthorized()
        names = [name for name in request.query.get("app", "").split(",") if name]
        if not names:
            return web.json_response({"message": "app parameter is required"}, status=400)
        socket = web.WebSocketResponse(autoping=True, max_msg_size=65_535)
        await socket.prepare(request)
        await self._serve_socket(request, socket, names)
        return socket

    async def _serve_socket(
        self, request: web.Request, socket: web.WebSocketResponse, names: list[str]
    ) -> None:
        """Send events until the client goes, or the PBX crashes."""
        outbox: asyncio.Queue[Json | None] = asyncio.Queue()
        session = self._model.connect(names, outbox.put_nowait, lambda: outbox.put_nowait(None))
        self._sockets.add(socket)
        writer = asyncio.create_task(_write(request, socket, outbox), name="ari-socket-writer")
        try:
            async for _ in socket:
                """Asterisk would take REST requests here; the model does not."""
        finally:
            self._model.disconnect(session)
            self._sockets.discard(socket)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer


async def _write(
    request: web.Request, socket: web.WebSocketResponse, outbox: "asyncio.Queue[Json | None]"
) -> None:
    """Send what comes; a crash of the PBX cuts the connection without a closing frame."""
    while (event := await outbox.get()) is not None:
        await socket.send_str(json.dumps(event, separators=(",", ":")))
    if request.transport is not None:
        request.transport.abort()


async def _decoded_body(request: web.Request) -> object:
    text = await request.text()
    return json.loads(text) if text else None


def _unauthorized() -> web.Response:
    headers = {"WWW-Authenticate": 'Basic realm="Asterisk REST Interface"'}
    return web.json_response({"error": "Authentication required"}, status=401, headers=headers)
