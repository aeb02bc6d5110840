"""A page that asks for much and reads a byte a second, spoken by hand over the smallest buffers."""

import asyncio
import contextlib
import itertools
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Self

import aiohttp

from crm_store import users
from tests.support.program import Program

_BUFFER = 2_048
_TEXT, _MASKED = 0x81, 0x80
_LONGEST_SHORT = 125
"""RFC 6455, 5.2: a longer frame has its length in another place."""


class SlowPage:
    """A websocket on the floor topic; an asynchronous context."""

    def __init__(self, program: Program, login: str) -> None:
        self._program = program
        self._login = login
        self._socket = socket.socket()
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._socket.setblocking(False)
        token = await self._token()
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", self._program.port))
        await loop.sock_sendall(self._socket, await self._handshake(token))
        assert b" 101 " in await loop.sock_recv(self._socket, 32)
        self._reader = asyncio.create_task(self._crawl(), name="slow page")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._socket.close()

    async def ask_for_all(self, times: int) -> None:
        """Ask for the whole floor again and again."""
        frame = json.dumps({"type": "subscribe", "topic": "floor"}).encode()
        assert len(frame) <= _LONGEST_SHORT
        unmasked = bytes(4)  # a mask of zeros changes nothing
        whole = bytes([_TEXT, _MASKED | len(frame)]) + unmasked + frame
        for _ in range(times):
            with contextlib.suppress(ConnectionError):
                await asyncio.get_running_loop().sock_sendall(self._socket, whole)
            await asyncio.sleep(0.06)

    async def _crawl(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            for pause_s in itertools.repeat(1.0):
                if not await loop.sock_recv(self._socket, 1):
                    return
                await asyncio.sleep(pause_s)

    async def _token(self) -> str:
        engine, now = self._program.engine, datetime.now(UTC)
        known = {user.login: user.user_id for user in await users.list_users(engine)}
        return await users.open_session(engine, known[self._login], now, now + timedelta(hours=1))

    async def _handshake(self, token: str) -> bytes:
        url = self._program.url
        headers = {"Origin": url, "Cookie": f"callcenter={token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.post(f"{url}/api/ticket") as answer,
        ):
            ticket = (await answer.json())["ticket"]
        lines = [
            f"GET /ws?ticket={ticket} HTTP/1.1",
            f"Host: {url.removeprefix('http://')}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
