"""The journal of a node in one SQLite file.

Sequences are given out on the event loop; one thread writes them in that order, so the file never
has a gap. A turn counts as having happened only when its ``committed`` was called: after a crash
the file ends with a whole turn, and every turn that was acknowledged is in it (WAL with
synchronous=FULL: https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from callcenter.adapters.codec import Codec
from callcenter.adapters.commits import Commits
from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.journal_file import FileLock, Header, JournalUnusable
from callcenter.adapters.sql.journal_writer import Row, Turn, Writer
from callcenter.adapters.sql.sqlite_file import START_LIMIT_S
from callcenter.core.call.facts import (
    CallArrived,
)
from callcenter.core.ids import Ms
from callcenter.ports.journal import Entry, Fact, JournalFailed, Recorded, Unreadable

_CHUNK = 1_000
_FACT = "f.seq, f.stream, f.kind, f.version, CAST(f.body AS BLOB)"
_READ_STREAM = f"SELECT {_FACT} FROM fact f WHERE f.stream = ? ORDER BY f.seq"  # noqa: S608
_READ_AFTER = f"SELECT {_FACT} FROM fact f WHERE f.seq > ? ORDER BY f.seq LIMIT ?"  # noqa: S608
# Snapshots come in their place in the order, as rows of version 0.
_READ_OPEN = f"""
    SELECT s.seq, s.stream, 'snapshot', 0, CAST(s.body AS BLOB)
      FROM snapshot s JOIN open_stream o ON o.stream = s.stream
    UNION ALL
    SELECT {_FACT}
      FROM open_stream o
      LEFT JOIN snapshot s ON s.stream = o.stream
      CROSS JOIN fact f ON f.stream = o.stream AND f.seq > coalesce(s.seq, o.first_seq - 1)
    ORDER BY 1, 4
