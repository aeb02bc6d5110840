"""What a journal has of one call: its own facts, and those of pools that name it.

A pool's facts are in a stream of their own, with all other calls' among them. They are looked
through only where the call waited: from entering a queue until an agent had it, or it went on.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from callcenter.adapters.codec import Codec
from callcenter.adapters.sql.journal_file import connect, explaining
from callcenter.core.ids import CallId
from callcenter.ports.journal import Recorded, Unreadable

_OWN = """
    SELECT seq, stream, kind, version, CAST(body AS BLOB) FROM fact WHERE stream = ? ORDER BY seq
"""
_POOLS = "SELECT DISTINCT stream FROM open_stream WHERE stream LIKE 'pool/%'"
_NAMING = """
    SELECT seq, stream, kind, version, CAST(body AS BLOB) FROM fact
     WHERE stream = ? AND seq BETWEEN ? AND ? AND instr(CAST(body AS TEXT), ?)
"""
_BEGIN = frozenset({"QueueEntered", "TalkEnded"})
_END = frozenset({"AgentConnected", "QueueExited", "CallEnded", "CallClosed"})
_OF_ONE_TURN = 200
"""Facts of a turn lie together: the pool's may follow the call's by so many."""
_LAST = 2**62
_AT_ONCE = 2
"""So many are looked for at a time: a long wait means a long look."""

Row = tuple[int, str, str, int, bytes]


class JournalFacts:
    """Implements ``ports.why.CallFacts`` on a journal's file, which may be in use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._codec = Codec()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def about(self, call_id: CallId) -> Sequence[Recorded | Unreadable]:
        """Return the facts of a call and those of pools that name it; raises JournalUnusable."""
        if not self._path.exists():
            return ()
        async with self._turns:
            rows = await asyncio.to_thread(self._rows, call_id)
        return [self._codec.decode(row[0], row[1], row[2:]) for row in rows]

    def _rows(self, call_id: CallId) -> list[Row]:
        with explaining(self._path), closing(connect(self._path, read_only=True)) as connection:
            own = connection.execute(_OWN, (f"call/{call_id}",)).fetchall()
            return sorted({*own, *_of_pools(connection, call_id, own)})


def _of_pools(connection: sqlite3.Connection, call_id: CallId, own: Sequence[Row]) -> Iterator[Row]:
    pools = [stream for (stream,) in connection.execute(_POOLS)]
    for first, last in _waits(own):
        for stream in pools:
            yield from connection.execute(_NAMING, (stream, first, last, call_id))


def _waits(own: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield from where to where in the journal the call waited."""
    first: int | None = None
    for seq, _, kind, _, _ in own:
        if first is not None and kind in _END:
            yield first, seq + _OF_ONE_TURN
            first = None
        if first is None and kind in _BEGIN:
            first = seq
    if first is not None:
        yield first, _LAST
