"""Backups: a folder with copies of the journal and, if it is a file, of the CRM database.

The CRM database is copied first. So the copy of the journal has all that the copy of the database
knows of, and what it has beyond is written again after a restore, in order and once. The other way
round the database could have records of calls that the journal has as being in progress.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from callcenter.adapters.sql import sqlite_file
from callcenter.adapters.sql.journal_file import header_of
from callcenter.core.ids import Ms

JOURNAL = "journal.db"
CRM = "crm.db"
CONTENTS = "backup.json"


class BackupFailed(Exception):
    """A backup could not be made or restored; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a service keeps what must not be lost."""

    journal: Path
    crm: Path | None
    """The CRM database; None if a server has it."""

    def of(self, name: str) -> Path:
        """Return where a copy belongs; raises BackupFailed."""
        place = self.journal if name == JOURNAL else self.crm
        if place is None:
            raise BackupFailed(
                f"The backup has a CRM database of SQLite, {name}, but database.url names a "
                "server: restore the journal alone (--only journal)."
            )
        return place


class Contents(msgspec.Struct, frozen=True):
    """What a backup says of itself; it is written last, so a backup with it is whole."""

    made_at: Ms
    journal_id: str
    last_seq: int
    last_at: Ms
    digests: dict[str, str]
    """SHA-256 of each file in it."""


def make_backup(places: Places, folder: Path, now: Ms) -> Contents:
    """Copy what a service has, which may be at work, to a new folder.

    Args:
        places: Where it is.
        folder: The folder to make; it must not be there, or empty.
        now: The wall clock.

    Raises:
        BackupFailed: There is nothing to back up, or no room or right for it.
        JournalUnusable: The journal is damaged.
    """
    if not places.journal.exists():
        raise BackupFailed(
            f"There is no journal {places.journal} to back up: is data_dir right in the "
            "configuration?"
        )
    part = folder.with_name(folder.name + ".part")
    with explaining(f"The backup {folder} cannot be made"):
        if folder.exists() and any(folder.iterdir()):
            raise BackupFailed(f"{folder} is there already: name a folder that is to be made.")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        contents = _fill(places, part, now)
        part.replace(folder)
        sqlite_file.sync(folder.parent)
    return contents


def _fill(places: Places, folder: Path, now: Ms) -> Contents:
    sources = {CRM: places.crm, JOURNAL: places.journal}  # in this order, see above
    digests = {}
    for name, source in sources.items():
        if source is not None and source.exists():
            with explaining(f"{source} cannot be copied"):
                sqlite_file.copy_in_use(source, folder / name)
            with explaining(f"{source} is not sound"):
                sqlite_file.check_pages(folder / name)
            digests[name] = digest(folder / name)
    header = header_of(folder / JOURNAL)
    contents = Contents(now, header.journal_id, header.last_seq, header.last_at, digests)
    path = folder / CONTENTS
    path.write_bytes(msgspec.json.format(msgspec.json.encode(contents)) + b"\n")
    sqlite_file.sync(path)
    sqlite_file.sync(folder)
    return contents


def read_backup(folder: Path, names: frozenset[str] = frozenset((JOURNAL, CRM))) -> Contents:
    """Return what a backup says of itself, when the named files in it are found to be sound.

    Raises:
        BackupFailed: It is none, it was not finished, or a file in it has changed.
        JournalUnusable: Its journal is of a newer program.
    """
    with explaining(f"The backup {folder} cannot be read"):
        contents = _read_contents(folder / CONTENTS)
        for name in names & contents.digests.keys():
            if digest(folder / name) != contents.digests[name]:
                raise BackupFailed(f"{folder / name} has changed: take another backup.")
            sqlite_file.check_pages(folder / name)
        if JOURNAL in names and header_of(folder / JOURNAL).journal_id != contents.journal_id:
            raise BackupFailed(f"{folder / JOURNAL} is another journal than {CONTENTS} says.")
    return contents


def _read_contents(path: Path) -> Contents:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Contents)
    except FileNotFoundError:
        raise BackupFailed(
            f"{path.parent} is no backup, or one that was not finished: it has no {path.name}. "
            "Name the folder that callcenter db backup made."
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupFailed(f"{path} cannot be read ({error}): take another backup.") from None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def explaining(what: str) -> Iterator[None]:
    """Turn errors of files into BackupFailed, with what to do."""
    try:
        yield
    except OSError as error:
        raise BackupFailed(
            f"{what}: {error.strerror or error}. Look at the room on that disk, and at what this "
            "user may write."
        ) from error
    except sqlite3.Error as error:
        text = str(error)
        mend = (
            "It is damaged: restore the last good backup (callcenter db restore)."
            if "malformed" in text or "not a database" in text
            else "Look at the room on that disk, and at what else holds the file."
        )
        raise BackupFailed(f"{what}: {text}. {mend}") from error
