"""Puts a backup in place of what a service had, and says what that loses.

What was there is not deleted: it keeps its place under another name. The restored journal gets an
id of its own, see ``journal_file.renew_id``; the CRM database is then told how far it has that one.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.adapters.sql import journal_file, sqlite_file
from callcenter.adapters.sql.backups import (
    CRM,
    JOURNAL,
    BackupFailed,
    Contents,
    Places,
    explaining,
    read_backup,
)
from callcenter.adapters.sql.journal_file import FileLock, JournalUnusable
from callcenter.core.ids import Ms

_LOST = "SELECT count(*), count(CASE kind WHEN 'CallArrived' THEN 1 END) FROM fact WHERE seq > ?"


@dataclass(frozen=True, slots=True)
class Loss:
    """What the journal had that was there, and the backup has not."""

    facts: int
    calls: int
    """Calls that arrived after the backup."""
    last_at: Ms
    """When the last fact was recorded."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    contents: Contents
    names: Sequence[str]
    journal_id: str
    """Of the journal that is in place now."""
    last_seq: int
    replaced: Sequence[Path]
    """What was there, by its new names."""
    loss: Loss | None
    """None if the journal that was there is missing, cannot be read, or is another one."""

    @property
    def has_journal(self) -> bool:
        """Whether the journal was restored, not only the CRM database."""
        return JOURNAL in self.names


def restore_backup(
    folder: Path, places: Places, mark: str, names: frozenset[str] = frozenset((CRM, JOURNAL))
) -> Restored:
    """Put copies in place while no service runs.

    Args:
        folder: The backup.
        places: Where they belong.
        mark: What is put behind the names of files that are there.
        names: Which of them; those that the backup does not have are left out.

    Raises:
        BackupFailed: The backup is not sound, or there is no room.
        JournalUnusable: The service is running.
    """
    contents = read_backup(folder, names)
    # In this order: should this end in between, an older database is written again from a newer
    # journal.
    wanted = [name for name in (CRM, JOURNAL) if name in names & contents.digests.keys()]
    targets = {name: places.of(name) for name in wanted}
    if not targets:
        raise BackupFailed(f"The backup {folder} has no {' or '.join(sorted(names))}.")
    if JOURNAL not in targets and not places.journal.exists():
        raise BackupFailed(f"There is no journal {places.journal}: restore it too.")
    with explaining("The backup cannot be restored"), _locked(places.journal):
        staged = {name: _stage(folder / name, path) for name, path in targets.items()}
        loss = _loss(places.journal, contents)
        if JOURNAL in staged:
            journal_file.renew_id(staged[JOURNAL])
        replaced = [sqlite_file.move_away(targets[name], mark) for name in wanted]
        for name in wanted:
            sqlite_file.put_in_place(staged[name], targets[name])
        header = journal_file.header_of(places.journal)
    away = [path for path in replaced if path is not None]
    return Restored(contents, wanted, header.journal_id, header.last_seq, away, loss)


@contextmanager
def _locked(journal: Path) -> Iterator[None]:
    journal.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(journal)
    try:
        sqlite_file.give_to_owner(lock.path)
        yield
    finally:
        lock.release()


def _stage(copy: Path, path: Path) -> Path:
    """Copy a file beside its place: what takes long, or may fail, is done before anything moves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(path.name + ".restored")
    shutil.copyfile(copy, staged)
    staged.chmod(0o600)
    sqlite_file.sync(staged)
    return staged


def _loss(path: Path, contents: Contents) -> Loss | None:
    try:
        header = journal_file.header_of(path) if path.exists() else None
        if header is None or header.journal_id != contents.journal_id:
            return None
        with (
            journal_file.explaining(path),
            closing(journal_file.connect(path, read_only=True)) as connection,
        ):
            facts, calls = connection.execute(_LOST, (contents.last_seq,)).fetchone()
    except JournalUnusable:
        return None
    return Loss(facts, calls, header.last_at)
