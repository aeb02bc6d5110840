"""Sound for many phones at little cost: one clock sends for all, the kernel stamps what arrives.

Every phone sends a packet of mu-law each 20 ms and takes all that it is sent; nothing is sampled.
Three things make that cheap: one ticker instead of a task for each phone, sockets that are read
five times a second, and voices that are no tones but a mark with the number of who speaks.
Asterisk hands packets on unchanged where no transcoding is needed, so who hears a mark knows
whose it is. Because the kernel notes when a packet arrived, a stall of this process does not look
like a gap in what it receives; a stall in what it sends does, and is kept to be taken off.
"""

import asyncio
import secrets
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.rtp import EVENT_TYPE, KEYS, PACKET_MS, Ear

_TICK_S = PACKET_MS / 1000
_READ_EVERY = 10
"""Ticks between two readings; a socket's buffer holds seconds."""
_SAMPLES = 160
_MARK = b"cc-soak:"
_FILL = bytes(0xD5 ^ (n & 0x0F) for n in range(_SAMPLES))
_STAMPS = 35
"""SO_TIMESTAMPNS of Linux, which the socket module does not name."""
_STAMP = struct.Struct("qq")
_HEAD = struct.Struct("!BBHII")
_EARS = 25
_KEY_PACKETS = 7
NOTED_GAP_S = 0.06
_LATE_S = 0.01
_PAUSES_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, on the machine's wall clock in seconds."""

    begin: float
    end: float

    @property
    def ms(self) -> float:
        """How long."""
        return (self.end - self.begin) * 1000


@dataclass(slots=True)
class Hearing:
    """What a line has heard.

    Attributes:
        voices: Whose marks, with the instant of the first and of the last.
        gaps: Times without a packet while somebody's mark was heard, if longer than usual.
        last_at: The last packet of any kind; 0: none.
        voice: Who was heard last, 0 if it was a prompt, music or silence.
    """

    voices: dict[int, Span] = field(default_factory=dict)
    gaps: list[Span] = field(default_factory=list)
    last_at: float = 0.0
    voice: int = 0

    def take(self, at: float, payload: bytes) -> int:
        """Note a packet; returns the number of a voice that is heard for the first time, else 0."""
        if self.voice and at - self.last_at > NOTED_GAP_S:
            self.gaps.append(Span(self.last_at, at))
        self.last_at = max(at, self.last_at)
        self.voice = int.from_bytes(payload[8:12]) if payload.startswith(_MARK) else 0
        if not self.voice:
            return 0
        known = self.voices.get(self.voice)
        self.voices[self.voice] = Span(known.begin if known else at, at)
        return 0 if known else self.voice


class Studio:
    """All lines of this process.

    Attributes:
        pauses: When this process itself sent nothing for too long.
        longest_pause_ms: The longest of these since it was last set to 0.
    """

    def __init__(self) -> None:
        self.pauses: deque[Span] = deque(maxlen=_PAUSES_KEPT)
        self.longest_pause_ms = 0.0
        self.lines: dict[int, Line] = {}
        self.by_number: dict[int, Line] = {}
        self._numbers = 0
        self._epoll = select.epoll()
        self._task = asyncio.get_running_loop().create_task(self._tick(), name="studio")

    def open(self, host: str, owner: object) -> "Line":
        """Open a line on a free port."""
        self._numbers += 1
        line = Line(self, self._numbers, host, owner)
        self.lines[line.socket.fileno()] = self.by_number[line.number] = line
        self._epoll.register(line.socket.fileno(), select.EPOLLIN)
        return line

    def forget(self, line: "Line") -> None:
        """Read a line a last time."""
        if self.lines.pop(line.socket.fileno(), None):
            line.read()
            del self.by_number[line.number]
            self._epoll.unregister(line.socket.fileno())

    async def close(self) -> None:
        """Close all lines."""
        self._task.cancel()
        await asyncio.wait([self._task])
        for line in list(self.lines.values()):
            line.stop()
        self._epoll.close()

    def paused_ms(self, span: Span) -> float:
        """Return the longest pause of this process around a span."""
        near = (p.ms for p in self.pauses if p.end > span.begin - 0.1 and p.begin < span.end + 0.1)
        return max(near, default=0.0)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        next_at, ticks, sent_at = loop.time(), 0, time.time()
        while True:
            now = time.time()
            if now - sent_at > _TICK_S + _LATE_S:
                self._note(Span(sent_at, now))
            sent_at = now
            for line in list(self.lines.values()):
                line.send()
            ticks += 1
            if ticks % _READ_EVERY == 0:
                self._read()
            next_at = max(next_at + _TICK_S, loop.time() - _TICK_S)
            await asyncio.sleep(next_at - loop.time())

    def _note(self, pause: Span) -> None:
        self.pauses.append(pause)
        self.longest_pause_ms = max(self.longest_pause_ms, pause.ms)

    def _read(self) -> None:
        for number, _ in self._epoll.poll(0):
            if line := self.lines.get(number):
                line.read()


