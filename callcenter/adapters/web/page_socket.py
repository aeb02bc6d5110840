"""One page's websocket: what it follows, what it asks for, and how it ends."""

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiohttp import WSMsgType, web

from callcenter.adapters.web.desks import Desks
from callcenter.adapters.web.frames import BadFrame, decode, encode, encode_shared
from callcenter.adapters.web.limits import Bucket
from callcenter.adapters.web.translation import (
    DeskFrame,
    QueueFrame,
    Refusal,
    Translation,
    bump_request,
)
from callcenter.adapters.web.wire import (
    PROTOCOL,
    Bump,
    ClientFrame,
    Closing,
    Done,
    Hello,
    Refused,
    ServerFrame,
    Subscribe,
)
from callcenter.core.ids import AgentId
from callcenter.ports.accounts import Account, Role
from callcenter.ports.clock import Clock
from callcenter.ports.requests import Requests
from callcenter.runtime.fanout import Fanout, SubscriberEnded
from callcenter.runtime.topics import FLOOR, desk_topic

log = logging.getLogger(__name__)

FRAMES_BURST: Final = 40
FRAME_EVERY_MS: Final = 50
"""A page may send 40 frames at once and 20 a second."""
CLOSE_S: Final = 2.0
"""How long a closing page may take to say goodbye."""
SEND_BUFFER: Final = 128 * 1024
"""Bytes that the kernel keeps for one page; with more, a slow page would see the past."""

CLOSE_CODES: Final = {"too_slow": 1013, "stopping": 1001, "bad_frame": 1008}
"""The websocket's own codes; 4000 is the first that is free for applications."""


@dataclass(frozen=True, slots=True)
class SocketParts:
    """What all page sockets use."""

    fanout: Fanout
    requests: Requests
    desks: Desks
    translation: Translation
    clock: Clock
    count_close: Callable[[str], None]
    """Called with the reason when we close a page."""


