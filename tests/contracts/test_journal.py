"""What every journal promises, run against each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.core.acd.facts import DeskConnected, DeskDisconnected
from callcenter.core.ids import AgentId
from callcenter.ports.journal import Entry, Fact, JournalFailed, Recorded, Unreadable
from tests.support.facts import arrived, call_id, closing, turn

AnyJournal = MemoryJournal | SqliteJournal


def nothing() -> None:
    pass


@dataclass
class Memory:
    disk: Disk

    async def open(self) -> MemoryJournal:
        return MemoryJournal(self.disk)

    def damage(self, seq: int, kind: str, body: bytes) -> None:
        row = self.disk.rows[seq - 1]
        damaged = type(row)(row.stream, (kind, 1, body), row.closes, row.at, row.call_number)
        self.disk.rows[seq - 1] = damaged

    def damage_snapshot(self, stream: str, body: bytes) -> None:
        self.disk.snapshots[stream] = (self.disk.snapshots[stream][0], body)


@dataclass
class Sqlite:
    path: Path

    async def open(self) -> SqliteJournal:
        return await SqliteJournal.open(self.path)

    def damage(self, seq: int, kind: str, body: bytes) -> None:
        self._execute("UPDATE fact SET kind = ?, body = ? WHERE seq = ?", (kind, body, seq))

    def damage_snapshot(self, stream: str, body: bytes) -> None:
        self._execute("UPDATE snapshot SET body = ? WHERE stream = ?", (body, stream))

    def _execute(self, statement: str, args: tuple[object, ...]) -> None:
        connection = journal_file.connect(self.path)
        connection.execute(statement, args)
        connection.close()


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Memory | Sqlite:
    return Memory(Disk()) if request.param == "memory" else Sqlite(tmp_path / "journal.sqlite")


@pytest.fixture
async def journal(place: Memory | Sqlite) -> AsyncIterator[AnyJournal]:
    journal = await place.open()
    yield journal
    await journal.close()


async def read_open(journal: AnyJournal) -> list[Recorded | Unreadable]:
    return [found async for found in journal.read_open()]


async def read_stream(journal: AnyJournal, stream: str) -> list[Recorded | Unreadable]:
    return [found async for found in journal.read_stream(stream)]


def noting(called: list[int], number: int) -> Callable[[], None]:
    return lambda: called.append(number)


async def test_new_journal_is_empty_and_has_a_random_id(journal: AnyJournal) -> None:
    assert await journal.last() == (0, 0, 0)
    assert await read_open(journal) == []
    assert len(journal.journal_id) == 32
    assert set(journal.journal_id) <= set("0123456789abcdef")


async def test_facts_come_back_as_they_went_in_with_sequences_from_one(journal: AnyJournal) -> None:
    entries = turn(1) + turn(2)
    journal.append(entries, nothing)
    await journal.flush()
    wanted = [Recorded(seq, e.stream, e.fact) for seq, e in enumerate(entries, start=1)]
    assert await journal.read_after(0, 100) == wanted
    assert await journal.read_after(3, 2) == wanted[3:5]
    assert await journal.read_after(8, 2) == []


async def test_committed_is_called_later_in_order_and_before_flush_returns(
    journal: AnyJournal,
) -> None:
    called: list[int] = []
    for number in range(50):
        journal.append(turn(number), noting(called, number))
    assert called == []
    await journal.flush()
    assert called == list(range(50))


async def test_a_callback_that_raises_does_not_keep_others_from_being_called(
    journal: AnyJournal,
) -> None:
    called: list[int] = []
    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    journal.append(turn(1), lambda: called[1])  # type: ignore[arg-type]
    journal.append(turn(2), noting(called, 2))
    await journal.flush()
    assert called == [2]
    assert len(errors) == 1


async def test_a_turn_that_cannot_be_encoded_leaves_nothing(journal: AnyJournal) -> None:
    bad = Entry("pool/main", DeskConnected(1, AgentId("\ud800")))
    with pytest.raises(UnicodeEncodeError):
        journal.append([*turn(1), bad], nothing)
    journal.append(turn(2), nothing)
    await journal.flush()
    assert (await journal.last())[0] == 4
    assert (await journal.read_after(0, 1))[0] == Recorded(1, f"call/{call_id(2)}", arrived(2))


async def test_an_empty_turn_is_acknowledged(journal: AnyJournal) -> None:
    called: list[int] = []
    journal.append([], noting(called, 1))
    journal.append(turn(1), nothing)
    await journal.flush()
    assert called == [1]


async def test_last_gives_sequence_latest_instant_and_highest_call_number(
    journal: AnyJournal,
) -> None:
    journal.append([*turn(7, at=9_000), *turn(3, at=5_000)], nothing)
    await journal.flush()
    assert await journal.last() == (8, 9_000, 7)


async def test_what_was_recorded_is_there_after_reopening(place: Memory | Sqlite) -> None:
    first = await place.open()
    first.append(turn(1), nothing)
    await first.close()
    second = await place.open()
    assert second.journal_id == first.journal_id
    assert await second.last() == (4, 1_000, 1)
    second.append(turn(2), nothing)
    await second.flush()
    found = await second.read_after(3, 2)
    assert [item.seq for item in found] == [4, 5]
    await second.close()


async def test_closed_streams_are_not_read_again_but_pools_are(place: Memory | Sqlite) -> None:
    journal = await place.open()
    journal.append(turn(1), nothing)
    journal.append(turn(2), nothing)
    journal.append(closing(1), nothing)
    await journal.flush()
    await journal.close()
    journal = await place.open()
    found = await read_open(journal)
    assert [item.seq for item in found] == [3, 4, 5, 6, 7, 8]
    assert {item.stream for item in found} == {"pool/main", f"call/{call_id(2)}"}
    assert len(await read_stream(journal, f"call/{call_id(1)}")) == 3
    journal.append(closing(2), nothing)
    await journal.flush()
    assert {item.stream for item in await read_open(journal)} == {"pool/main"}
    await journal.close()


async def test_a_call_within_one_commit_leaves_no_open_stream(journal: AnyJournal) -> None:
    journal.append(turn(1)[:2], nothing)
    journal.append(closing(1), nothing)
    await journal.flush()
    assert await read_open(journal) == []


async def test_snapshot_stands_for_all_up_to_its_sequence(place: Memory | Sqlite) -> None:
    journal = await place.open()
    journal.append(turn(1), nothing)
    await journal.flush()
    kept: list[Fact] = [DeskConnected(1, AgentId("a1")), DeskDisconnected(2, AgentId("a2"))]
    await journal.save_snapshot("pool/main", 4, kept)
    journal.append([Entry("pool/main", DeskDisconnected(3, AgentId("a1")))], nothing)
    await journal.close()
    journal = await place.open()
    found = await read_open(journal)
    assert [item.seq for item in found] == [1, 2, 4, 4, 5]
    assert [item.fact for item in found[2:4] if isinstance(item, Recorded)] == kept
    assert len(await read_stream(journal, "pool/main")) == 3
    await journal.close()


async def test_newer_snapshot_replaces_the_older(journal: AnyJournal) -> None:
    journal.append(turn(1)[2:], nothing)
    await journal.save_snapshot("pool/main", 1, [DeskConnected(1, AgentId("a"))])
    await journal.save_snapshot("pool/main", 2, [])
    assert await read_open(journal) == []


async def test_snapshot_of_a_closed_stream_is_not_kept(journal: AnyJournal) -> None:
    stream = f"call/{call_id(1)}"
    journal.append(turn(1)[:2], nothing)
    await journal.save_snapshot(stream, 2, [arrived(1)])
    journal.append(closing(1), nothing)
    await journal.save_snapshot(stream, 3, [arrived(1)])
    assert await read_open(journal) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("NoSuchFact", b"{}"),
        ("CallArrived", b"{}"),
        ("CallArrived", b"not json"),
        ("CallArrived", b"\xff\xfe"),
        ("CallClosed", b'{"at":"soon"}'),
        ("CallClosed", b"[" * 100_000),
    ],
)
async def test_what_cannot_be_decoded_is_reported_in_its_place(
    place: Memory | Sqlite, kind: str, body: bytes
) -> None:
    journal = await place.open()
    journal.append(turn(1), nothing)
    await journal.flush()
    place.damage(2, kind, body)
    found = await read_open(journal)
    assert [item.seq for item in found] == [1, 2, 3, 4]
    bad = found[1]
    assert isinstance(bad, Unreadable)
    assert (bad.stream, bad.kind) == (f"call/{call_id(1)}", kind)
    assert bad.error
    assert isinstance((await journal.read_after(1, 1))[0], Unreadable)
    await journal.close()


async def test_damaged_snapshot_is_reported(place: Memory | Sqlite) -> None:
    journal = await place.open()
    journal.append(turn(1)[2:], nothing)
    await journal.save_snapshot("pool/main", 2, [DeskConnected(1, AgentId("a"))])
    place.damage_snapshot("pool/main", b'[["DeskConnected"]]')
    (bad,) = await read_open(journal)
    assert isinstance(bad, Unreadable)
    assert (bad.stream, bad.kind) == ("pool/main", "snapshot")
    await journal.close()


async def test_wait_beyond_returns_when_a_later_fact_is_durable(journal: AnyJournal) -> None:
    waiting = asyncio.ensure_future(journal.wait_beyond(4))
    journal.append(turn(1), nothing)
    await journal.flush()
    await asyncio.sleep(0)
    assert not waiting.done()
    journal.append(turn(2), nothing)
    await asyncio.wait_for(waiting, 5)
    await journal.wait_beyond(7)


async def test_cancelled_waiters_do_no_harm(journal: AnyJournal) -> None:
    waiting = asyncio.ensure_future(journal.wait_beyond(0))
    await asyncio.sleep(0)
    waiting.cancel()
    journal.append(turn(1), nothing)
    await journal.flush()
    assert waiting.cancelled()


async def test_reading_may_stop_early(journal: AnyJournal) -> None:
    journal.append(turn(1), nothing)
    await journal.flush()
    reading = journal.read_open()
    assert await anext(reading) == Recorded(1, f"call/{call_id(1)}", arrived(1))
    await reading.aclose()  # type: ignore[attr-defined]
    journal.append(turn(2), nothing)
    await journal.flush()


async def test_close_keeps_what_was_appended_and_refuses_more(place: Memory | Sqlite) -> None:
    journal = await place.open()
    called: list[int] = []
    journal.append(turn(1), noting(called, 1))
    await journal.close()
    await journal.close()
    assert called == [1]
    with pytest.raises(JournalFailed):
        journal.append(turn(2), nothing)
