"""Agents' pages without a browser: log in, say ready, and read what comes.

As a program (``python -m callcenter.benchmarks.desks``) it takes one line of JSON from standard
input, ``{"url": ..., "tokens": [...]}``, prints "ready" when all desks are open, and reads frames
without looking at them until it is ended.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence

import aiohttp
import uvloop

from callcenter.benchmarks.figures import BenchmarkFailed

COOKIE = "callcenter"
_AT_ONCE = 10
OnFrame = Callable[[str], None]
"""Is given each frame's text."""


class Desk:
    """One agent's page."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._headers = {"Origin": url, "Cookie": f"{COOKIE}={token}"}
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def open(self) -> None:
        """Connect, follow the desk and take calls.

        Raises:
            BenchmarkFailed: The service refuses.
        """
        async with self._http.post(f"{self._url}/api/ticket", headers=self._headers) as answer:
            if answer.status != 200:
                raise BenchmarkFailed(f"no ticket for a page: {await answer.text()}")
            ticket = (await answer.json())["ticket"]
        address = f"{self._url}/ws?ticket={ticket}"
        self._socket = await self._http.ws_connect(address, headers=self._headers, compress=0)
        await self._socket.send_json({"type": "subscribe", "topic": "desk"})
        await self._socket.send_json({"type": "ready", "request": 1})
        async for message in self._socket:
            frame = json.loads(message.data)
            if frame["type"] == "refused":
                raise BenchmarkFailed(f"an agent cannot take calls: {frame['reason']}")
            if frame["type"] == "done":
                return
        raise BenchmarkFailed("the service closed an agent's page")

    async def read(self, on_frame: OnFrame) -> None:
        """Hand on all frames until the page is closed."""
        if self._socket is None:
            return
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                on_frame(message.data)

    async def close(self) -> None:
        """Close the page."""
        if self._socket is not None:
            await self._socket.close()


async def open_desks(http: aiohttp.ClientSession, url: str, tokens: Sequence[str]) -> list[Desk]:
    """Open a page for each session, a few at a time."""
    desks = [Desk(http, url, token) for token in tokens]
    for start in range(0, len(desks), _AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for desk in desks[start : start + _AT_ONCE]:
                group.create_task(desk.open())
    return desks


def client_session() -> aiohttp.ClientSession:
    """Return a session for many pages: no cookies of its own, no limit of connections."""
    connector = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def _main() -> None:
    task = json.loads(await asyncio.to_thread(sys.stdin.readline))
    async with client_session() as http:
        desks = await open_desks(http, task["url"], task["tokens"])
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        async with asyncio.TaskGroup() as group:
            for desk in desks:
                group.create_task(desk.read(_ignore))


def _ignore(_: str) -> None:
    """Throw a frame away."""


if __name__ == "__main__":
    uvloop.run(_main())
