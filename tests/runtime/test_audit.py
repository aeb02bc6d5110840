"""The whole comparison, on both databases and a journal that is in use."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.memory.directory import Customer, MemoryDirectory
from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.ledger import SqlLedgerStore
from callcenter.adapters.sql.records import SqlRecords
from callcenter.adapters.sql.unwritten import JournalView
from callcenter.core.audit.ledger import LedgerEntry, LedgerKind
from callcenter.core.call.messages import Outcome, Presentation
from callcenter.core.ids import CallId, LegId, PartyId, ledger_call_id
from callcenter.ports.directory import CallerMatch, CustomerCard
from callcenter.ports.journal import Entry
from callcenter.ports.records import CallRecord, Records
from callcenter.runtime.audit import Audit, Findings, Span
from tests.support.facts import arrived
from tests.support.records import START, call

NUMBER = "+12125550101"
NOW = START + 3_600_000


def leg(number: int) -> LegId:
    return LegId(f"leg{number}")


def seen(record: CallRecord) -> Iterator[LedgerEntry]:
    """Yield what the PBX enters about a call of ours."""
    assert record.ended_at is not None
    yield LedgerEntry(record.arrived_at, LedgerKind.STARTED, record.leg_id)
    for at, who in ((30_000, record.leg_id), (30_001, LegId("agent"))):
        yield LedgerEntry(record.arrived_at + at, LedgerKind.JOINED, who, room=record.leg_id)
    yield LedgerEntry(record.ended_at, LedgerKind.ENDED, record.leg_id)


def only_fallback(number: int, at: int = START) -> Iterator[LedgerEntry]:
    """Yield what the PBX enters about a caller who gives up in the fallback."""
    first = LedgerEntry(
        at,
        LedgerKind.ARRIVED,
        leg(number),
        dnis="100",
        presentation=Presentation.ALLOWED,
        number=NUMBER,
    )
    yield first
    yield LedgerEntry(at + 1_000, LedgerKind.FALLBACK, leg(number))
    yield LedgerEntry(at + 21_000, LedgerKind.ENDED, leg(number))


class Desk:
    """An audit's surroundings."""

    def __init__(self, engine: AsyncEngine, journal: SqliteJournal, path: Path) -> None:
        self.engine = engine
        self.journal = journal
        self.view = JournalView(path)
        self.records: Records = SqlRecords(engine)
        self.archive = SqlArchive(engine)
        card = CustomerCard(PartyId("9" * 32), "Erika", "gold", "", "", [NUMBER], False, (), ())
        self.directory = MemoryDirectory([Customer(card)])

    async def store(self, *records: CallRecord, seq: int = 1) -> None:
        await self.records.write(self.journal.journal_id, seq, records)

    async def audit(self, *entries: LedgerEntry, add: bool = False, now: int = NOW) -> Findings:
        store = SqlLedgerStore(self.engine, self.view)
        span = Span(START - 3_600_000, now, now)
        ordered = sorted(entries, key=lambda entry: entry.at)
        return await Audit(store, self.directory, {"100": "Shop"}, span).run(ordered, add=add)


@pytest.fixture
async def desk(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Desk]:
    path = tmp_path / "journal.db"
    journal = await SqliteJournal.open(path)
    yield Desk(engine, journal, path)
    await journal.close()


def kinds(found: Findings) -> list[str]:
    return [str(each.kind) for each in found.differences]


async def test_what_agrees_makes_no_difference(desk: Desk) -> None:
    calls = [call(number) for number in range(1, 4)]
    await desk.store(*calls)
    found = await desk.audit(*(entry for each in calls for entry in seen(each)))
    assert found.differences == []
    assert (found.calls, found.matched, found.open, found.skew_ms) == (3, 3, 0, 0)


async def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    found = await desk.audit(*only_fallback(1))
    assert kinds(found) == ["missing"]
    assert found.imported == []
    assert await desk.archive.outcomes() == {}


async def test_an_import_leaves_one_activity_and_one_task_and_again_changes_nothing(
    desk: Desk,
) -> None:
    found = await desk.audit(*only_fallback(1), add=True)
    assert found.imported == [ledger_call_id(leg(1))]
    assert found.differences == []
    before = await desk.archive.call(ledger_call_id(leg(1)))
    assert before is not None
    assert (before.outcome, before.service, before.wait_ms) == (
        "fallback_abandoned",
        "Shop",
        20_000,
    )
    again = await desk.audit(*only_fallback(1), add=True)
    assert (again.imported, again.differences, again.matched) == ([], [], 1)
    assert await desk.archive.call(ledger_call_id(leg(1))) == before
    assert await desk.archive.outcomes() == {"fallback_abandoned": 1}


async def test_a_caller_of_whom_we_lost_sight_is_recorded_as_the_fallback_had_them(
    desk: Desk,
) -> None:
    unseen = replace(
        call(1, outcome=Outcome.FAILED, cause="unseen", talk_ms=0, segments=(), requests=()),
        arrived_at=START + 900,
        ended_at=START + 16_000,
    )
    await desk.store(unseen)
    assert kinds(await desk.audit(*only_fallback(1))) == ["unseen"]
    found = await desk.audit(*only_fallback(1), add=True)
    assert found.imported == [unseen.call_id]
    assert found.differences == []
    record = await desk.archive.call(unseen.call_id)
    assert record is not None
    assert (record.outcome, record.wait_ms) == ("fallback_abandoned", 20_000)
    assert record.follow_up is not None
    again = await desk.audit(*only_fallback(1), add=True)
    assert (again.imported, again.differences, again.matched) == ([], [], 1)
    assert await desk.archive.outcomes() == {"fallback_abandoned": 1}


