"""Room that is kept for a full disk: on a real, small disk."""

import asyncio
import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callcenter.adapters.disk_reserve import DiskReserve, keep_reserve
from callcenter.adapters.sql.journal import SqliteJournal
from tests.support.facts import turn
from tests.support.runtime_world import HeardReports
from tests.support.small_disk import empty, fill, free_bytes, small_disk

MIB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 8) as folder:
        yield folder


@pytest.fixture
def reserve(disk: Path) -> DiskReserve:
    made = DiskReserve(disk / "reserve", 2 * MIB)
    assert made.fill()
    return made


def full_error(disk: Path) -> sqlite3.Error:
    """Return what SQLite says when it finds the disk full."""
    with closing(sqlite3.connect(disk / "other.db")) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("CREATE TABLE line (text)")
        connection.commit()
        fill(disk)
        with pytest.raises(sqlite3.Error) as found:
            connection.execute("INSERT INTO line VALUES (?)", ("x" * 10_000_000,))
    return found.value


def test_it_takes_real_room_and_gives_all_of_it_back(disk: Path):
    before = free_bytes(disk)
    reserve = DiskReserve(disk / "reserve", 2 * MIB)
    assert not reserve.is_there
    assert reserve.fill()
    assert before - free_bytes(disk) == reserve.size_bytes == 2 * MIB
    assert DiskReserve(disk / "reserve", 2 * MIB).is_there, "as at the next start"
    error = full_error(disk)
    assert free_bytes(disk) == 0
    assert reserve.spend(error)
    assert free_bytes(disk) == 2 * MIB
    assert reserve.size_bytes == 0
    assert "make room, 4 MiB at least" in reserve.trouble
    assert not reserve.spend(error), "it can be given once"


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.DatabaseError("database disk image is malformed"),
        OSError(errno.EIO, "broken"),
        ValueError("not a fault of the disk"),
    ],
)
def test_other_errors_do_not_touch_it(reserve: DiskReserve, error: Exception):
    assert not reserve.spend(error)
    assert reserve.is_there
    assert not reserve.trouble


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_what_the_system_says_counts_too(reserve: DiskReserve, number: int):
    assert reserve.spend(OSError(number, "no room"))


def test_one_of_another_size_is_made_anew(disk: Path, reserve: DiskReserve):
    other = DiskReserve(disk / "reserve", 1 * MIB)
    assert not other.is_there
    assert other.fill()
    assert (disk / "reserve").stat().st_size == 1 * MIB


def test_it_is_made_again_only_when_there_is_as_much_room_beside_it(
    disk: Path, reserve: DiskReserve
):
    assert reserve.spend(full_error(disk))
    assert not reserve.fill(), "it would take the room that it has just given"
    empty(disk)
    assert reserve.fill()
    assert not reserve.trouble


async def test_each_change_is_told_once(disk: Path, reserve: DiskReserve):
    reports = HeardReports()
    keeping = asyncio.ensure_future(keep_reserve(reserve, reports))
    await asyncio.sleep(0.1)
    assert (reports.notes, reports.fault_names) == ([], [])
    reserve.spend(await asyncio.to_thread(full_error, disk))
    await asyncio.sleep(4.5)
    empty(disk)
    await asyncio.sleep(2.5)
    keeping.cancel()
    assert [text.partition(":")[0] for text in reports.fault_names] == [
        "the journal's disk is full"
    ]
    assert reports.notes == ["the journal's reserve is there again"]


async def test_a_journal_goes_on_when_its_disk_is_full(disk: Path, reserve: DiskReserve):
    journal = await SqliteJournal.open(disk / "journal.db", reserve.spend)
    await asyncio.to_thread(fill, disk)
    for number in range(200):
        journal.append(turn(number), lambda: None)
    await asyncio.wait_for(journal.flush(), 10)
    assert not reserve.is_there
    assert (await journal.last())[0] == 800
    # Only when that is used up too it has to give up.
    for number in range(200, 20_000):
        journal.append(turn(number), lambda: None)
    reason = await asyncio.wait_for(journal.failed(), 30)
    assert "Free some space" in str(reason)
    await journal.close()
    empty(disk)
    again = await SqliteJournal.open(disk / "journal.db")
    assert (await again.last())[0] % 4 == 0, "turns are whole"
    await again.close()


async def test_a_journal_opens_on_a_full_disk(disk: Path, reserve: DiskReserve):
    path = disk / "journal.db"
    await (await SqliteJournal.open(path, reserve.spend)).close()
    await asyncio.to_thread(fill, disk)
    journal = await SqliteJournal.open(path, reserve.spend)
    journal.append(turn(1), lambda: None)
    await asyncio.wait_for(journal.flush(), 10)
    await journal.close()
