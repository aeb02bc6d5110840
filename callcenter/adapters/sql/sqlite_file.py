"""An SQLite file as a whole: looked through for damage, copied while it is used, put in place.

The file's log lies beside it, so a running database is never copied or moved by its file alone
(https://www.sqlite.org/howtocorrupt.html).
"""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_BESIDE = ("-wal", "-shm")
START_LIMIT_S = 0.5
"""For looking through a file at a start, which callers wait for: some 200 MB."""
_BUSY_S = 5.0
_INTERRUPT_EVERY_S = 0.01


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection without implicit transactions, usable from any one thread at a time."""
    mode = "ro" if read_only else "rwc"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_S,
    )


def check_pages(path: Path, limit_s: float | None = None) -> bool:
    """Read every page of a database that may be in use.

    Args:
        path: The database.
        limit_s: After so many seconds it is left at that; None for no limit.

    Returns:
        Whether all pages were read.

    Raises:
        sqlite3.DatabaseError: A page is bad; the text says which.
    """
    with closing(connect(path, read_only=True)) as connection, _at_most(connection, limit_s):
        try:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return False
            raise
    if verdict == "ok":
        return True
    if "interrupted" in verdict:
        return False
    raise sqlite3.DatabaseError(f"malformed: {' '.join(verdict.split())}")


@contextmanager
def _at_most(connection: sqlite3.Connection, limit_s: float | None) -> Iterator[None]:
    if limit_s is None:
        yield
        return
    is_done = threading.Event()

    def interrupt() -> None:
        is_done.wait(limit_s)
        while not is_done.wait(_INTERRUPT_EVERY_S):  # one that comes too early is forgotten
            connection.interrupt()

    thread = threading.Thread(target=interrupt, name="quick-check-limit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def copy_in_use(path: Path, copy: Path) -> None:
    """Copy a database that others may be writing, as it is at one instant, and make it durable.

    It is one step, so that writers can go on and need not be waited for: a copy in several steps
    begins anew after each commit of somebody else.
    """
    with closing(connect(path, read_only=True)) as source, closing(connect(copy)) as target:
        source.backup(target)
        # One file alone, which can be read where nothing can be written.
        target.execute("PRAGMA journal_mode=DELETE")
    copy.chmod(0o600)
    sync(copy)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_away(path: Path, mark: str) -> Path | None:
    """Rename a database that nobody uses, with its log, so that it can still be opened.

    Args:
        path: The database.
        mark: What is put behind its name.

    Returns:
        Its new name; None if there was none.
    """
    away = path.with_name(f"{path.name}.{mark}")
    is_there = path.exists()
    # The file goes first: without its log it would be taken for whole.
    for end in ("", *_BESIDE):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(away.with_name(away.name + end))
    return away if is_there else None


def give_to_owner(path: Path) -> None:
    """Let a file belong to whom its folder belongs to, if we are root: the service must read it."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        shutil.chown(path, owner.st_uid, owner.st_gid)


def put_in_place(staged: Path, path: Path) -> None:
    """Give a database its name, and to the owner of the folder."""
    give_to_owner(staged)
    staged.rename(path)
    sync(path.parent)