class PageSocket:
    """One connected page of one account."""

    def __init__(
        self, ws: web.WebSocketResponse, request: web.Request, account: Account, parts: SocketParts
    ) -> None:
        self._ws = ws
        self._transport = request.transport
        self._account = account
        self._parts = parts
        self._subscriber = parts.fanout.open(self._on_subscriber_end)
        self._desk: AgentId | None = None
        """The agent whose desk this page is, once it has subscribed to it."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._frames = Bucket.full(FRAMES_BURST, FRAME_EVERY_MS, parts.clock.elapsed_ms())

    async def run(self) -> None:
        """Serve the page until its socket is closed."""
        self._limit_send_buffer()
        await self._send(Hello(protocol=PROTOCOL, now=self._parts.fanout.now()))
        self._start(self._write(), "page socket writer")
        try:
            await self._read()
        finally:
            self._subscriber.end()
            await self._leave_desk()
            await self._finish()

    def close(self, reason: str, detail: str = "") -> None:
        """Begin to close the socket; returns at once.

        Args:
            reason: A word that the page understands, see ``wire.Closing``; or "bad_frame", which
                it is not told, for then it does not speak the protocol.
            detail: More for people; cut to what a close frame holds.
        """
        if self._closing:
            return
        self._closing = True
        self._parts.count_close(reason)
        self._subscriber.end()
        self._start(self._say_goodbye(reason, detail or reason), "page socket closer")

    async def _leave_desk(self) -> None:
        if self._desk is None:
            return
        try:
            await self._parts.desks.depart(self._desk, self)
        except Exception:
            # The node is stopping or at fault; the socket must be cleaned up all the same.
            log.exception("The node could not be told that a desk is lost")

    @property
    def account(self) -> Account:
        """The account, as of the connection."""
        return self._account

    async def _finish(self) -> None:
        """Wait for the tasks of this socket; a send that is stuck is cut off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_S + 1)
        if self._tasks:
            self._abort()
            await asyncio.wait(self._tasks)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_subscriber_end(self, reason: str) -> None:
        if reason != "closed":
            self.close(reason)

    async def _say_goodbye(self, reason: str, detail: str) -> None:
        """Close in good form, or, if the page does not take it, at once."""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(CLOSE_S):
                if reason != "bad_frame":
                    await self._ws.send_frame(encode(Closing(reason=reason)), WSMsgType.TEXT)
                code = CLOSE_CODES.get(reason, 4000)
                await self._ws.close(code=code, message=_cut(detail))
                return
        self._abort()

    # ------------------------------------------------------------ to the page

    async def _write(self) -> None:
        try:
            while True:
                frame = await self._subscriber.next()
                await self._ws.send_frame(encode_shared(frame), WSMsgType.TEXT)
        except (SubscriberEnded, ConnectionError):
            return
        except Exception:
            # A frame that cannot be encoded: the page must not wait for ever for the next one.
            log.exception("A page's frames could not be sent")
            self.close("stopping")

    async def _send(self, frame: ServerFrame) -> None:
        with suppress(ConnectionError):
            await self._ws.send_frame(encode(frame), WSMsgType.TEXT)

    def _limit_send_buffer(self) -> None:
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    # ------------------------------------------------------------ from the page

    async def _read(self) -> None:
        async for message in self._ws:
            if self._closing or message.type is WSMsgType.ERROR:
                continue
            if message.type is not WSMsgType.TEXT:
                self.close("bad_frame", "Only text frames are understood.")
            elif self._frames.take(self._parts.clock.elapsed_ms()):
                self.close("bad_frame", "Too many frames.")
            else:
                await self._take(message.data)

    async def _take(self, text: str) -> None:
        try:
            frame = decode(text)
        except BadFrame as bad:
            if bad.request is None:
                self.close("bad_frame", bad.reason)
            else:
                await self._send(Refused(request=bad.request, reason=bad.reason))
            return
        await self._answer(frame)

    async def _answer(self, frame: ClientFrame) -> None:
        number = 0 if isinstance(frame, Subscribe) else frame.request
        try:
            if isinstance(frame, Subscribe):
                refusal = await self._subscribe(frame)
            else:
                refusal = await self._ask(frame)
        except Refusal as error:
            refusal = str(error)
        except Exception:
            # A fault in one request must not take the page away from an agent in a call.
            log.exception("A page's request failed")
            refusal = "This did not work because of a fault in the service."
        if refusal is not None:
            await self._send(Refused(request=number, reason=refusal))
        elif number:
            await self._send(Done(request=number))

    async def _subscribe(self, frame: Subscribe) -> str | None:
        if frame.topic == FLOOR:
            if self._account.role is Role.AGENT:
                return "Only supervisors see the floor."
            self._subscriber.follow(FLOOR, frame.epoch, frame.seq)
            return None
        if frame.topic != "desk":
            return "There is no such topic."
        profile = self._account.profile
        if profile is None:
            return "This account takes no calls, so it has no desk."
        self._desk = profile.agent_id
        refusal = await self._parts.desks.arrive(profile, self)
        if not self._closing:
            self._subscriber.follow(desk_topic(profile.agent_id), frame.epoch, frame.seq)
        return refusal

    async def _ask(self, frame: DeskFrame | QueueFrame | Bump) -> str | None:
        if isinstance(frame, QueueFrame):
            return await self._ask_of_queue(frame)
        if isinstance(frame, Bump):
            return await self._parts.requests.request(bump_request(frame, self._account))
        if self._desk is None:
            return "Subscribe to the desk first."
        request = await self._parts.translation.request(frame, self._desk)
        return await self._parts.requests.request(request)

    async def _ask_of_queue(self, frame: QueueFrame) -> str | None:
        if self._account.role is Role.AGENT:
            return "Only supervisors close and reopen queues."
        request = self._parts.translation.queue_request(frame, self._account.name)
        return await self._parts.requests.request(request)


def _cut(text: str) -> bytes:
    """Return what of a text fits into a close frame, in whole characters (RFC 6455, 5.5)."""
    return text.encode()[:123].decode(errors="ignore").encode()
