"""Room on the journal's disk that is kept for when there is none: a file that can be deleted.

When a write finds the disk full, the file goes and the write is done again. Calls go on, and an
operator has time to make room; then the file is made again.
"""

import asyncio
import errno
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final, Never

from callcenter.ports.reports import Reports

_LOOK_EVERY_S: Final = 2.0
_TINY_BYTES: Final = 1 << 20
"""With less room than this an unspecific error of the disk is taken for a full one."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskReserve:
    """The file, and whether it is there; ``spend`` may be called on any thread."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        """Look whether it is there.

        Args:
            path: The file, on the disk that it is for.
            size_bytes: How much room it keeps.
        """
        self._path = path
        self._size = size_bytes
        self._is_there = self._is_whole()

    @property
    def is_there(self) -> bool:
        """Whether there is room left to give."""
        return self._is_there

    @property
    def size_bytes(self) -> int:
        """How much room is kept now."""
        return self._size if self._is_there else 0

    @property
    def trouble(self) -> str:
        """Why there is none, for people; "" while there is."""
        if self._is_there:
            return ""
        return (
            f"The disk of {self._path.parent} is full, and the room that is kept for the journal "
            f"is in use: make room, {2 * self._size >> 20} MiB at least, or the service ends."
        )

    def spend(self, error: BaseException | None) -> bool:
        """Give the room away if an error says that there is no other.

        Returns:
            Whether there is more room than before.
        """
        if not self._is_there or not self._means_full(error):
            return False
        self._is_there = False
        with suppress(OSError):
            self._path.unlink()
            return True
        return False

    def fill(self) -> bool:
        """Make the file if there is room for it and as much again; return whether it is there."""
        if not self._is_there:
            with suppress(OSError):
                if shutil.disk_usage(self._path.parent).free >= 2 * self._size:
                    self._make()
        return self._is_there

    def _make(self) -> None:
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        self._is_there = True

    def _is_whole(self) -> bool:
        try:
            found = self._path.stat()
        except OSError:
            return False
        return found.st_size == self._size <= found.st_blocks * 512

    def _means_full(self, error: BaseException | None) -> bool:
        if isinstance(error, OSError):
            return error.errno in _FULL
        if not isinstance(error, sqlite3.Error):
            return False
        # Later libraries put more into the code: the lowest byte is the kind.
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            with suppress(OSError):
                return shutil.disk_usage(self._path.parent).free < _TINY_BYTES
        return kind == sqlite3.SQLITE_FULL


async def keep_reserve(reserve: DiskReserve, reports: Reports) -> Never:
    """Tell when the room is given away, and keep it again when there is some; for ever."""
    was_there = True
    while True:
        is_there = await asyncio.to_thread(reserve.fill)
        if was_there and not is_there:
            reports.fault("the journal's disk is full: it lives on its reserve; make room")
        elif is_there and not was_there:
            reports.note("the journal's reserve is there again")
        was_there = is_there
        await asyncio.sleep(_LOOK_EVERY_S)