async def test_a_caller_who_was_lost_without_a_fallback_stays_what_we_say(desk: Desk) -> None:
    lost = call(1, outcome=Outcome.FAILED, cause="unseen", talk_ms=0)
    await desk.store(lost)
    ended = LedgerEntry(START + 2_000, LedgerKind.ENDED, lost.leg_id)
    found = await desk.audit(next(only_fallback(1)), ended, add=True)
    assert (found.imported, found.differences, found.matched) == ([], [], 1)
    record = await desk.archive.call(lost.call_id)
    assert record is not None
    assert record.cause == "unseen"


async def test_audits_side_by_side_store_each_call_once(desk: Desk) -> None:
    entries = [entry for number in range(20) for entry in only_fallback(number)]
    found = await asyncio.gather(*(desk.audit(*entries, add=True) for _ in range(3)))
    assert sum(len(each.imported) for each in found) == 20
    assert [each.differences for each in found] == [[], [], []]
    assert await desk.archive.outcomes() == {"fallback_abandoned": 20}


async def test_an_import_that_is_killed_in_between_is_finished_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.runtime.audit._BATCH", 2)
    entries = [entry for n in range(5) for entry in only_fallback(n, START + 30_000 * n)]
    adding = SqlLedgerStore.add
    dying = iter([False, True])

    async def add_or_die(store: SqlLedgerStore, records: Sequence[CallRecord]) -> Sequence[CallId]:
        if next(dying):
            raise ProcessLookupError
        return await adding(store, records)

    with monkeypatch.context() as patched:
        patched.setattr(SqlLedgerStore, "add", add_or_die)
        with pytest.raises(ProcessLookupError):
            await desk.audit(*entries, add=True)
    assert await desk.archive.outcomes() == {"fallback_abandoned": 2}
    found = await desk.audit(*entries, add=True)
    assert (len(found.imported), found.differences) == (3, [])
    assert await desk.archive.outcomes() == {"fallback_abandoned": 5}


async def test_a_call_of_the_journal_is_never_imported(desk: Desk) -> None:
    fact = replace(arrived(1, START), leg_id=leg(1))
    desk.journal.append([Entry(f"call/{fact.call_id}", fact)], lambda: None)
    await desk.journal.flush()
    found = await desk.audit(*only_fallback(1), add=True)
    assert found.imported == []
    assert kinds(found) == ["not_written_yet"]


async def test_a_call_that_the_service_records_after_all_takes_the_place_of_the_import(
    desk: Desk,
) -> None:
    await desk.audit(*only_fallback(1), *only_fallback(2), add=True)
    own = call(1, leg_id=leg(1), ended_at=START + 1_000)
    await desk.store(own)
    assert await desk.archive.outcomes() == {"answered": 1, "fallback_abandoned": 1}
    assert await desk.archive.call(ledger_call_id(leg(1))) is None
    found = await desk.audit(*only_fallback(1), add=True)
    assert found.imported == []
    assert "double" not in kinds(found)


async def test_a_call_that_has_just_ended_is_left_to_the_service(desk: Desk) -> None:
    found = await desk.audit(*only_fallback(1), add=True, now=START + 60_000)
    assert (found.imported, found.differences) == ([], [])


async def test_a_call_that_the_pbx_does_not_know_is_told(desk: Desk) -> None:
    edges = [call(1), call(300)]
    await desk.store(*edges, call(150))
    found = await desk.audit(*(entry for each in edges for entry in seen(each)))
    assert kinds(found) == ["unknown_to_pbx"]
    assert found.differences[0].leg_id == "leg150"


async def test_before_and_after_the_ledger_nothing_is_unknown(desk: Desk) -> None:
    await desk.store(call(1), call(1_000))
    found = await desk.audit(*only_fallback(7, START + 500_000))
    assert kinds(found) == ["missing"]


async def test_a_skewed_clock_is_one_difference(desk: Desk) -> None:
    calls = [call(number) for number in range(1, 6)]
    await desk.store(*calls)
    late = [replace(entry, at=entry.at + 7_200_000) for each in calls for entry in seen(each)]
    found = await desk.audit(*late, now=NOW + 7_200_000)
    assert kinds(found) == ["clock_skew"]
    assert found.skew_ms == -7_200_000


async def test_calls_outside_the_span_are_neither_missing_nor_unknown(desk: Desk) -> None:
    long_ago = START - 7_200_000
    found = await desk.audit(*only_fallback(1, long_ago), *only_fallback(2))
    assert found.calls == 1


class Slow(MemoryDirectory):
    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        raise TimeoutError


async def test_a_directory_that_does_not_answer_costs_the_name_only(desk: Desk) -> None:
    desk.directory = Slow()
    found = await desk.audit(*only_fallback(1), add=True)
    assert len(found.imported) == 1
