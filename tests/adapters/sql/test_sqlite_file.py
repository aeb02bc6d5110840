"""Files of SQLite as a whole: looked through, copied while they are written, moved."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callcenter.adapters.sql import sqlite_file


def filled(path: Path, rows: int = 2_000) -> sqlite3.Connection:
    """Return the open connection of a database that has a log beside it."""
    connection = sqlite_file.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE line (number INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO line VALUES (?, ?)", [(n, "x" * 90) for n in range(rows)])
    connection.execute("COMMIT")
    return connection


def count(path: Path) -> int:
    with closing(sqlite_file.connect(path, read_only=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM line").fetchone()[0])


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 9 * 4096] = b"\xff" * (6 * 4096)
    path.write_bytes(content)


def test_a_copy_is_of_one_instant_and_one_file_while_somebody_writes(tmp_path: Path):
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with closing(filled(path)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO line VALUES (99999, 'not committed')")
        sqlite_file.copy_in_use(path, copy)
        writer.execute("COMMIT")
    assert count(copy) == 2_000
    assert sqlite_file.check_pages(copy)
    assert sorted(each.name for each in tmp_path.glob("copy*")) == ["copy.db"]
    assert copy.stat().st_mode & 0o077 == 0, "it holds what the original holds"


def test_a_damaged_page_is_found(tmp_path: Path):
    path = tmp_path / "a.db"
    filled(path).close()
    assert sqlite_file.check_pages(path)
    damage(path)
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        sqlite_file.check_pages(path)


def test_looking_through_ends_when_its_time_is_over(tmp_path: Path):
    path = tmp_path / "a.db"
    filled(path, 400_000).close()
    assert not sqlite_file.check_pages(path, 0.001)
    assert sqlite_file.check_pages(path, 60.0)


def test_a_database_moves_with_its_log(tmp_path: Path):
    path, copy = tmp_path / "a.db", tmp_path / "b.db"
    with closing(filled(path)):
        # What a crash leaves: the file, and beside it the log with all that is in it.
        for end in ("", "-wal"):
            (tmp_path / f"b.db{end}").write_bytes((tmp_path / f"a.db{end}").read_bytes())
    away = sqlite_file.move_away(copy, "old")
    assert away == tmp_path / "b.db.old"
    assert not list(tmp_path.glob("b.db-*"))
    assert count(away) == 2_000
    assert sqlite_file.move_away(copy, "old") is None
