"""The journal in memory: for tests, the simulation and the demo without a file.

Facts go through the same codec as on disk, so what folds here folds there.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from callcenter.adapters.codec import Codec
from callcenter.adapters.commits import Commits
from callcenter.core.call.facts import (
    CallArrived,
)
from callcenter.core.ids import Ms
from callcenter.ports.journal import Entry, Fact, JournalFailed, Recorded, Unreadable


@dataclass(frozen=True, slots=True)
class _Row:
    stream: str
    stored: tuple[str, int, bytes]
    closes: bool
    at: Ms
    call_number: int


@dataclass(slots=True)
class Disk:
    """What is durable: outlives the journal that wrote it, as a file does."""

    journal_id: str = field(default_factory=lambda: secrets.token_hex(16))
    rows: list[_Row] = field(default_factory=list)
    open_streams: dict[str, int] = field(default_factory=dict)
    """Stream to its first sequence."""
    snapshots: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    write_s: Callable[[], float] = lambda: 0.0
    """How long the next write takes, in seconds."""
    is_full: bool = False
    """Writes fail when the reserve is used up."""
    reserve: int = 0
    """How many facts there is room for when it is full."""

    def takes(self, rows: int) -> bool:
        """Say whether there is room for so many facts, and use it up."""
        if self.is_full:
            self.reserve -= rows
        return not self.is_full or self.reserve >= 0


class MemoryJournal:
    """Implements ``ports.journal.Journal`` on the running event loop, without threads.

    A turn becomes durable on the loop's next round, or when the disk has written it; what gathers
    meanwhile goes into the next write. Give the ``disk`` of one journal to the next to start again
    from what had been committed.
    """

    def __init__(self, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self._loop = asyncio.get_running_loop()
        self._codec = Codec()
        self._commits = Commits(len(self.disk.rows))
        self._pending: list[tuple[Sequence[_Row], Callable[[], None]]] = []
        self._writing: list[tuple[Sequence[_Row], Callable[[], None]]] = []
        """What the disk is being given."""
        self._closed = False

    @property
    def journal_id(self) -> str:
        """A random id, 32 hex digits."""
        return self.disk.journal_id

    @property
    def seq(self) -> int:
        """The highest sequence given out; perhaps not durable yet."""
        return len(self.disk.rows) + sum(len(rows) for rows, _ in self._pending)

    @property
    def has_failed(self) -> bool:
        """Nothing is recorded any more."""
        return self._commits.has_failed

    @property
    def waiting_count(self) -> int:
        """How many turns wait for the loop's next round."""
        return len(self._pending)

    @property
    def stuck_s(self) -> float:
        """0: a commit takes no time."""
        return 0.0

    def time_commits(self, heard: Callable[[float], None]) -> None:
        """Tell nothing: a commit takes no time."""

    def append(self, entries: Sequence[Entry], committed: Callable[[], None]) -> None:
        """Record the facts of one turn, all or none."""
        if self._closed:
            raise JournalFailed("The journal in memory is closed.")
        if self._commits.has_failed:
            return
        rows = [self._row(entry) for entry in entries]
        if not self._pending and not self._writing:
            self._loop.call_soon(self._write)
        self._pending.append((rows, committed))

    def break_down(self, reason: str) -> None:
        """Behave as if the next write had failed."""
        self._commits.fail(JournalFailed(reason))

    def die(self, *, written: bool) -> None:
        """Behave as when the process dies.

        Args:
            written: What is on its way to the disk gets there; what has only gathered never does.
        """
        rows = [row for turn, _ in self._writing for row in turn]
        if written and not self._commits.has_failed and self.disk.takes(len(rows)):
            for row in rows:
                self._store(row)
        self._writing = []
        self.break_down("The process is dead.")

    async def failed(self) -> JournalFailed:
        """Wait until a write fails, and return why."""
        return await self._commits.failed()

    async def flush(self) -> None:
        """Wait until all that was appended is durable; raises JournalFailed if it cannot be."""
        waiting = sum(len(rows) for rows, _ in (*self._writing, *self._pending))
        await self._commits.reach(self._commits.seq + waiting)

    async def last(self) -> tuple[int, Ms, int]:
        """Return the highest durable sequence, the latest instant and the highest call number."""
        rows = self.disk.rows
        latest = max((row.at for row in rows), default=0)
        return len(rows), latest, max((row.call_number for row in rows), default=0)

    async def read_open(self) -> AsyncIterator[Recorded | Unreadable]:
        """Yield the facts of all open streams, in order."""
        done = {stream: seq for stream, (seq, _) in self.disk.snapshots.items()}
        first = dict(self.disk.open_streams)
        snapshots = sorted((seq, name, body) for name, (seq, body) in self.disk.snapshots.items())
        for seq, row in enumerate(list(self.disk.rows), start=1):
            while snapshots and snapshots[0][0] <= seq:
                for found in self._codec.decode_snapshot(*snapshots.pop(0)):
                    yield found
            if row.stream in first and seq > done.get(row.stream, first[row.stream] - 1):
                yield self._codec.decode(seq, row.stream, row.stored)
        for snapshot in snapshots:
            for found in self._codec.decode_snapshot(*snapshot):
                yield found

    async def read_stream(self, stream: str) -> AsyncIterator[Recorded | Unreadable]:
        """Yield all facts of one stream, in order."""
        for seq, row in enumerate(list(self.disk.rows), start=1):
            if row.stream == stream:
                yield self._codec.decode(seq, stream, row.stored)

    async def read_after(self, seq: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return up to ``limit`` committed facts after a sequence, in order."""
        rows = self.disk.rows[seq : seq + limit]
        return [
            self._codec.decode(number, row.stream, row.stored)
            for number, row in enumerate(rows, start=seq + 1)
        ]

    async def wait_beyond(self, seq: int) -> None:
        """Wait until a fact after this sequence is committed; raises JournalFailed."""
        await self._commits.reach(seq + 1)

    async def save_snapshot(self, stream: str, seq: int, facts: Sequence[Fact]) -> None:
        """Keep facts that rebuild an open stream as of ``seq``."""
        body = self._codec.encode_snapshot(facts)
        await self.flush()
        if stream in self.disk.open_streams:
            self.disk.snapshots[stream] = (seq, body)

    async def close(self) -> None:
        """Commit what was appended; again does nothing."""
        if not self._closed and not self._commits.has_failed:
            self._writing, self._pending = [*self._writing, *self._pending], []
            self._commit()
            await asyncio.sleep(0)
        self._closed = True

    def _row(self, entry: Entry) -> _Row:
        fact = entry.fact
        number = fact.number if isinstance(fact, CallArrived) else 0
        return _Row(entry.stream, self._codec.encode(fact), entry.closes, fact.at, number)

    def _write(self) -> None:
        if self._commits.has_failed or self._writing or not self._pending:
            return
        self._writing, self._pending = self._pending, []
        takes_s = self.disk.write_s()
        if takes_s > 0:
            self._loop.call_later(takes_s, self._commit)
        else:
            self._commit()

    def _commit(self) -> None:
        if self._commits.has_failed or not self._writing:
            return
        if not self.disk.takes(sum(len(rows) for rows, _ in self._writing)):
            self.break_down("The disk in memory is full.")
            return
        turns, self._writing = self._writing, []
        for rows, _ in turns:
            for row in rows:
                self._store(row)
        self._commits.advance(len(self.disk.rows), [committed for _, committed in turns])
        if self._pending:
            self._loop.call_soon(self._write)

    def _store(self, row: _Row) -> None:
        self.disk.rows.append(row)
        self.disk.open_streams.setdefault(row.stream, len(self.disk.rows))
        if row.closes:
            del self.disk.open_streams[row.stream]
            self.disk.snapshots.pop(row.stream, None)
