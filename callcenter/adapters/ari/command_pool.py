"""Connections for commands: the part of HTTP/1.1 that Asterisk speaks, and nothing else.

A general HTTP client takes longer for one command than everything else that we do for it together
(130 of 150 us measured with aiohttp on uvloop; here it is 20). Asterisk's answers are plain: a
status, a Content-Length, a body. Whatever else comes is refused, never guessed.
"""

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import cast

LARGEST_ANSWER = 64 * 1024 * 1024
"""In bytes; a list of 100 000 channels fits."""
_HEAD_END = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024
_length = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?:\r\n|$)", re.IGNORECASE)
_closes = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Where to connect, and how long to keep a connection that nobody uses."""

    host: str
    port: int
    is_encrypted: bool
    idle_s: float
    connect_timeout_s: float


class CommandPool:
    """Keeps connections and opens one more when none is free; the last used is used first."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._tls = ssl.create_default_context() if settings.is_encrypted else None
        self._free: list[_Connection] = []

    async def exchange(self, request: bytes, deadline: float) -> tuple[int, bytes]:
        """Send a whole request and return status and body.

        A request whose connection breaks is not sent again: it may have been carried out.

        Args:
            request: Head and body.
            deadline: The event loop's time by which the answer must be here.

        Raises:
            OSError: No connection, or it broke, or the answer is none that Asterisk gives, or
                (TimeoutError) there is none in time.
        """
        connection = self._take() or await self._open(deadline)
        try:
            answer = await connection.exchange(request, deadline)
        except BaseException:
            # A late answer must not be taken for that to the next request.
            connection.abort()
            raise
        if connection.is_usable:
            self._free.append(connection)
        return answer

    def close(self) -> None:
        """Close all connections that are free; those in use close with their last answer."""
        for connection in self._free:
            connection.abort()
        self._free.clear()

    def _take(self) -> "_Connection | None":
        while self._free:
            connection = self._free.pop()
            if connection.is_usable and not connection.is_stale(self._settings.idle_s):
                return connection
            connection.abort()
        return None

    async def _open(self, deadline: float) -> "_Connection":
        at, loop = self._settings, asyncio.get_running_loop()
        async with asyncio.timeout_at(min(deadline, loop.time() + at.connect_timeout_s)):
            _, connection = await loop.create_connection(
                _Connection, at.host, at.port, ssl=self._tls
            )
        return connection


class _Connection(asyncio.Protocol):
    """One connection: one request, one answer, and again."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._used_at = self._loop.time()
        self.is_usable = False

    def connection_made(  # type: ignore[explicit-override]  # Python 3.12
        self, transport: asyncio.BaseTransport
    ) -> None:
        # A cast, not a check: uvloop's transports have the methods but not the base class.
        self._transport = cast("asyncio.Transport", transport)
        self.is_usable = True

    def data_received(self, data: bytes) -> None:  # type: ignore[explicit-override]  # Python 3.12
        if self._answer is None or self._answer.done():
            # Nobody asked: whatever this is, the connection cannot be trusted.
            self.abort()
            return
        self._received += data
        try:
            answer = self._read_answer()
        except ConnectionError as error:
            self._fail(error)
            self.abort()
            return
        if answer is not None:
            self._answer.set_result(answer)

    def connection_lost(  # type: ignore[explicit-override]  # Python 3.12
        self, exc: Exception | None
    ) -> None:
        self.is_usable = False
        self._fail(ConnectionResetError(f"the PBX closed the connection: {exc or 'no reason'}"))

    async def exchange(self, request: bytes, deadline: float) -> tuple[int, bytes]:
        if self._transport is None or not self.is_usable:
            raise ConnectionResetError("the PBX closed the connection")
        self._answer = self._loop.create_future()
        # Not asyncio.timeout: it takes longer than everything else here but the write.
        alarm = self._loop.call_at(deadline, self._fail, TimeoutError("no answer in time"))
        self._transport.write(request)
        try:
            answer = await self._answer
        finally:
            alarm.cancel()
        self._used_at = self._loop.time()
        return answer

    def is_stale(self, idle_s: float) -> bool:
        return self._loop.time() - self._used_at > idle_s

    def abort(self) -> None:
        self.is_usable = False
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: OSError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _read_answer(self) -> tuple[int, bytes] | None:
        """Return the answer if all of it is there; raises ConnectionError for what is none."""
        received = self._received
        end = received.find(_HEAD_END)
        if end < 0:
            if len(received) > _LONGEST_HEAD:
                raise ConnectionError("an answer with an endless head")
            return None
        status, length = _read_head(bytes(received[:end]))
        begin = end + len(_HEAD_END)
        if len(received) < begin + length:
            return None
        body = bytes(received[begin : begin + length])
        # More than one answer to one question cannot be told apart from now on.
        self.is_usable &= len(received) == begin + length and not _closes.search(received, 0, end)
        received.clear()
        return status, body


def _read_head(head: bytes) -> tuple[int, int]:
    """Return status and length of the body; raises ConnectionError."""
    if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
        raise ConnectionError("this is not HTTP: is the address that of ARI?")
    status = int(head[9:12])
    if found := _length.search(head):
        length = int(found[1])
    elif status in _WITHOUT_BODY:
        length = 0
    else:
        raise ConnectionError("an answer without Content-Length: is a proxy in between?")
    if length > LARGEST_ANSWER:
        raise ConnectionError(f"an answer of {length} bytes is too long")
    return status, length
