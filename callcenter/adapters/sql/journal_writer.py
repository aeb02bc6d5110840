"""The one thread that writes the journal: what gathered while it wrote makes the next commit."""

import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

Row = tuple[int, str, int, str, int, bytes]
"""seq, stream, at, kind, version, body."""

_COLUMNS = 6
_FAILURES = (sqlite3.Error, OSError, ValueError, OverflowError)
# One statement lets go of the interpreter lock once, not once a row: with a busy event loop each
# time costs up to a switch interval (5 ms). Powers of two keep the statement cache small.
_MOST_ROWS = 256
_INSERTS = {
    2**power: "INSERT INTO fact VALUES " + ",".join(["(?,?,?,?,?,CAST(? AS TEXT))"] * 2**power)  # noqa: S608
    for power in range(_MOST_ROWS.bit_length())
}


@dataclass(slots=True)
class Turn:
    """What is written together or not at all."""

    seq: int
    """The highest sequence once this is durable."""
    rows: Sequence[Row]
    opened: Sequence[tuple[str, int]]
    """Streams that begin here, with their first sequence."""
    closed: Sequence[str]
    last_at: int
    last_call_number: int
    committed: Callable[[], None]
    snapshot: tuple[str, int, bytes] | None = None


class Writer:
    """Owns the writing connection and its thread."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        on_commit: Callable[[int, Sequence[Callable[[], None]]], None],
        on_failure: Callable[[Exception], None],
        make_room: Callable[[Exception], bool],
    ) -> None:
        """Begin to write.

        Args:
            connection: The journal; it is closed at the end.
            on_commit: Called on the thread with the sequence that is durable now, and what the
                turns want called.
            on_failure: Called on the thread when a write failed; nothing is written after that.
            make_room: Called on the thread for a write that failed; whether to try once more.
        """
        self._connection = connection
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._make_room = make_room
        self.timed: Callable[[float], None] = _unheard
        """Called on the thread with the seconds that each commit took."""
        self._committing_since: float | None = None
        self._turns: queue.SimpleQueue[Turn | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def put(self, turn: Turn) -> None:
        """Queue a turn; never blocks."""
        self._turns.put(turn)

    @property
    def waiting_count(self) -> int:
        """How many turns wait for a commit to begin."""
        return self._turns.qsize()

    @property
    def stuck_s(self) -> float:
        """How long the commit at hand has been taking; 0 between commits."""
        since = self._committing_since
        return 0.0 if since is None else monotonic() - since

    def stop(self) -> None:
        """Write what is queued, end the thread and close the connection. Blocks."""
        self._turns.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        group, running = self._gather()
        while group or running:
            if group:
                began = self._committing_since = monotonic()
                try:
                    self._commit(group)
                except _FAILURES as error:
                    self._on_failure(error)
                    return
                self._committing_since = None
                self.timed(monotonic() - began)
                self._on_commit(group[-1].seq, [turn.committed for turn in group])
            if not running:
                return
            group, running = self._gather()

    def _commit(self, group: Sequence[Turn]) -> None:
        try:
            _commit(self._connection, group)
        except _FAILURES as error:
            if not self._make_room(error):
                raise
            _commit(self._connection, group)

    def _gather(self) -> tuple[list[Turn], bool]:
        """Return what is queued, at least one turn, and whether more may come."""
        group: list[Turn] = []
        turn = self._turns.get()
        while turn is not None:
            group.append(turn)
            try:
                turn = self._turns.get_nowait()
            except queue.Empty:
                return group, True
        return group, False


def _unheard(_: float) -> None:
    """Tell nobody."""


def _commit(connection: sqlite3.Connection, group: Sequence[Turn]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        _insert(connection, [row for turn in group for row in turn.rows])
        _mark_streams(connection, group)
        for turn in group:
            if turn.snapshot is not None:
                _keep_snapshot(connection, turn.snapshot)
        last = group[-1]
        connection.execute(
            "UPDATE meta SET last_seq = ?, last_at = ?, last_call_number = ?",
            (last.seq, last.last_at, last.last_call_number),
        )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    start = 0
    while start < len(rows):
        count = min(_MOST_ROWS, 1 << ((len(rows) - start).bit_length() - 1))
        values = [value for row in rows[start : start + count] for value in row]
        connection.execute(_INSERTS[count], values)
        start += count


def _mark_streams(connection: sqlite3.Connection, group: Sequence[Turn]) -> None:
    opened = dict(stream for turn in group for stream in turn.opened)
    for turn in group:
        for stream in turn.closed:
            # Most calls outlive a group, but one that came and went within it leaves no trace.
            if opened.pop(stream, None) is None:
                connection.execute("DELETE FROM open_stream WHERE stream = ?", (stream,))
                connection.execute("DELETE FROM snapshot WHERE stream = ?", (stream,))
    if opened:
        connection.executemany("INSERT OR REPLACE INTO open_stream VALUES (?, ?)", opened.items())


def _keep_snapshot(connection: sqlite3.Connection, snapshot: tuple[str, int, bytes]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO snapshot SELECT stream, ?2, CAST(?3 AS TEXT) FROM open_stream "
        "WHERE stream = ?1",
        snapshot,
    )
