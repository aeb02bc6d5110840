"""``callcenter db backup``, ``restore`` and ``check`` as an operator uses them."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import FileLock, header_of
from callcenter.cli import main
from callcenter.database import database_cursor
from tests.support.configs import config_file, free_port
from tests.support.facts import closing as closed
from tests.support.facts import turn


def db(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["db", *map(str, words)])


async def record(path: Path, *numbers: int) -> None:
    journal = await SqliteJournal.open(path)
    for number in numbers:
        journal.append([*turn(number), *closed(number)], lambda: None)
    await journal.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return the configuration of a service with two calls in its journal."""
    path = config_file(tmp_path)
    assert db("upgrade", "--config", path).exit_code == 0
    asyncio.run(record(tmp_path / "data" / "journal.db", 1, 2))
    return path


def test_a_backup_is_restored_and_the_loss_is_told(config: Path, tmp_path: Path):
    made = db("backup", tmp_path / "day", "--config", config, "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["last_seq"] == 10
    asyncio.run(record(tmp_path / "data" / "journal.db", 3))

    done = db("restore", tmp_path / "day", "--config", config, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["lost_facts"], told["lost_calls"]) == (5, 1)
    assert "5 facts and 1 calls" in done.stderr
    assert db("check", "--config", config).exit_code == 0


def test_the_database_is_told_how_far_it_has_the_restored_journal(config: Path, tmp_path: Path):
    data = tmp_path / "data"
    set_cursor(data, header_of(data / "journal.db").journal_id, 7)
    assert db("backup", tmp_path / "day", "--config", config).exit_code == 0
    assert db("restore", tmp_path / "day", "--config", config).exit_code == 0
    url, after = f"sqlite:///{data}/callcenter.db", header_of(data / "journal.db").journal_id
    assert asyncio.run(database_cursor(url, after)) == 7


def set_cursor(data: Path, journal_id: str, seq: int) -> None:
    with closing(sqlite3.connect(data / "callcenter.db")) as connection, connection:
        connection.execute("INSERT INTO projection_cursor VALUES (?, ?)", (journal_id, seq))


def test_without_the_database_the_journal_is_restored_and_that_is_said(
    config: Path, tmp_path: Path
):
    assert db("backup", tmp_path / "day", "--config", config).exit_code == 0
    (tmp_path / "data" / "callcenter.db").write_bytes(b"no database at all" * 99)
    done = db("restore", tmp_path / "day", "--only", "journal", "--config", config)
    assert done.exit_code == 0, done.output
    assert "written again at the next start" in done.stderr


def test_what_is_in_use_or_damaged_is_told_in_words(config: Path, tmp_path: Path):
    assert db("backup", tmp_path / "day", "--config", config).exit_code == 0
    lock = FileLock(tmp_path / "data" / "journal.db")
    refused = db("restore", tmp_path / "day", "--config", config)
    lock.release()
    assert refused.exit_code == 1
    assert "Stop that process" in refused.stderr
    (tmp_path / "data" / "journal.db").write_bytes(b"no journal at all" * 99)
    for words in (("backup", tmp_path / "night"), ("check",)):
        refused = db(*words, "--config", config)
        assert refused.exit_code == 1
        assert isinstance(refused.exception, SystemExit), refused.exception
        assert "callcenter db restore" in refused.output


def test_a_database_server_is_left_to_pg_dump_and_that_is_said(config: Path, tmp_path: Path):
    url = f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"
    config.write_text(config.read_text().replace('url: ""', f'url: "{url}"'))
    made = db("backup", tmp_path / "day", "--config", config)
    assert made.exit_code == 0, made.output
    assert "pg_dump" in made.stderr
    assert "hidden" not in made.output
    assert not (tmp_path / "day" / "crm.db").exists()


def test_on_a_clean_machine_the_folder_is_made(config: Path, tmp_path: Path):
    assert db("backup", tmp_path / "day", "--config", config).exit_code == 0
    shutil.rmtree(tmp_path / "data")
    done = db("restore", tmp_path / "day", "--config", config)
    assert done.exit_code == 0, done.output
    assert "does not tell" in done.stderr
    checked = db("check", "--config", config, "--json")
    assert json.loads(checked.stdout)["ok"], checked.output
