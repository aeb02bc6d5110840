"""The CRM's records: exactly once, whatever dies."""

import asyncio
from collections.abc import Sequence

import pytest

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.core.ids import CallId
from callcenter.core.turn import closes
from callcenter.ports.journal import Entry
from callcenter.ports.records import CallRecord, RecordsUnavailable
from callcenter.runtime.projector import Projector
from callcenter.runtime.supervisor import Supervisor
from tests.support.playbook import MAIN_NUMBER, VIP_NUMBER, World
from tests.support.runtime_world import HeardReports
from tests.support.virtual_time import run, virtual


def a_day() -> list[Entry]:
    """Three calls that overlap: one talks and is wrapped up, one serves themself, one gives up."""
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives(VIP_NUMBER)
    self_served = world.caller("ida").arrives(MAIN_NUMBER)
    world.passes(1)
    anna.takes_the_call()
    quitter = world.caller("kim").arrives(VIP_NUMBER)
    world.passes(5)
    self_served.listens_to_the_menu().presses("3")
    bob.hangs_up()
    quitter.hangs_up()
    anna.wraps_up(bob)
    world.passes(60)
    self_served.hangs_up()
    assert not world.centre.calls
    return [Entry(stream, fact, closes(fact)) for stream, fact in world.journal]


DAY = a_day()


class Written(MemoryRecords):
    """Records that note each write, and can die at one of them, before or after it is stored."""

    def __init__(self, dies_before: int = 0, dies_after: int = 0) -> None:
        super().__init__()
        self.writes: list[tuple[int, list[str]]] = []
        self.dies_before, self.dies_after = dies_before, dies_after

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        number = len(self.writes) + 1
        self.writes.append((seq, [record.call_id for record in records]))
        if number == self.dies_before:
            raise ProcessDied
        await super().write(journal_id, seq, records)
        if number == self.dies_after:
            raise ProcessDied


class ProcessDied(BaseException):
    """The end of the process, for tests."""


async def journal_with(entries: Sequence[Entry], disk: Disk | None = None) -> MemoryJournal:
    """Return a journal with facts, one turn each."""
    journal = MemoryJournal(disk)
    for entry in entries:
        journal.append([entry], lambda: None)
    await journal.flush()
    return journal


async def projected(journal: MemoryJournal, records: MemoryRecords) -> Projector:
    """Run a projector until it has all."""
    supervisor = Supervisor(HeardReports())
    projector = Projector(journal, records, HeardReports())
    supervisor.keep("projector", projector.run)
    async with asyncio.timeout(60):
        await projector.wait_for((await journal.last())[0])
    await supervisor.stop()
    return projector


def of_a_quiet_day() -> dict[CallId, CallRecord]:
    async def day() -> dict[CallId, CallRecord]:
        records = MemoryRecords()
        await projected(await journal_with(DAY), records)
        return dict(records.calls)

    return run(day())


RIGHT = of_a_quiet_day()


def test_the_day_has_three_closed_records():
    assert sorted(str(record.outcome) for record in RIGHT.values()) == [
        "abandoned_queue",
        "answered",
        "self_served",
    ]
    assert all(record.closed for record in RIGHT.values())


@virtual
async def test_records_and_cursor_are_written_together_in_order():
    records = Written()
    journal = await journal_with(DAY)
    projector = await projected(journal, records)
    assert projector.seq == len(DAY) == records.cursors[journal.journal_id]
    assert [seq for seq, _ in records.writes] == sorted(seq for seq, _ in records.writes)


@virtual
async def test_a_call_is_written_when_the_caller_is_gone_and_when_it_is_closed():
    records = Written()
    supervisor = Supervisor(HeardReports())
    journal = MemoryJournal()
    projector = Projector(journal, records, HeardReports())
    supervisor.keep("projector", projector.run)
    for seq, entry in enumerate(DAY, start=1):
        journal.append([entry], lambda: None)
        await projector.wait_for(seq)
    await supervisor.stop()
    assert records.calls == RIGHT
    answered = next(c for c in RIGHT.values() if c.outcome == "answered")
    writes = [ids for _, ids in records.writes if answered.call_id in ids]
    assert len(writes) == 2
    assert projector._facts == {}, "closed calls are forgotten"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_dies_at_any_write_leaves_each_record_once(when: str):
    async def dies_at(number: int) -> None:
        disk = Disk()
        records = Written(**{f"dies_{when}": number})
        journal = MemoryJournal(disk)
        projector = Projector(journal, records, HeardReports())
        task = asyncio.ensure_future(projector.run())
        try:
            for entry in DAY:
                journal.append([entry], lambda: None)
                await asyncio.sleep(0.01)
                if task.done():
                    break
        finally:
            task.cancel()
            with pytest.raises((ProcessDied, asyncio.CancelledError)):
                await task
        records.dies_before = records.dies_after = 0  # the next process lives
        rest = DAY[len(disk.rows) :]
        again = await journal_with(rest, disk)
        await projected(again, records)
        assert records.calls == RIGHT
        assert records.cursors[again.journal_id] == len(DAY)

    for number in range(1, len(DAY) + 1):
        try:
            run(dies_at(number))
        except ProcessDied:  # on its way through the loop
            raise AssertionError(f"write {number}") from None


