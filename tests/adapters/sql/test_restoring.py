"""Backups put in place, and what is said of the loss."""

import shutil
from pathlib import Path

import pytest

from callcenter.adapters.sql.backups import (
    CRM,
    JOURNAL,
    BackupFailed,
    Places,
    make_backup,
)
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import JournalUnusable, header_of
from callcenter.adapters.sql.restoring import Loss, restore_backup
from tests.support.facts import closing, turn

NOW = 1_795_338_000_000
MARK = "replaced-1"


async def record(path: Path, *numbers: int) -> None:
    """Let calls arrive, four facts each, and be closed."""
    journal = await SqliteJournal.open(path)
    for number in numbers:
        journal.append([*turn(number, 1_000 * number), *closing(number, 9_000)], lambda: None)
    await journal.close()


@pytest.fixture
async def places(tmp_path: Path, sqlite_template: Path) -> Places:
    """Return a service's files, and make a backup of them in "day" with two calls."""
    (tmp_path / "data").mkdir()
    places = Places(tmp_path / "data" / "journal.db", tmp_path / "data" / "callcenter.db")
    assert places.crm is not None
    shutil.copy(sqlite_template, places.crm)
    await record(places.journal, 1, 2)
    make_backup(places, tmp_path / "day", NOW)
    return places


def in_data(places: Places) -> list[str]:
    return sorted(path.name for path in places.journal.parent.iterdir())


async def test_on_a_clean_machine_all_is_there_under_a_new_id(places: Places, tmp_path: Path):
    before = header_of(places.journal)
    clean = Places(tmp_path / "new" / "journal.db", tmp_path / "new" / "callcenter.db")
    restored = restore_backup(tmp_path / "day", clean, MARK)
    after = header_of(clean.journal)
    assert restored.journal_id == after.journal_id != before.journal_id
    assert (restored.last_seq, after.last_call_number) == (before.last_seq, 2)
    assert restored.replaced == []
    assert restored.loss is None, "there was nothing that could tell"
    assert in_data(clean) == ["callcenter.db", "journal.db", "journal.db.lock"]
    await record(clean.journal, 3)


async def test_what_was_there_is_kept_and_the_loss_is_told(places: Places, tmp_path: Path):
    await record(places.journal, 3, 4, 5)
    restored = restore_backup(tmp_path / "day", places, MARK)
    assert restored.loss == Loss(facts=15, calls=3, last_at=9_000)
    assert [path.name for path in restored.replaced] == [
        f"callcenter.db.{MARK}",
        f"journal.db.{MARK}",
    ]
    assert header_of(restored.replaced[1]).last_seq == 25
    assert header_of(places.journal).last_seq == 10


def test_a_journal_that_had_no_more_lost_nothing(places: Places, tmp_path: Path):
    assert restore_backup(tmp_path / "day", places, MARK).loss == Loss(0, 0, 9_000)


def test_a_damaged_journal_is_replaced_and_tells_nothing(places: Places, tmp_path: Path):
    places.journal.write_bytes(b"\xff" * 50_000)
    restored = restore_backup(tmp_path / "day", places, MARK)
    assert restored.loss is None
    assert header_of(places.journal).last_seq == 10


async def test_under_a_running_service_nothing_is_touched(places: Places, tmp_path: Path):
    journal = await SqliteJournal.open(places.journal)
    before = in_data(places)
    with pytest.raises(JournalUnusable, match=r"in use by process \d+.*Stop"):
        restore_backup(tmp_path / "day", places, MARK)
    assert in_data(places) == before
    await journal.close()


def test_the_database_alone_leaves_the_journal_as_it_is(places: Places, tmp_path: Path):
    before = header_of(places.journal)
    restored = restore_backup(tmp_path / "day", places, MARK, frozenset((CRM,)))
    assert not restored.has_journal
    assert header_of(places.journal) == before
    assert [path.name for path in restored.replaced] == [f"callcenter.db.{MARK}"]


def test_the_journal_alone_leaves_the_database_as_it_is(places: Places, tmp_path: Path):
    without_file = Places(places.journal, None)
    with pytest.raises(BackupFailed, match="--only journal"):
        restore_backup(tmp_path / "day", without_file, MARK)
    restored = restore_backup(tmp_path / "day", without_file, MARK, frozenset((JOURNAL,)))
    assert restored.names == [JOURNAL]
    assert f"callcenter.db.{MARK}" not in in_data(places)


def test_the_database_alone_needs_a_journal(places: Places, tmp_path: Path):
    clean = Places(tmp_path / "new" / "journal.db", tmp_path / "new" / "callcenter.db")
    with pytest.raises(BackupFailed, match="no journal"):
        restore_backup(tmp_path / "day", clean, MARK, frozenset((CRM,)))
    assert not (tmp_path / "new" / "callcenter.db").exists()


def test_a_backup_without_what_is_wanted_is_refused(places: Places, tmp_path: Path):
    make_backup(Places(places.journal, None), tmp_path / "half", NOW)
    with pytest.raises(BackupFailed, match=r"no crm\.db"):
        restore_backup(tmp_path / "half", places, MARK, frozenset((CRM,)))


def test_a_backup_that_is_not_sound_replaces_nothing(places: Places, tmp_path: Path):
    (tmp_path / "day" / "journal.db").write_bytes(b"\xff" * 50_000)
    before = in_data(places)
    with pytest.raises(BackupFailed, match="has changed"):
        restore_backup(tmp_path / "day", places, MARK)
    assert in_data(places) == before
