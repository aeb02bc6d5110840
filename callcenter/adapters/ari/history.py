"""What is remembered of channels between their messages: those that are there, and the last gone.

A channel that is gone is remembered for a while, because messages about it are still under way: its
end is told twice, its start may be, and a command may be answered late.
"""

from typing import TypeVar

from callcenter.core.ids import Ms

T = TypeVar("T")

RANG = 1
ANSWERED = 2
ENDED_BY_US = 4
HANGUP_SEEN = 8
GONE = 16
RELEASED = 32
"""We gave the caller back to the dialplan."""

REMEMBERED = 20_000
"""Channels; beyond them the ones noted longest ago are forgotten."""
GONE_REMEMBERED = 4_000
"""Channels that are gone: a minute's of 30 calls a second; late messages are seconds late."""


class History:
    """By channel: the bits above, when it came in, and until when its lease is sure.

    Plain integers, for this is on the way of every message.
    """

    def __init__(self, limit: int = REMEMBERED, gone_limit: int = GONE_REMEMBERED) -> None:
        self._bits: dict[str, int] = {}
        self._gone: dict[str, None] = {}
        """In the order in which they went."""
        self._arrivals: dict[str, str] = {}
        self._leased_until: dict[str, Ms] = {}
        self._limit = limit
        self._gone_limit = gone_limit

    def __len__(self) -> int:
        return len(self._bits)

    @property
    def gone_count(self) -> int:
        """How many of the channels are gone."""
        return len(self._gone)

    def of(self, channel_id: str) -> int:
        """Return all that is remembered of a channel; 0 for nothing."""
        return self._bits.get(channel_id, 0)

    def note(self, channel_id: str, bits: int) -> int:
        """Add to what is remembered of a channel and return what was before."""
        before = self._bits.get(channel_id, 0)
        if before | bits != before:
            self._bits[channel_id] = before | bits
            if bits & ~before & GONE:
                self._note_gone(channel_id)
            if len(self._bits) > self._limit:
                self.forget(next(iter(self._bits)))
        return before

    def arrived(self, channel_id: str, timestamp: str) -> bool:
        """Note that a caller came in; return False if that very arrival was told before.

        A caller who was moved away and comes back starts anew.

        Args:
            channel_id: The caller's channel.
            timestamp: When it came in, as the PBX writes it; "" for unknown.
        """
        if timestamp and self._arrivals.get(channel_id) == timestamp:
            return False
        self.forget(channel_id)
        _put(self._arrivals, channel_id, timestamp, self._limit)
        return True

    def leased_until(self, channel_id: str) -> Ms:
        """Return until when a channel is surely kept, by the clock's elapsed time; 0: unknown."""
        return self._leased_until.get(channel_id, 0)

    def note_lease(self, channel_id: str, until: Ms) -> None:
        """Note until when a channel is surely kept, unless it is gone."""
        if not self.of(channel_id) & GONE:
            self._leased_until.pop(channel_id, None)
            _put(self._leased_until, channel_id, until, self._limit)

    def forget(self, channel_id: str) -> None:
        """Start anew with a channel."""
        self._bits.pop(channel_id, None)
        self._gone.pop(channel_id, None)
        self._arrivals.pop(channel_id, None)
        self._leased_until.pop(channel_id, None)

    def _note_gone(self, channel_id: str) -> None:
        self._leased_until.pop(channel_id, None)
        self._gone[channel_id] = None
        if len(self._gone) > self._gone_limit:
            self.forget(next(iter(self._gone)))


def _put(kept: dict[str, T], channel_id: str, value: T, limit: int) -> None:
    kept[channel_id] = value
    if len(kept) > limit:
        del kept[next(iter(kept))]
