"""``callcenter db check`` on stores that are well, damaged, or not of one time."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.config import Config
from callcenter.doctor.checks import Check, Status
from callcenter.doctor.soundness import check_stores
from tests.support.configs import config
from tests.support.facts import turn

NOW = 1_795_338_000_000


@pytest.fixture
async def given(tmp_path: Path, sqlite_template: Path) -> Config:
    """Return a configuration whose journal has facts and whose database has tables."""
    found = config(tmp_path)
    found.data_folder.mkdir()
    assert found.database_file is not None
    shutil.copy(sqlite_template, found.database_file)
    journal = await SqliteJournal.open(found.journal_path)
    for number in range(500):
        journal.append(turn(number), lambda: None)
    await journal.close()
    return found


def set_cursor(given: Config, seq: int) -> None:
    journal_id = journal_file.header_of(given.journal_path).journal_id
    assert given.database_file is not None
    with closing(sqlite3.connect(given.database_file)) as connection, connection:
        connection.execute("INSERT INTO projection_cursor VALUES (?, ?)", (journal_id, seq))


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4 * 4096 : 12 * 4096] = b"\xff" * (8 * 4096)
    path.write_bytes(content)


async def of(given: Config, name: str) -> Check:
    return next(check for check in await check_stores(given, NOW) if check.name == name)


async def test_sound_stores_are_good(given: Config):
    set_cursor(given, 2_000)
    checks = await check_stores(given, NOW)
    assert {check.status for check in checks} == {Status.OK}, checks
    assert "2000 of 2000" in checks[-1].message


async def test_a_damaged_journal_is_named_with_the_command(given: Config):
    spoil(given.journal_path)
    found = await of(given, "journal's pages")
    assert found.status is Status.FAULT
    assert "callcenter db restore" in found.mend
    assert "--only journal" in found.mend


async def test_a_damaged_database_is_named_with_the_command(given: Config):
    assert given.database_file is not None
    spoil(given.database_file)
    found = await of(given, "database's pages")
    assert found.status is Status.FAULT
    assert str(given.database_file) in found.message
    assert "--only crm" in found.mend


async def test_a_journal_older_than_the_records_is_a_fault(given: Config):
    set_cursor(given, 2_001)
    found = await of(given, "records")
    assert found.status is Status.FAULT
    assert "restore both" in found.mend


async def test_records_far_behind_are_a_warning(given: Config):
    with closing(journal_file.connect(given.journal_path)) as connection:
        connection.execute("UPDATE meta SET last_seq = 6000")
    assert (await of(given, "records")).status is Status.WARNING


async def test_before_the_first_start_there_is_no_fault(tmp_path: Path):
    checks = await check_stores(config(tmp_path), NOW)
    assert Status.FAULT not in {check.status for check in checks}