class Line:
    """The media of one call; implements ``tests.support.rtp.Sound``.

    Attributes:
        number: What it marks its packets with.
        owner: Whose phone it is.
        ear: What was heard lately, for those who want to know how it sounds.
        hearing: What was heard in all.
        on_voice: Is told when a voice is heard for the first time.
        ended: Set when the port has been given back.
    """

    def __init__(self, studio: Studio, number: int, host: str, owner: object) -> None:
        self.number = number
        self.owner = owner
        self.ear = Ear(_EARS)
        self.hearing = Hearing()
        self.ended = asyncio.Event()
        self.on_voice: Callable[[int], None] = _nobody_listens
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, _STAMPS, 1)
        self.socket.bind((host, 0))
        self._studio = studio
        self._port: int = self.socket.getsockname()[1]
        self._remote: tuple[str, int] | None = None
        self._talks = False
        self._events: deque[tuple[int, bytes]] = deque()
        self._voice = _MARK + number.to_bytes(4) + _FILL[len(_MARK) + 4 :]
        self._sequence = secrets.randbelow(1 << 15)
        self._stamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbits(32)

    @property
    def port(self) -> int:
        """Where it is bound."""
        return self._port

    def aim(self, remote: tuple[str, int]) -> None:
        """Send to this address."""
        self._remote = remote

    def start(self) -> None:
        """Begin to speak."""
        self._talks = True

    def stop(self) -> None:
        """Fall silent and give the port back."""
        self._talks = False
        self._studio.forget(self)
        self.socket.close()
        self.ended.set()

    async def close(self) -> None:
        """The same; nothing runs that must be waited for."""
        self.stop()

    async def press(self, key: str) -> None:
        """Press a key (RFC 4733); it is sent with the next ticks."""
        code = KEYS.index(key)
        for number in range(1, _KEY_PACKETS + 1):
            end = 0x80 if number >= 5 else 0
            mark = 0x80 if number == 1 else 0
            event = struct.pack("!BBH", code, end | 10, min(number, 5) * _SAMPLES)
            self._events.append((EVENT_TYPE | mark, event))

    def send(self) -> None:
        """Send what is due at a tick."""
        if not self._talks or self._remote is None:
            return
        kind, payload = self._events.popleft() if self._events else (0, self._voice)
        head = (0x80, kind, self._sequence & 0xFFFF, self._stamp & 0xFFFFFFFF, self._source)
        self._sequence += 1
        # A key's packets keep the stamp of its beginning; the voice goes on after it.
        if kind == 0:
            self._stamp += _SAMPLES
        elif not self._events:
            self._stamp += _KEY_PACKETS * _SAMPLES
        try:
            self.socket.sendto(_HEAD.pack(*head) + payload, self._remote)
        except OSError:
            return  # a full buffer, or a PBX that is gone: a packet is lost, as on any network

    def read(self) -> None:
        """Take all that has arrived; nothing after the end."""
        behind = time.time() - asyncio.get_running_loop().time()
        while True:
            try:
                data, notes, _, _ = self.socket.recvmsg(2048, 64)
            except OSError:
                return
            if len(data) > 12 and data[1] & 0x7F == 0:
                at = _arrived_at(notes)
                self.ear.receive(at - behind, data[12:])
                if found := self.hearing.take(at, data[12:]):
                    self.on_voice(found)


def _nobody_listens(number: int) -> None:
    """Nobody wants to know."""


def _arrived_at(notes: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in notes:
        if level == socket.SOL_SOCKET and kind == _STAMPS:
            seconds, nanoseconds = _STAMP.unpack(data[:16])
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()
