"""What the journal on disk promises beyond its port."""

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import JournalUnusable
from callcenter.core.call.facts import (
    CallClosed,
)
from callcenter.ports.journal import Entry, JournalFailed, Recorded
from tests.support.facts import arrived, turn


def nothing() -> None:
    pass


async def test_every_acknowledged_turn_outlives_a_kill_and_turns_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    for turns in (1, 40, 400, 900, 3):
        acknowledged = await asyncio.to_thread(write_and_kill, path, turns)
        journal = await SqliteJournal.open(path)
        found = await journal.read_after(0, 10**6)
        seq, last_at, number = await journal.last()
        await journal.close()
        assert [item.seq for item in found] == list(range(1, seq + 1))
        assert seq == 4 * number
        assert last_at == number >= acknowledged
        instants = [item.fact.at for item in found if isinstance(item, Recorded)]
        assert instants == [n for n in range(1, number + 1) for _ in range(4)]
        journal_file.check_file(path)


def write_and_kill(path: Path, turns: int) -> int:
    """Let a process write and kill it at the given count; return the last acknowledged turn."""
    command = [sys.executable, "-m", "tests.support.journal_writer", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _, _, before = process.stdout.readline().split()
        for line in process.stdout:
            if int(line) >= int(before) + turns:
                break
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines()
    # The last line may have been cut off by the kill.
    return max(int(n) for n in [line, *rest[:-1]])


async def test_second_opener_is_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = await SqliteJournal.open(path)
    with pytest.raises(JournalUnusable, match=r"in use by process \d+.*Stop that process"):
        await SqliteJournal.open(path)
    await journal.close()
    await (await SqliteJournal.open(path)).close()


async def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalUnusable, match=r"nowhere does not exist: create it"):
        await SqliteJournal.open(tmp_path / "nowhere" / "journal.sqlite")


async def test_file_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.mkdir()
    with pytest.raises(JournalUnusable, match=r"journal\.sqlite cannot be used.*may write"):
        await SqliteJournal.open(path)


async def test_file_that_is_no_journal_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(JournalUnusable, match=r"restore the last backup"):
        await SqliteJournal.open(path)
    assert path.read_bytes().startswith(b"Dear diary")


async def test_other_database_is_not_taken_for_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (name)")
    connection.close()
    with pytest.raises(JournalUnusable, match="damaged or is no journal"):
        await SqliteJournal.open(path)


async def test_newer_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    await (await SqliteJournal.open(path)).close()
    connection = journal_file.connect(path)
    connection.execute("UPDATE meta SET schema_version = 99")
    connection.close()
    with pytest.raises(JournalUnusable, match="layout 99"):
        await SqliteJournal.open(path)


async def test_damaged_page_is_found_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = await SqliteJournal.open(path)
    for number in range(500):
        journal.append(turn(number), nothing)
    await journal.close()
    journal_file.check_file(path)
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 12 * 4096] = b"\xff" * (9 * 4096)
    path.write_bytes(content)
    with pytest.raises(JournalUnusable, match="damaged"):
        journal_file.check_file(path)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let writes beyond a size fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_failed_write_is_reported_and_nothing_more_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = await SqliteJournal.open(path)
    acknowledged: list[int] = []
    journal.append(turn(1), lambda: acknowledged.append(1))
    await journal.flush()
    waiting = asyncio.ensure_future(journal.wait_beyond(4))
    await asyncio.sleep(0)
    with no_file_beyond(40_000):
        for number in range(2, 500):
            journal.append(turn(number), lambda: acknowledged.append(2))
        reason = await asyncio.wait_for(journal.failed(), 10)
    assert str(path) in str(reason)
    assert "Free some space" in str(reason)
    with pytest.raises(JournalFailed):
        await waiting
    # There is room again, but who failed once does not go on with a hole behind it.
    journal.append(turn(900), lambda: acknowledged.append(3))
    with pytest.raises(JournalFailed):
        await journal.wait_beyond(10**6)
    with pytest.raises(JournalFailed):
        await journal.save_snapshot("pool/main", 1, [])
    await journal.close()
    again = await SqliteJournal.open(path)
    seq = (await again.last())[0]
    assert seq == 4 * len(acknowledged)
    assert 3 not in acknowledged
    await again.close()


async def test_read_open_sees_one_moment_while_others_write(tmp_path: Path) -> None:
    journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
    for number in range(600):
        journal.append(turn(number), nothing)
    await journal.flush()
    reading = journal.read_open()
    first = await anext(reading)
    closing = [Entry(f"call/{n:032x}", CallClosed(9), closes=True) for n in range(600)]
    journal.append(closing, nothing)
    await journal.flush()
    rest = [found async for found in reading]
    assert first == Recorded(1, f"call/{0:032x}", arrived(0))
    assert len(rest) == 2_399
    await journal.close()


async def test_appending_is_cheap_for_the_event_loop(tmp_path: Path) -> None:
    import time

    journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
    turns = [turn(number) for number in range(1_000)]
    best = min(_cost_us(journal, turns, time.thread_time) for _ in range(3))
    await journal.close()
    # 6 microseconds a fact were measured; ten times that on a slow machine is still a fault.
    assert best < 60


def _cost_us(journal: SqliteJournal, turns: list[list[Entry]], clock: object) -> float:
    assert callable(clock)
    start = clock()
    for entries in turns:
        journal.append(entries, nothing)
    return float(clock() - start) * 1e6 / sum(map(len, turns))