def test_each_start_from_any_cursor_finishes_the_same():
    async def begins_at(cursor: int) -> None:
        disk, records = Disk(), MemoryRecords()
        await projected(await journal_with(DAY[:cursor], disk), records)
        rest = await journal_with(DAY[cursor:], disk)
        await projected(rest, records)
        assert records.calls == RIGHT

    for cursor in range(len(DAY)):
        run(begins_at(cursor))


class Away(Written):
    """A database that is away for some tries."""

    def __init__(self, tries: int) -> None:
        super().__init__()
        self.tries = tries

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        self._away()
        await super().write(journal_id, seq, records)

    async def cursor(self, journal_id: str) -> int:
        self._away()
        return await super().cursor(journal_id)

    def _away(self) -> None:
        self.tries -= 1
        if self.tries >= 0:
            raise RecordsUnavailable("no database")


class Mute(Written):
    """A database whose first answer is lost: what it was told is stored."""

    is_mute = True

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        await super().write(journal_id, seq, records)
        if self.is_mute:
            self.is_mute = False
            raise RecordsUnavailable("no answer")


@virtual
async def test_a_write_whose_answer_was_lost_is_no_trouble_for_long():
    records, journal = Mute(), await journal_with(DAY)
    supervisor = Supervisor(HeardReports())
    projector = Projector(journal, records, HeardReports())
    supervisor.keep("projector", projector.run)
    await projector.wait_for(len(DAY))
    await asyncio.sleep(1)
    assert projector.trouble == ""
    assert records.calls == RIGHT
    await supervisor.stop()


@pytest.mark.parametrize("tries", [1, 2, 7])
def test_a_database_that_is_away_is_waited_for_and_nothing_is_skipped(tries: int):
    async def waits() -> None:
        records = Away(tries)
        await projected(await journal_with(DAY), records)
        assert records.calls == RIGHT

    run(waits())


@virtual
async def test_an_outage_is_told_once():
    reports, records = HeardReports(), Away(9)
    projector = Projector(await journal_with(DAY), records, reports)
    task = asyncio.ensure_future(projector.run())
    await projector.wait_for(len(DAY))
    task.cancel()
    assert len(reports.faults) == 1


@virtual
async def test_a_store_that_has_lost_commits_gets_them_again():
    journal, records = MemoryJournal(), MemoryRecords()
    projector = Projector(journal, records, HeardReports())
    supervisor = Supervisor(HeardReports())
    supervisor.keep("projector", projector.run)
    half = len(DAY) // 2
    journal.append(DAY[:half], lambda: None)
    await asyncio.sleep(1)
    earlier = (dict(records.calls), dict(records.cursors))
    journal.append(DAY[half:-1], lambda: None)
    await asyncio.sleep(1)
    complete = dict(records.calls)
    assert complete != earlier[0], "the second half wrote something"
    # A replica that was behind takes the place of the database, and nobody sees a connection break.
    records.calls, records.cursors = earlier
    journal.append(DAY[-1:], lambda: None)
    await asyncio.sleep(3)
    assert records.calls.keys() == complete.keys()
    assert all(call.closed for call in records.calls.values())
    assert projector.trouble == ""
    await supervisor.stop()


@virtual
async def test_an_unexpected_error_of_the_store_loses_nothing():
    class Fails(Written):
        async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
            if not self.writes:
                self.writes.append((0, []))
                raise KeyError("a program error")
            await super().write(journal_id, seq, records)

    records = Fails()
    await projected(await journal_with(DAY), records)
    assert records.calls == RIGHT


@virtual
async def test_a_fact_that_cannot_be_read_spoils_no_other_call():
    disk = Disk()
    journal = await journal_with(DAY, disk)
    stream = next(entry.stream for entry in DAY if entry.stream.startswith("call/"))
    for index, row in enumerate(disk.rows):
        if row.stream == stream and row.stored[0] == "CallEnded":
            disk.rows[index] = type(row)(
                row.stream, ("CallEnded", 1, b"{torn"), row.closes, row.at, row.call_number
            )
    records = MemoryRecords()
    await projected(journal, records)
    others = {call_id: record for call_id, record in RIGHT.items() if call_id not in stream}
    assert {i: r for i, r in records.calls.items() if i not in stream} == others
    assert len(others) == 2
