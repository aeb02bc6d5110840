"""Backups of a journal and a CRM file, made while both are written."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.backups import (
    CONTENTS,
    BackupFailed,
    Places,
    make_backup,
    read_backup,
)
from callcenter.adapters.sql.journal import SqliteJournal
from tests.support.facts import turn

NOW = 1_795_338_000_000


@pytest.fixture
async def places(tmp_path: Path, sqlite_template: Path) -> Places:
    """Return a journal of four facts, and a CRM database."""
    crm = tmp_path / "callcenter.db"
    shutil.copy(sqlite_template, crm)
    places = Places(tmp_path / "journal.db", crm)
    journal = await SqliteJournal.open(places.journal)
    journal.append(turn(1), lambda: None)
    await journal.close()
    return places


@contextmanager
def busy(places: Places) -> Iterator[None]:
    """Let a journal grow and the records follow it at once, as fast as the disk allows."""
    assert places.crm is not None
    journal_id = journal_file.header_of(places.journal).journal_id
    is_over = threading.Event()

    def write(crm_path: Path) -> None:
        with (
            closing(journal_file.connect(places.journal)) as journal,
            closing(journal_file.connect(crm_path)) as crm,
        ):
            crm.execute("INSERT INTO projection_cursor VALUES (?, 0)", (journal_id,))
            while not is_over.is_set():
                journal.execute("UPDATE meta SET last_seq = last_seq + 1")
                (seq,) = journal.execute("SELECT last_seq FROM meta").fetchone()
                crm.execute("UPDATE projection_cursor SET seq = ?", (seq,))

    thread = threading.Thread(target=write, args=(places.crm,))
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def cursor(crm: Path) -> int:
    with closing(sqlite3.connect(crm)) as connection:
        found = connection.execute("SELECT seq FROM projection_cursor").fetchone()
    return int(found[0]) if found else 0


def test_the_copy_of_the_journal_is_never_older_than_that_of_the_records(
    places: Places, tmp_path: Path
):
    with busy(places):
        for number in range(10):
            folder = tmp_path / f"backup{number}"
            make_backup(places, folder, NOW)
            assert cursor(folder / "crm.db") <= read_backup(folder).last_seq


def test_a_backup_says_what_it_is(places: Places, tmp_path: Path):
    contents = make_backup(places, tmp_path / "to" / "day", NOW)
    assert contents.last_seq == 4
    assert contents.made_at == NOW
    assert sorted(contents.digests) == ["crm.db", "journal.db"]
    assert read_backup(tmp_path / "to" / "day") == contents
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == ["day"]
    assert (tmp_path / "to" / "day").stat().st_mode & 0o077 == 0


def test_a_database_server_is_left_out(places: Places, tmp_path: Path):
    contents = make_backup(Places(places.journal, None), tmp_path / "day", NOW)
    assert list(contents.digests) == ["journal.db"]


def test_what_is_there_is_not_written_over(places: Places, tmp_path: Path):
    make_backup(places, tmp_path / "day", NOW)
    with pytest.raises(BackupFailed, match="name a folder that is to be made"):
        make_backup(places, tmp_path / "day", NOW)


def test_one_that_was_broken_off_is_no_backup_and_in_nobodys_way(places: Places, tmp_path: Path):
    part = tmp_path / "day.part"
    part.mkdir()
    (part / "journal.db").write_bytes(b"half of it")
    with pytest.raises(BackupFailed, match=r"not finished.*callcenter db backup"):
        read_backup(part)
    make_backup(places, tmp_path / "day", NOW)
    assert not part.exists()


def test_a_damaged_original_makes_no_backup(places: Places, tmp_path: Path):
    assert places.crm is not None
    content = bytearray(places.crm.read_bytes())
    content[4096 : 9 * 4096] = b"\xff" * (8 * 4096)
    places.crm.write_bytes(content)
    with pytest.raises(BackupFailed, match=r"callcenter\.db is not sound.*callcenter db restore"):
        make_backup(places, tmp_path / "day", NOW)
    assert not (tmp_path / "day").exists()


def test_without_a_journal_the_configuration_is_asked_about(tmp_path: Path):
    with pytest.raises(BackupFailed, match="is data_dir right"):
        make_backup(Places(tmp_path / "journal.db", None), tmp_path / "day", NOW)


def test_a_folder_that_cannot_be_made_is_named(places: Places, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupFailed, match="file/day cannot be made"):
        make_backup(places, tmp_path / "file" / "day", NOW)


@pytest.mark.parametrize("name", ["journal.db", "crm.db", CONTENTS])
def test_what_has_changed_since_is_found(places: Places, tmp_path: Path, name: str):
    make_backup(places, tmp_path / "day", NOW)
    changed = tmp_path / "day" / name
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 0x80
    changed.write_bytes(content)
    with pytest.raises(BackupFailed, match=r"take another backup"):
        read_backup(tmp_path / "day")


def test_a_copied_journal_gets_an_id_of_its_own(places: Places, tmp_path: Path):
    before = make_backup(places, tmp_path / "day", NOW).journal_id
    after = journal_file.renew_id(tmp_path / "day" / "journal.db")
    assert before != after == journal_file.header_of(tmp_path / "day" / "journal.db").journal_id
