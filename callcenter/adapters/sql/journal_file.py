"""The journal's file: its tables, who may open it, and what to say when it cannot be used."""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from callcenter.adapters.sql import sqlite_file
from callcenter.ports.journal import JournalFailed

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE meta (
    journal_id TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    last_call_number INTEGER NOT NULL
);
CREATE TABLE fact (
    seq INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX fact_stream ON fact (stream);
CREATE TABLE open_stream (stream TEXT PRIMARY KEY, first_seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE snapshot (
    stream TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
"""


class JournalUnusable(JournalFailed):
    """The journal's file cannot be opened or read; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a journal says of itself."""

    journal_id: str
    last_seq: int
    last_at: int
    last_call_number: int


class FileLock:
    """One process per journal: a lock on a file beside it, let go by the system if we die."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode(errors="replace").strip() or "unknown"
            os.close(self._descriptor)
            raise JournalUnusable(
                f"The journal {path} is in use by process {holder}. Stop that process, or give "
                f"this node a journal of its own."
            ) from None
        with suppress(OSError):  # a full disk; who holds it is only for messages
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, str(os.getpid()).encode())

    def release(self) -> None:
        """Let the next process in. The lock file stays: removing it would race with an opener."""
        os.close(self._descriptor)


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn errors of the file into JournalUnusable with advice."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise JournalUnusable(explain(path, error)) from error


def explain(path: Path, error: Exception) -> str:
    """Return a sentence that says where, what, and what to do."""
    return f"The journal {path} cannot be used: {error}. {_advice(path, str(error).lower())}"


def _advice(path: Path, error: str) -> str:
    if not path.parent.is_dir():
        return f"The folder {path.parent} does not exist: create it, or set another path."
    if "locked" in error:
        return "Another program holds it: close what reads it (a backup, a database browser)."
    if "full" in error or "no space" in error or "disk i/o" in error:
        return "Free some space on its disk and look for disk errors, then start again."
    if "malformed" in error or "not a database" in error or "no such table" in error:
        return (
            "The file is damaged or is no journal: restore the last backup "
            "(callcenter db restore FOLDER --only journal)."
        )
    return f"Check that the user of the service may write {path} and its folder."


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection without implicit transactions, usable from any one thread at a time."""
    connection = sqlite_file.connect(path, read_only=read_only)
    # A damaged text must reach the codec, which reports it as unreadable.
    # Sorting must not need room on a disk.
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def open_for_writing(path: Path) -> tuple[sqlite3.Connection, Header]:
    """Open the journal, making it if there is none.

    Raises:
        JournalUnusable: No such folder, no permission, no journal, damaged, or a newer layout.
    """
    with explaining(path):
        connection = connect(path)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                _create(connection)
            header = read_header(connection, path)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection, header


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO meta VALUES (?, ?, 0, 0, 0)", (secrets.token_hex(16), SCHEMA_VERSION)
    )


def read_header(connection: sqlite3.Connection, path: Path) -> Header:
    """Return the header of an open journal."""
    row = connection.execute(
        "SELECT schema_version, journal_id, last_seq, last_at, last_call_number FROM meta"
    ).fetchone()
    if row is None:
        raise JournalUnusable(explain(path, sqlite3.DatabaseError("malformed: no header")))
    if row[0] != SCHEMA_VERSION:
        raise JournalUnusable(
            f"The journal {path} has layout {row[0]}, this program knows {SCHEMA_VERSION}. "
            "Start the version of the service that wrote it."
        )
    return Header(*row[1:])


def header_of(path: Path) -> Header:
    """Return the header of a journal that may be in use; raises JournalUnusable."""
    with explaining(path), closing(connect(path, read_only=True)) as connection:
        return read_header(connection, path)


def check_file(path: Path, limit_s: float | None = None) -> bool:
    """Read every page of a journal that may be in use.

    Args:
        path: The journal.
        limit_s: After so many seconds it is left at that; None for no limit.

    Returns:
        Whether all pages were read.

    Raises:
        JournalUnusable: A page is bad, or it is no journal.
    """
    header_of(path)
    with explaining(path):
        return sqlite_file.check_pages(path, limit_s)


def renew_id(path: Path) -> str:
    """Give a journal that was copied an id of its own: it does not know what came after the copy.

    Call numbers are given out again from where the copy ends, and the ids of what is made for a
    call follow from the journal's id: under the old one they could name what is there already.
    """
    journal_id = secrets.token_hex(16)
    with explaining(path), closing(connect(path)) as connection:
        connection.execute("UPDATE meta SET journal_id = ?", (journal_id,))
    return journal_id
