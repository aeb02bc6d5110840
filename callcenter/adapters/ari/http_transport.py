"""The seam over the network: commands by HTTP, events by a websocket (aiohttp's).

Commands have connections of their own: a slow command never delays an event, and an event burst
never delays a command.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote_plus, urlencode

import aiohttp
from yarl import URL

from callcenter.adapters.ari.command_pool import CommandPool, PoolSettings

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""A longer message ends the connection; what Asterisk sends is below 64 kB."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where Asterisk's REST interface is, and how patient we are with it."""

    url: str
    """Such as "http://127.0.0.1:8088/ari"."""
    username: str
    password: str
    timeout_s: float = 3.0
    """For a whole command. A command that waits for a prompt's end is carried out all the same."""
    connect_timeout_s: float = 2.0
    max_requests: int = 64
    """Commands under way at once; the rest wait their turn within their own time limit."""
    idle_s: float = 10.0
    """Asterisk closes an idle connection after 15 s; we must be first."""
    ping_every_s: float = 1.5
    """Two pings without any sign of life end the event socket, after two to three times as long."""

    @classmethod
    def of_pbx(cls, url: str, username: str, password: str) -> Self:
        """Return the settings for the PBX at an address such as "http://127.0.0.1:8088"."""
        return cls(f"{url.rstrip('/')}/ari", username, password)


class HttpTransport:
    """``AriTransport`` over HTTP; create it where an event loop runs."""

    def __init__(self, settings: HttpSettings) -> None:
        """Take where the PBX is; raises ValueError for an address that is none."""
        self._settings = settings
        self._root = settings.url.rstrip("/")
        url = URL(self._root)
        if url.scheme not in {"http", "https"} or not url.host:
            raise ValueError(f"not an address of ARI, such as http://127.0.0.1:8088/ari: {url}")
        self._secret = _secret_of(settings)
        self._base_path = url.raw_path.rstrip("/")
        self._tail = f" HTTP/1.1\r\nHost: {url.authority}\r\nAuthorization: {self._secret}\r\n"
        self._slots = asyncio.Semaphore(settings.max_requests)
        self._pool = CommandPool(_pool_settings(settings, url))
        self._session: aiohttp.ClientSession | None = None

    @property
    def address(self) -> str:
        """The REST root, without the password."""
        return self._root

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command; see the Protocol."""
        message = self._message(method, path, params, body)
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_s
        if self._slots.locked():
            async with asyncio.timeout_at(deadline):
                await self._slots.acquire()
        else:
            await self._slots.acquire()  # at once
        try:
            return await self._pool.exchange(message, deadline)
        finally:
            self._slots.release()

    def _message(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> bytes:
        target = f"{path}?{_query(params)}" if params else path
        if not target.isprintable() or " " in target:
            raise ValueError("a path with a character that must be quoted")
        start = f"{method} {self._base_path}{target}{self._tail}"
        if body is None:
            # Asterisk wants a length with every POST and PUT.
            return f"{start}Content-Length: 0\r\n\r\n".encode()
        kind = "Content-Type: application/json\r\n"
        return f"{start}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        """Open the event socket; see the Protocol."""
        try:
            socket = await self._open_socket(application)
        except aiohttp.WSServerHandshakeError as error:
            raise _refusal(error) from error
        except aiohttp.ClientError as error:
            raise _as_os_error(error) from error
        pinger = _Pinger(socket, self._settings.ping_every_s)
        try:
            await opened()
            pinger.start()
            await _read(socket, pinger, received)
        finally:
            pinger.stop()
            await socket.close()

    async def close(self) -> None:
        """Release all connections."""
        self._pool.close()
        if self._session is not None:
            await self._session.close()

    async def _open_socket(self, application: str) -> "aiohttp.ClientWebSocketResponse[bool]":
        if self._session is None:
            self._session = _open_session(self._settings, self._secret)
        query = urlencode({"app": application, "subscribeAll": "false"})
        url = URL(f"{self._root}/events?{query}", encoded=True)
        async with asyncio.timeout(self._settings.connect_timeout_s):
            return await self._session.ws_connect(
                url,
                # No waiting for a goodbye: whoever is silent says none, and the loss must be
                # known at once.
                timeout=aiohttp.ClientWSTimeout(ws_close=0.0),
                autoping=False,
                compress=0,
                max_msg_size=MAX_MESSAGE_BYTES,
                decode_text=False,
            )


class _Pinger:
    """Asks for signs of life, and aborts the socket when there are none."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[bool]", every_s: float) -> None:
        self._socket = socket
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None
        self.unanswered = 0
        self.gave_up = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="ari pings")

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self.unanswered < 2:
            self.unanswered += 1
            try:
                await self._socket.ping()
            except (ConnectionError, aiohttp.ClientError):
                return
            await asyncio.sleep(self._every_s)
        self.gave_up = True
        await self._socket.close()


async def _read(
    socket: "aiohttp.ClientWebSocketResponse[bool]",
    pinger: _Pinger,
    received: Callable[[bytes], None],
) -> None:
    text = aiohttp.WSMsgType.TEXT
    while True:
        message = await socket.receive()
        pinger.unanswered = 0
        if message.type is text or message.type is aiohttp.WSMsgType.BINARY:
            received(message.data)
        elif message.type is aiohttp.WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is not aiohttp.WSMsgType.PONG:
            break
    if pinger.gave_up:
        raise ConnectionError("the event socket is silent: two pings were not answered")
    if message.type is aiohttp.WSMsgType.ERROR:
        raise ConnectionError(f"the event socket broke: {message.data}")


def _query(params: Mapping[str, str]) -> str:
    """Return a query. Most values are ids and words, for which urlencode takes far too long."""
    return "&".join(f"{name}={_quoted(value)}" for name, value in params.items())


def _quoted(value: str) -> str:
    return value if value.isalnum() and value.isascii() else quote_plus(value)


def _secret_of(settings: HttpSettings) -> str:
    pair = f"{settings.username}:{settings.password}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _pool_settings(settings: HttpSettings, url: URL) -> PoolSettings:
    return PoolSettings(
        host=url.host or "",
        port=url.port or 80,
        is_encrypted=url.scheme == "https",
        idle_s=settings.idle_s,
        connect_timeout_s=settings.connect_timeout_s,
    )


def _open_session(settings: HttpSettings, secret: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout_s),
        headers={"Authorization": secret},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def _refusal(error: aiohttp.WSServerHandshakeError) -> OSError:
    if error.status in {401, 403}:
        return PermissionError("the PBX refuses the name or password")
    return ConnectionError(f"the PBX answered {error.status} to the event socket")


def _as_os_error(error: aiohttp.ClientError) -> OSError:
    return error if isinstance(error, OSError) else ConnectionError(str(error) or repr(error))
