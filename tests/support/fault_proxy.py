"""A TCP proxy that misbehaves on demand: between the service and its PBX, or its database.

It tells the event socket from the commands by the first bytes, because both go to one port of the
PBX. A fault holds for connections that are open and for new ones, until it is healed.
"""

import asyncio
import socket
import struct
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from tests.support.websocket_frames import ServerFrames, is_message

Address = tuple[str, int]

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)
_FAILURE = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Kind(StrEnum):
    """What a connection is for."""

    EVENTS = "events"
    COMMANDS = "commands"
    OTHER = "other"
    """Anything that is not HTTP: a database."""


@dataclass
class Fault:
    """What is wrong with connections of a kind; healthy at first.

    Attributes:
        delay_s: Each piece arrives so much later; the order is kept.
        bytes_per_s: At most so much arrives; 0: no limit.
        flowing: While cleared nothing arrives, as behind a dead router; it does when healed.
        refuses: New connections are closed at once.
        fails: Every HTTP request is answered with status 500.
    """

    delay_s: float = 0.0
    bytes_per_s: int = 0
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: bool = False
    fails: bool = False

    def __post_init__(self) -> None:
        self.flowing.set()

    async def hold_back(self, size: int) -> None:
        """Wait as long as a piece of so many bytes is held back."""
        await self.flowing.wait()
        seconds = self.delay_s + (size / self.bytes_per_s if self.bytes_per_s else 0.0)
        if seconds:
            await asyncio.sleep(seconds)
            await self.flowing.wait()


class FaultProxy:
    """A proxy to one address; an asynchronous context.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        opened: How many connections of each kind were opened.
    """

    def __init__(self, target: Address) -> None:
        self.port = 0
        self.opened: Counter[Kind] = Counter()
        self._target = target
        self._faults = {kind: Fault() for kind in Kind}
        self._open: dict[asyncio.StreamWriter, Kind] = {}
        self._muted: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.heal(*Kind)
        self._close(frozenset(Kind))
        if self._tasks:
            await asyncio.wait(self._tasks)

    # ------------------------------------------------------------ what can go wrong

    def cut(self, *kinds: Kind) -> None:
        """Close what is open, properly, and refuse new connections."""
        self._refuse(kinds)
        self._close(frozenset(kinds))

    def reset(self, *kinds: Kind) -> None:
        """Break off what is open, as if the other side had crashed; new connections work."""
        self._close(frozenset(kinds), how=_RESET)

    def blackhole(self, *kinds: Kind) -> None:
        """Let nothing through, and tell nobody."""
        for kind in kinds:
            self._faults[kind].flowing.clear()

    def delay(self, seconds: float, *kinds: Kind) -> None:
        """Let each piece arrive later."""
        for kind in kinds:
            self._faults[kind].delay_s = seconds

    def drip(self, bytes_per_s: int, *kinds: Kind) -> None:
        """Let little through."""
        for kind in kinds:
            self._faults[kind].bytes_per_s = bytes_per_s

    def fail(self, *kinds: Kind) -> None:
        """Answer every HTTP request with status 500; nothing reaches the other side."""
        for kind in kinds:
            self._faults[kind].fails = True
        self._close(frozenset(kinds))

    def heal(self, *kinds: Kind, held_back_s: float = 0.0) -> None:
        """End all faults; what was held back arrives, at once or after some time."""
        loop = asyncio.get_running_loop()
        for kind in kinds:
            healthy = Fault()
            fault, self._faults[kind] = self._faults[kind], healthy
            fault.delay_s = fault.bytes_per_s = 0
            loop.call_later(held_back_s, fault.flowing.set) if held_back_s else fault.flowing.set()

    def mute(self) -> None:
        """Let no event through on event sockets that are open now; pings are answered as ever."""
        self._muted |= {writer for writer, kind in self._open.items() if kind is Kind.EVENTS}

    # ------------------------------------------------------------ its work

    def _refuse(self, kinds: tuple[Kind, ...]) -> None:
        for kind in kinds:
            self._faults[kind].refuses = True

    def _close(self, kinds: frozenset[Kind], how: bytes = b"") -> None:
        for writer, kind in list(self._open.items()):
            if kind in kinds:
                peer = writer.get_extra_info("socket")
                # A socket of which its own end is under way has no number any more.
                if how and peer is not None and peer.fileno() >= 0:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, how)
                writer.transport.abort() if how else writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError):
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            await self._finish(writer)

    async def _finish(self, writer: asyncio.StreamWriter) -> None:
        self._open.pop(writer, None)
        self._muted.discard(writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(_CHUNK)
        kind = kind_of(first)
        self._open[writer] = kind
        self.opened[kind] += 1
        if self._faults[kind].refuses:
            return
        if self._faults[kind].fails:
            writer.write(_FAILURE)
            await writer.drain()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._open[far_writer] = kind
        try:
            await self._pass_on(kind, first, far_writer)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(kind, reader, far_writer))
                events = self._pump_events if kind is Kind.EVENTS else self._pump
                group.create_task(events(kind, far_reader, writer))
        except* OSError:
            pass
        finally:
            await self._finish(far_writer)

    async def _pump(
        self, kind: Kind, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(_CHUNK):
            await self._pass_on(kind, piece, writer)
        writer.close()

    async def _pump_events(
        self, kind: Kind, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        frames = ServerFrames()
        while piece := await reader.read(_CHUNK):
            for frame in frames.cut(piece):
                if writer not in self._muted or not is_message(frame):
                    await self._pass_on(kind, frame, writer)
        writer.close()

    async def _pass_on(self, kind: Kind, piece: bytes, writer: asyncio.StreamWriter) -> None:
        await self._faults[kind].hold_back(len(piece))
        if writer.transport.is_closing():
            raise ConnectionResetError("the other side went while this was held back")
        writer.write(piece)
        await writer.drain()


def kind_of(first: bytes) -> Kind:
    """Return what a connection is for, by its first bytes."""
    line = first.split(b"\r\n", 1)[0]
    if not line.endswith((b"HTTP/1.1", b"HTTP/1.0")):
        return Kind.OTHER
    return Kind.EVENTS if b"upgrade: websocket" in first.lower() else Kind.COMMANDS
