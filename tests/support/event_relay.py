"""Stands between the service and its PBX and speaks both languages, so that it can forge events.

Commands pass as they are. Each event goes through ``forge``, which says what arrives in its place,
and how much later.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Self

import aiohttp
from aiohttp import web

Forgery = tuple[float, bytes]
"""After how many seconds a message arrives, and the message."""
Forge = Callable[[bytes], Iterable[Forgery]]


def as_it_is(message: bytes) -> Iterable[Forgery]:
    """Forge nothing."""
    return ((0.0, message),)


class EventRelay:
    """A relay to one address; an asynchronous context.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        forge: What becomes of an event.
        passed: How many events the PBX has sent.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.port = 0
        self.forge: Forge = as_it_is
        self.passed = 0
        self._root = f"http://{target[0]}:{target[1]}"
        self._tasks: set[asyncio.Task[None]] = set()
        self._service: web.WebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(auto_decompress=False)
        application = web.Application()
        application.router.add_get("/ari/events", self._events)
        application.router.add_route("*", "/{path:.*}", self._command)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await self._runner.cleanup()
        await self._http.close()

    async def say(self, message: bytes) -> None:
        """Send the service an event that the PBX knows nothing of."""
        assert self._service is not None
        await _send(self._service, message)

    async def _command(self, request: web.Request) -> web.Response:
        async with self._http.request(
            request.method,
            f"{self._root}{request.raw_path}",
            data=await request.read(),
            headers={k: v for k, v in request.headers.items() if k != "Host"},
        ) as answer:
            kind = {"Content-Type": answer.headers.get("Content-Type", "text/plain")}
            return web.Response(status=answer.status, body=await answer.read(), headers=kind)

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        service = web.WebSocketResponse(compress=False)
        secret = {"Authorization": request.headers["Authorization"]}
        async with self._http.ws_connect(f"{self._root}{request.raw_path}", headers=secret) as pbx:
            await service.prepare(request)
            self._service = service
            reader = asyncio.create_task(self._pump(pbx, service), name="relay")
            self._keep(reader)
            async for _ in service:
                pass  # it sends nothing but pings, which are answered here
            reader.cancel()
        return service

    async def _pump(
        self, pbx: aiohttp.ClientWebSocketResponse, service: web.WebSocketResponse
    ) -> None:
        loop = asyncio.get_running_loop()
        async for message in pbx:
            self.passed += 1
            for later_s, forged in self.forge(message.data.encode()):
                if later_s:
                    self._keep(loop.create_task(_send_later(service, later_s, forged)))
                else:
                    await _send(service, forged)
        await service.close()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _send_later(service: web.WebSocketResponse, later_s: float, message: bytes) -> None:
    await asyncio.sleep(later_s)
    await _send(service, message)


async def _send(service: web.WebSocketResponse, message: bytes) -> None:
    if service.closed:
        return
    try:
        await service.send_str(message.decode())
    except UnicodeDecodeError:
        await service.send_bytes(message)
