"""What the PBX has sent and nobody has read yet: bounded, and the socket is never left unread.

Asterisk closes an event socket that does not take a message within 100 ms. So the reader only puts
messages here, and they are read in slices, between which the reader and all others have their turn.
While nothing has gathered, a message is read at once.

What happens as it fills up: from half on, messages are dropped that only confirm what others tell;
from four fifths on, calls that are offered (they go to the fallback). When it is full the socket is
closed and opened again, and the snapshot that follows tells what was missed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

MOST: Final = 10_000
COSMETIC_SHARE: Final = 0.5
OFFERS_SHARE: Final = 0.8
SLICE: Final = 32
"""Messages that are read in one go: about 10 ms of work."""


class _ChannelState(msgspec.Struct, frozen=True, gc=False):
    state: str = ""


class _Peek(msgspec.Struct, frozen=True, gc=False):
    type: str
    dialstatus: str = ""
    channel: _ChannelState = _ChannelState()


_peek = msgspec.json.Decoder(_Peek).decode


class Inbox:
    """The messages of one event socket, in order."""

    def __init__(self, read: Callable[[bytes], None], most: int = MOST) -> None:
        """Start empty.

        Args:
            read: Reads one message; what it raises goes to whoever put a message, at the next one.
            most: How many may wait.
        """
        self._read = read
        self.most = most
        self._waiting: deque[bytes] = deque()
        self._left_of_slice = SLICE
        self._is_planned = False
        self._failure: Exception | None = None
        self.dropped = {"cosmetic": 0, "offer": 0, "full": 0}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, raw: bytes) -> None:
        """Take a message.

        Raises:
            ConnectionError: It is full: connect again.
            Exception: What reading an earlier message raised.
        """
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if not self._is_planned:
            self._is_planned = True
            asyncio.get_running_loop().call_soon(self._next_slice)
        if self._left_of_slice and not self._waiting:
            self._left_of_slice -= 1
            self._read(raw)
        elif self._has_room(raw):
            self._waiting.append(raw)

    def finish(self) -> None:
        """Read all that waits: the socket is gone. Raises what reading raised."""
        while self._waiting:
            self._read(self._waiting.popleft())
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def clear(self) -> None:
        """Forget all that waits."""
        self._waiting.clear()
        self._failure = None

    def _next_slice(self) -> None:
        self._left_of_slice = SLICE
        self._is_planned = bool(self._waiting)
        if not self._waiting:
            return
        asyncio.get_running_loop().call_soon(self._next_slice)
        try:
            while self._waiting and self._left_of_slice:
                self._left_of_slice -= 1
                self._read(self._waiting.popleft())
        except Exception as error:  # noqa: BLE001 - raised where the socket is read
            self._failure = error

    def _has_room(self, raw: bytes) -> bool:
        waiting = len(self._waiting)
        if waiting < self.most * COSMETIC_SHARE:
            return True
        if waiting >= self.most:
            self.dropped["full"] += 1
            raise ConnectionError(f"{waiting} events wait to be read; the service is too slow")
        why = _why_dropped(raw, drops_offers=waiting >= self.most * OFFERS_SHARE)
        if why:
            self.dropped[why] += 1
        return not why


def _why_dropped(raw: bytes, *, drops_offers: bool) -> str:
    """Return "cosmetic" or "offer" for what can be done without, else ""."""
    try:
        message = _peek(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    match message.type:
        case "Dial":
            return "" if message.dialstatus == "RINGING" else "cosmetic"
        case "ChannelStateChange":
            return "" if message.channel.state == "Ringing" else "cosmetic"
        case "CallBroadcast":
            return "offer" if drops_offers else ""
        case _:
            return ""
