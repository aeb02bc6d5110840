"""Nothing is read late while there is time, and nothing important is lost when there is none."""

import asyncio
import json

import pytest

from callcenter.adapters.ari.inbox import SLICE, Inbox

LATER = 1_000


def message(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, **fields}).encode()


OFFER = message("CallBroadcast", channel={"id": "1.2", "state": "Ring"})
START = message("StasisStart", channel={"id": "1.2", "state": "Ring"})
UP = message("ChannelStateChange", channel={"id": "1.2", "state": "Up"})
RINGS = message("ChannelStateChange", channel={"id": "1.2", "state": "Ringing"})
DIALS = message("Dial", dialstatus="")
DIAL_RINGS = message("Dial", dialstatus="RINGING")


class Reader:
    def __init__(self, most: int = 10_000) -> None:
        self.read: list[bytes] = []
        self.inbox = Inbox(self.take, most)

    def take(self, raw: bytes) -> None:
        if raw == b"bad":
            raise RuntimeError("cannot be read")
        self.read.append(raw)

    def fill(self, count: int, raw: bytes = START) -> None:
        """Let so many messages wait."""
        for _ in range(SLICE + count):
            self.inbox.put(raw)
        self.read.clear()


async def test_a_message_is_read_at_once_while_nothing_waits():
    reader = Reader()
    reader.inbox.put(START)
    assert reader.read == [START]


async def test_a_burst_is_read_in_slices_in_order_and_others_have_their_turn():
    reader = Reader()
    burst = [message("StasisStart", number=number) for number in range(5 * SLICE)]
    for raw in burst:
        reader.inbox.put(raw)
    turns = []
    while len(reader.inbox):
        turns.append(len(reader.read))
        await asyncio.sleep(0)
    assert turns == [SLICE * n for n in range(1, 5)]
    assert reader.read == burst


async def test_from_half_full_on_only_what_others_tell_too_is_dropped():
    reader = Reader(most=100)
    reader.fill(50)
    for raw in (UP, DIALS, RINGS, DIAL_RINGS, OFFER, START, b"{"):
        reader.inbox.put(raw)
    reader.inbox.finish()
    assert reader.read[50:] == [RINGS, DIAL_RINGS, OFFER, START, b"{"]
    assert reader.inbox.dropped == {"cosmetic": 2, "offer": 0, "full": 0}


async def test_from_four_fifths_on_offered_calls_are_left_to_the_fallback():
    reader = Reader(most=100)
    reader.fill(80)
    reader.inbox.put(OFFER)
    reader.inbox.put(START)
    assert (len(reader.inbox), reader.inbox.dropped["offer"]) == (81, 1)


async def test_when_it_is_full_the_connection_is_given_up():
    reader = Reader(most=100)
    reader.fill(100)
    with pytest.raises(ConnectionError, match="100 events wait"):
        reader.inbox.put(START)
    assert len(reader.inbox) == 100


async def test_what_reading_raises_later_ends_the_connection_at_the_next_message():
    reader = Reader()
    reader.fill(2)
    reader.inbox.put(b"bad")
    reader.inbox.put(START)
    await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError, match="cannot be read"):
        reader.inbox.put(START)


async def test_the_end_of_the_socket_tells_it_too():
    reader = Reader()
    reader.fill(2)
    reader.inbox.put(b"bad")
    await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError):
        reader.inbox.finish()
    reader.inbox.clear()
    reader.inbox.put(START)
    assert reader.read[-1] == START
