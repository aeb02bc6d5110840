"""What is remembered of channels between their messages: a few bits each, bounded."""

RANG = 1
ANSWERED = 2
ENDED_BY_US = 4
HANGUP_SEEN = 8
GONE = 16
RELEASED = 32
"""We gave the caller back to the dialplan."""

REMEMBERED = 20_000
"""Channels; beyond them the ones noted longest ago are forgotten."""


class History:
    """The bits above, by channel id. Plain integers, for this is on the way of every message."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._bits: dict[str, int] = {}
        self._limit = limit

    def __len__(self) -> int:
        return len(self._bits)

    def of(self, channel_id: str) -> int:
        """Return all that is remembered of a channel; 0 for nothing."""
        return self._bits.get(channel_id, 0)

    def note(self, channel_id: str, bits: int) -> int:
        """Add to what is remembered of a channel and return what was before."""
        before = self._bits.get(channel_id, 0)
        if before | bits != before:
            self._bits[channel_id] = before | bits
            if len(self._bits) > self._limit:
                del self._bits[next(iter(self._bits))]
        return before

    def forget(self, channel_id: str) -> None:
        """Start anew with a channel."""
        self._bits.pop(channel_id, None)
