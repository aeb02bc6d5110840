"""What is said about databases, folders and journals."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.doctor.checks import Status
from callcenter.doctor.stores import check_database, check_folder, check_journal
from crm_store import migrate
from tests.support.configs import config, free_port
from tests.support.facts import closing, turn

NOW = 1_795_338_000_000


def touch(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).touch()


async def test_a_database_of_this_version_is_good(store_url: str, tmp_path: Path):
    [check] = await check_database(config(tmp_path, database=store_url))
    assert check.status is Status.OK, check
    assert migrate.head() in check.message


async def test_an_empty_database_is_a_warning(empty_url: str, tmp_path: Path):
    touch(empty_url)
    [check] = await check_database(config(tmp_path, database=empty_url))
    assert check.status is Status.WARNING
    assert "db upgrade" in check.mend


async def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path):
    [check] = await check_database(config(tmp_path))
    assert check.status is Status.WARNING
    assert not os.listdir(tmp_path), "the doctor changes nothing"


async def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path):
    (tmp_path / "notes.db").write_text("just text, " * 200)
    [check] = await check_database(config(tmp_path, database="sqlite:///notes.db"))
    assert check.status is Status.FAULT
    assert "notes.db" in check.message


async def test_a_server_that_is_not_there_is_a_fault_without_the_password(tmp_path: Path):
    url = f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"
    [check] = await check_database(config(tmp_path, database=url))
    assert check.status is Status.FAULT
    assert "hidden" not in check.message + check.mend


@pytest.mark.postgresql
async def test_a_missing_database_on_a_server_is_a_fault(postgresql_server: str, tmp_path: Path):
    [check] = await check_database(config(tmp_path, database=f"{postgresql_server}/nowhere"))
    assert check.status is Status.FAULT
    assert "nowhere" in check.message


async def test_a_database_of_another_version_is_a_fault(sqlite_template: Path, tmp_path: Path):
    copy = tmp_path / "old.db"
    shutil.copy(sqlite_template, copy)
    connection = sqlite3.connect(copy)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    connection.close()
    [check] = await check_database(config(tmp_path, database="sqlite:///old.db"))
    assert check.status is Status.FAULT
    assert "older" in check.message
    assert "db upgrade" in check.mend


async def test_a_database_that_somebody_else_writes_all_the_time_is_a_fault(
    sqlite_template: Path, tmp_path: Path
):
    copy = tmp_path / "busy.db"
    shutil.copy(sqlite_template, copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    [check] = await check_database(config(tmp_path, database="sqlite:///busy.db"))
    connection.close()
    assert check.status is Status.FAULT
    assert "locked" in check.message


def test_the_data_folder_may_be_made_later(tmp_path: Path):
    folder, room = check_folder(config(tmp_path))
    assert folder.status is room.status is Status.OK
    assert "first start" in folder.message
    (tmp_path / "data").mkdir()
    assert "can be written" in next(check_folder(config(tmp_path))).message


def test_a_file_in_place_of_the_data_folder_is_a_fault(tmp_path: Path):
    (tmp_path / "data").write_text("")
    [check] = check_folder(config(tmp_path))
    assert check.status is Status.FAULT


async def test_a_journal_in_use_names_its_process(tmp_path: Path):
    given = config(tmp_path)
    given.data_folder.mkdir()
    [check] = check_journal(given, NOW)
    assert "first start" in check.message
    journal = await SqliteJournal.open(given.data_folder / "journal.db")
    journal.append([*turn(1), *closing(1)], lambda: None)
    await journal.flush()
    [check] = check_journal(given, NOW)
    assert check.status is Status.OK
    assert f"process {os.getpid()}" in check.message
    assert "5 facts" in check.message
    await journal.close()
    [check] = check_journal(given, NOW)
    assert "not in use" in check.message
    again = await SqliteJournal.open(given.data_folder / "journal.db")
    await again.close()


async def test_a_journal_from_the_future_says_that_the_clock_is_wrong(tmp_path: Path):
    given = config(tmp_path)
    given.data_folder.mkdir()
    journal = await SqliteJournal.open(given.data_folder / "journal.db")
    journal.append(turn(1, at=NOW + 600_000), lambda: None)
    await journal.close()
    _, check = check_journal(given, NOW)
    assert (check.name, check.status) == ("clock", Status.WARNING)
    assert "600 s" in check.message


def test_a_damaged_journal_is_a_fault(tmp_path: Path):
    given = config(tmp_path)
    given.data_folder.mkdir()
    (given.data_folder / "journal.db").write_bytes(b"no journal at all" * 100)
    [check] = check_journal(given, NOW)
    assert check.status is Status.FAULT
    assert "restore" in check.message