"""  # noqa: S608


class SqliteJournal:
    """Implements ``ports.journal.Journal``; make one with ``open``."""

    def __init__(
        self,
        path: Path,
        lock: FileLock,
        connection: sqlite3.Connection,
        header: Header,
        make_room: Callable[[Exception], bool],
    ) -> None:
        self._path = path
        self._lock = lock
        self._codec = Codec()
        self._header = header
        self._seq = header.last_seq
        self._last_at = header.last_at
        self._last_call_number = header.last_call_number
        self._open_streams = {
            stream for (stream,) in connection.execute("SELECT stream FROM open_stream")
        }
        self._commits = Commits(header.last_seq)
        self._loop = asyncio.get_running_loop()
        self._reader = ThreadPoolExecutor(1, "journal-reader")
        self._reading = journal_file.connect(path, read_only=True)
        self._writer = Writer(connection, self._report_commit, self._report_failure, make_room)
        self._closed = False

    @classmethod
    async def open(
        cls, path: Path, make_room: Callable[[Exception], bool] | None = None
    ) -> "SqliteJournal":
        """Open a journal for this process alone, making it if there is none.

        Args:
            path: The file.
            make_room: Called, perhaps on a thread, for each write that failed; whether there is
                room now, and the write is to be tried once more. None: there never is.

        Raises:
            JournalUnusable: In use, damaged, not writable; the message says what to do.
        """
        with journal_file.explaining(path):
            room = make_room or _no_room
            lock = FileLock(path)
            try:
                connection, header = await asyncio.to_thread(_open, path, room)
                return cls(path, lock, connection, header, room)
            except BaseException:
                lock.release()
                raise

    @property
    def journal_id(self) -> str:
        """A random id, 32 hex digits, new when the journal was created or restored."""
        return self._header.journal_id

    @property
    def seq(self) -> int:
        """The highest sequence given out; perhaps not durable yet."""
        return self._seq

    @property
    def has_failed(self) -> bool:
        """Nothing is recorded any more."""
        return self._commits.has_failed

    @property
    def waiting_count(self) -> int:
        """How many turns wait for a commit to begin."""
        return self._writer.waiting_count

    @property
    def stuck_s(self) -> float:
        """How long the commit at hand has been taking; 0 between commits."""
        return self._writer.stuck_s

    def time_commits(self, heard: Callable[[float], None]) -> None:
        """Have the duration of each commit told, in seconds; on a thread."""
        self._writer.timed = heard

    def append(self, entries: Sequence[Entry], committed: Callable[[], None]) -> None:
        """Record the facts of one turn, all or none."""
        if self._closed:
            raise JournalFailed(f"The journal {self._path} is closed.")
        if self._commits.has_failed:
            return
        # All are encoded before anything changes: one that cannot be drops the whole turn.
        stored = [self._codec.encode(entry.fact) for entry in entries]
        rows: list[Row] = []
        opened: list[tuple[str, int]] = []
        closed: list[str] = []
        for entry, (kind, version, body) in zip(entries, stored, strict=True):
            self._seq += 1
            rows.append((self._seq, entry.stream, entry.fact.at, kind, version, body))
            self._note(entry, opened, closed)
        self._put(rows, opened, closed, committed)

    def _note(self, entry: Entry, opened: list[tuple[str, int]], closed: list[str]) -> None:
        fact = entry.fact
        self._last_at = max(self._last_at, fact.at)
        if type(fact) is CallArrived:
            self._last_call_number = max(self._last_call_number, fact.number)
        if entry.stream not in self._open_streams:
            self._open_streams.add(entry.stream)
            opened.append((entry.stream, self._seq))
        if entry.closes:
            self._open_streams.discard(entry.stream)
            closed.append(entry.stream)

    def _put(
        self,
        rows: Sequence[Row],
        opened: Sequence[tuple[str, int]],
        closed: Sequence[str],
        committed: Callable[[], None],
        snapshot: tuple[str, int, bytes] | None = None,
    ) -> None:
        last = (self._last_at, self._last_call_number)
        self._writer.put(Turn(self._seq, rows, opened, closed, *last, committed, snapshot))

    def _report_commit(self, seq: int, callbacks: Sequence[Callable[[], None]]) -> None:
        self._loop.call_soon_threadsafe(self._commits.advance, seq, callbacks)

    def _report_failure(self, error: Exception) -> None:
        reason = JournalFailed(journal_file.explain(self._path, error))
        reason.__cause__ = error
        self._loop.call_soon_threadsafe(self._commits.fail, reason)

    async def failed(self) -> JournalFailed:
        """Wait until a write fails, and return why."""
        return await self._commits.failed()

    async def flush(self) -> None:
        """Wait until all that was appended is durable; raises JournalFailed if it cannot be."""
        await self._commits.reach(self._seq)

    async def last(self) -> tuple[int, Ms, int]:
        """Return the highest durable sequence, the latest instant and the highest call number."""
        header = await self._read(journal_file.read_header, self._reading, self._path)
        return header.last_seq, header.last_at, header.last_call_number

    def read_open(self) -> AsyncIterator[Recorded | Unreadable]:
        """Yield the facts of all open streams from one consistent view, in order."""
        return self._stream_rows(_READ_OPEN, ())

    def read_stream(self, stream: str) -> AsyncIterator[Recorded | Unreadable]:
        """Yield all facts of one stream, in order."""
        return self._stream_rows(_READ_STREAM, (stream,))

    async def read_after(self, seq: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return up to ``limit`` committed facts after a sequence, in order."""
        query = partial(self._reading.execute, _READ_AFTER, (seq, limit))
        rows = await self._read(lambda: query().fetchall())
        return [found for row in rows for found in self._decode(row)]

    async def wait_beyond(self, seq: int) -> None:
        """Wait until a fact after this sequence is committed; raises JournalFailed."""
        await self._commits.reach(seq + 1)

    async def save_snapshot(self, stream: str, seq: int, facts: Sequence[Fact]) -> None:
        """Keep facts that rebuild an open stream as of ``seq``, and wait until they are durable."""
        body = self._codec.encode_snapshot(facts)
        saved = self._loop.create_future()
        self._put((), (), (), partial(_settle, saved), (stream, seq, body))
        failure = asyncio.ensure_future(self._commits.failed())
        try:
            await asyncio.wait((saved, failure), return_when=asyncio.FIRST_COMPLETED)
            if not saved.done():
                raise failure.result()
        finally:
            failure.cancel()

    async def close(self) -> None:
        """Write what was appended and release the file; again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._writer.stop)
        await asyncio.to_thread(self._reader.shutdown)
        self._reading.close()
        self._lock.release()

    async def _read(self, read: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401
        with journal_file.explaining(self._path):
            return await self._loop.run_in_executor(self._reader, read, *args)

    async def _stream_rows(
        self, query: str, args: Sequence[str]
    ) -> AsyncIterator[Recorded | Unreadable]:
        # A connection of its own: its open cursor is a consistent view while others write.
        connection = await self._read(partial(journal_file.connect, self._path, read_only=True))
        try:
            cursor = await self._read(connection.execute, query, args)
            while rows := await self._read(cursor.fetchmany, _CHUNK):
                for found in chain.from_iterable(map(self._decode, rows)):
                    yield found
        finally:
            connection.close()

    def _decode(self, row: tuple[int, str, str, int, bytes]) -> Sequence[Recorded | Unreadable]:
        seq, stream, kind, version, body = row
        if version == 0:
            return self._codec.decode_snapshot(seq, stream, body)
        return (self._codec.decode(seq, stream, (kind, version, body)),)


def _open(path: Path, make_room: Callable[[Exception], bool]) -> tuple[sqlite3.Connection, Header]:
    try:
        return _open_sound(path)
    except JournalUnusable as error:
        if not isinstance(error.__cause__, Exception) or not make_room(error.__cause__):
            raise
    return _open_sound(path)


def _open_sound(path: Path) -> tuple[sqlite3.Connection, Header]:
    opened = journal_file.open_for_writing(path)
    try:
        journal_file.check_file(path, START_LIMIT_S)
    except BaseException:
        opened[0].close()
        raise
    return opened


def _no_room(_: Exception) -> bool:
    return False


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


__all__ = ["JournalUnusable", "SqliteJournal"]
