"""The seam over HTTP and a websocket, with aiohttp.

Commands have connections of their own: a slow command never delays an event, and an event burst
never delays a command.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from yarl import URL

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
    ping_every_s: float = 2.0
    """Two pings without any sign of life end the event socket."""


class HttpTransport:
    """``AriTransport`` over HTTP; create it where an event loop runs."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._root = settings.url.rstrip("/")
        self._slots = asyncio.Semaphore(settings.max_requests)
        self._session = _open_session(settings)

    @property
    def address(self) -> str:
        """The REST root, without the password."""
        return self._root

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command; see the Protocol."""
        target = f"{self._root}{path}?{urlencode(params)}" if params else self._root + path
        headers = _JSON if body is not None else None
        try:
            async with asyncio.timeout(self._settings.timeout_s), self._slots:
                reply = await self._session.request(
                    method, URL(target, encoded=True), data=body, headers=headers
                )
                return reply.status, await reply.read()
        except aiohttp.ClientError as error:
            raise _as_os_error(error) from error

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
        await self._session.close()

    async def _open_socket(self, application: str) -> "aiohttp.ClientWebSocketResponse[bool]":
        query = urlencode({"app": application, "subscribeAll": "false"})
        url = URL(f"{self._root}/events?{query}", encoded=True)
        async with asyncio.timeout(self._settings.connect_timeout_s):
            return await self._session.ws_connect(
                url,
                timeout=aiohttp.ClientWSTimeout(ws_close=0.5),
                autoping=False,
                compress=0,
                max_msg_size=MAX_MESSAGE_BYTES,
                decode_text=False,
            )


_JSON = {"Content-Type": "application/json"}


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


def _open_session(settings: HttpSettings) -> aiohttp.ClientSession:
    secret = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
    return aiohttp.ClientSession(
        # The pool has no limit of its own: the event socket must get through when it is full.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=settings.idle_s),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout_s),
        headers={"Authorization": f"Basic {secret}"},
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


def _refusal(error: aiohttp.WSServerHandshakeError) -> OSError:
    if error.status in {401, 403}:
        return PermissionError("the PBX refuses the name or password")
    return ConnectionError(f"the PBX answered {error.status} to the event socket")


def _as_os_error(error: aiohttp.ClientError) -> OSError:
    return error if isinstance(error, OSError) else ConnectionError(str(error) or repr(error))
