"""Real media (RFC 3550, 4733): 20 ms packets of mu-law, a tone to send and an ear to receive."""

import asyncio
import itertools
import math
import secrets
import struct
from collections import deque
from dataclasses import dataclass
from typing import Protocol, Self

from tests.support.music import RATE_HZ, decode_byte, tone

PACKET_MS = 20
EVENT_TYPE = 101
"""The payload type of telephone events, as we offer it and as everybody uses it."""
KEYS = "0123456789*#ABCD"

_PACKET_S = PACKET_MS / 1000
_SAMPLES = RATE_HZ * PACKET_MS // 1000
_KEPT = 3000
_LOUD = 150
"""Mean level (of 32767) from which a packet carries sound: -47 dB."""
_KEY_PACKETS = 5
_KEY_PAUSE_S = 0.06
_SAMPLE_OF = tuple(decode_byte(code) for code in range(256))
_LEVEL_OF = tuple(abs(sample) for sample in _SAMPLE_OF)


@dataclass(frozen=True, slots=True)
class Packet:
    """What was received, and when on the loop's clock."""

    at: float
    payload: bytes


class Ear:
    """What was received lately, and what it sounded like."""

    def __init__(self, kept: int = _KEPT) -> None:
        self.packets = 0
        self._kept: deque[Packet] = deque(maxlen=kept)

    def receive(self, at: float, payload: bytes) -> None:
        """Keep a packet."""
        self.packets += 1
        self._kept.append(Packet(at, payload))

    def heard_ms(self, since: float) -> int:
        """Return how many milliseconds of sound came after an instant."""
        return PACKET_MS * sum(1 for payload in self._after(since) if _is_loud(payload))

    def hears(self, hz: int, since: float) -> bool:
        """Say whether a tone makes up a good part of what came after an instant.

        A part of 0.1 of the power lets three parties be told apart in a conference, and is far
        above what music or speech has at any one frequency of the grid.
        """
        samples = [_SAMPLE_OF[code] for payload in self._after(since) for code in payload]
        if not samples:
            return False
        power = sum(sample * sample for sample in samples) / len(samples)
        return power > _LOUD**2 and power_at(hz, samples) > 0.1 * power

    def largest_gap_s(self, since: float, now: float) -> float:
        """Return the longest time without a packet between two instants."""
        times = [since, *(p.at for p in self._kept if p.at > since), now]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def _after(self, since: float) -> list[bytes]:
        return [packet.payload for packet in self._kept if packet.at > since]


def power_at(hz: int, samples: list[int]) -> float:
    """Return the mean power of the part of a signal that has this frequency (Goertzel)."""
    factor = 2 * math.cos(2 * math.pi * hz / RATE_HZ)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    energy = before * before + last * last - factor * before * last
    return 2 * energy / len(samples) ** 2


def _is_loud(payload: bytes) -> bool:
    return sum(_LEVEL_OF[code] for code in payload) > _LOUD * len(payload)


class Sound(Protocol):
    """What a call wants of its media; ``Media`` is the usual one."""

    ear: Ear

    @property
    def port(self) -> int:
        """Where it is bound."""
        ...

    def aim(self, remote: tuple[str, int]) -> None:
        """Send to this address."""
        ...

    def start(self) -> None:
        """Begin to talk."""
        ...

    def stop(self) -> None:
        """Fall silent and give the port back."""
        ...

    async def close(self) -> None:
        """Stop, and wait until nothing runs any more."""
        ...

    async def press(self, key: str) -> None:
        """Press a key."""
        ...


class Media(asyncio.DatagramProtocol):
    """One media socket: talks with one tone from ``start`` to ``stop``, listens all the time."""

    def __init__(self, tone_hz: int) -> None:
        self.ear = Ear()
        self._voice = tone(tone_hz)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: tuple[str, int] | None = None
        self._talk: asyncio.Task[None] | None = None
        self._keys: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._sequence = secrets.randbelow(1 << 15)
        self._stamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbits(32)

    @classmethod
    async def open(cls, host: str, tone_hz: int) -> Self:
        """Bind it to a free port."""
        loop = asyncio.get_running_loop()
        transport, media = await loop.create_datagram_endpoint(
            lambda: cls(tone_hz), local_addr=(host, 0)
        )
        media._transport = transport
        return media

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        is_ours = self._remote is None or addr == self._remote
        if is_ours and len(data) > 12 and data[1] & 0x7F == 0:
            self.ear.receive(self._loop.time(), data[12:])

    @property
    def port(self) -> int:
        """Where it is bound."""
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def aim(self, remote: tuple[str, int]) -> None:
        """Send to this address, and hear only it."""
        self._remote = remote

    def start(self) -> None:
        """Begin to talk; nothing if it talks already."""
        if self._talk is None:
            self._talk = self._loop.create_task(self._talk_on(), name=f"rtp-{self.port}")

    def stop(self) -> None:
        """Fall silent and give the port back; keys not pressed yet are dropped."""
        if self._talk:
            self._talk.cancel()
        for _, done in self._keys:
            _finish(done)
        if self._transport:
            self._transport.close()

    async def close(self) -> None:
        """Stop, and wait until nothing runs any more."""
        self.stop()
        if self._talk:
            await asyncio.wait([self._talk])

    async def press(self, key: str) -> None:
        """Press a key; returns when its tone and the pause after it, or the call, are over."""
        if self._talk is None or self._talk.done():
            raise RuntimeError("no call in which a key could be pressed")
        done: asyncio.Future[None] = self._loop.create_future()
        self._keys.append((key, done))
        await done

    async def _talk_on(self) -> None:
        next_at = self._loop.time()
        while True:
            if self._keys:
                next_at = await self._send_key(*self._keys.popleft(), next_at)
                continue
            self._send_voice()
            next_at = await self._tick(next_at)

    async def _tick(self, next_at: float) -> float:
        """Wait for the next packet's instant; after a stall go on from now, without a burst."""
        now = self._loop.time()
        next_at = max(next_at + _PACKET_S, now - 2 * _PACKET_S)
        await asyncio.sleep(next_at - now)
        return next_at

    def _send_voice(self) -> None:
        start = self._stamp % RATE_HZ
        payload = (self._voice + self._voice)[start : start + _SAMPLES]
        self._send(0, payload, self._stamp)
        self._stamp += _SAMPLES

    async def _send_key(self, key: str, done: asyncio.Future[None], next_at: float) -> float:
        try:
            next_at = await self._send_event(KEYS.index(key), next_at)
            await asyncio.sleep(_KEY_PAUSE_S)
        finally:
            _finish(done)
        return next_at + _KEY_PAUSE_S

    async def _send_event(self, code: int, next_at: float) -> float:
        """Send an event: growing while the key is down, its end three times (RFC 4733, 2.5)."""
        for number in range(1, _KEY_PACKETS + 3):
            end = 0x80 if number >= _KEY_PACKETS else 0
            length = min(number, _KEY_PACKETS) * _SAMPLES
            mark = 0x80 if number == 1 else 0
            self._send(EVENT_TYPE | mark, struct.pack("!BBH", code, end | 10, length), self._stamp)
            next_at = await self._tick(next_at)
        self._stamp += (_KEY_PACKETS + 2) * _SAMPLES
        return next_at

    def _send(self, kind: int, payload: bytes, stamp: int) -> None:
        head = (0x80, kind, self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, self._source)
        self._sequence += 1
        if self._transport and self._remote and not self._transport.is_closing():
            self._transport.sendto(struct.pack("!BBHII", *head) + payload, self._remote)


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
