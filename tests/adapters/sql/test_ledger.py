"""The store as the audit sees it, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.ledger import SqlLedgerStore
from callcenter.adapters.sql.records import SqlRecords
from callcenter.adapters.sql.unwritten import JournalView
from callcenter.core.ids import LegId, ledger_call_id
from callcenter.ports.records import RecordsUnavailable
from crm_store.engine import create_engine
from tests.support.facts import call_id
from tests.support.records import START, call

AROUND = (START, START + 3_600_000)


@pytest.fixture
def store(engine: AsyncEngine, tmp_path: Path) -> SqlLedgerStore:
    return SqlLedgerStore(engine, JournalView(tmp_path / "no journal yet.db"))


async def test_calls_are_found_by_their_legs_also_when_clocks_differ(
    store: SqlLedgerStore, engine: AsyncEngine
) -> None:
    await SqlRecords(engine).write("j", 1, [call(1), call(2), call(3)])
    hours_ms = 30 * 3_600_000
    around = (AROUND[0] - hours_ms, AROUND[0] - hours_ms)
    found = await store.ours([LegId("leg1"), LegId("leg3"), LegId("leg9")], around)
    assert sorted(found.stored) == ["leg1", "leg3"]
    [one] = found.stored[LegId("leg1")]
    assert (one.call_id, one.arrived_at, one.ended_at, one.talk_ms) == (
        call_id(1),
        call(1).arrived_at,
        call(1).ended_at,
        60_000,
    )
    assert not one.is_imported
    assert found.in_journal == {}


async def test_calls_between_two_instants_come_in_order_page_by_page(
    store: SqlLedgerStore, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.adapters.sql.ledger._PAGE", 2)
    same_moment = [call(n, arrived_at=START + 5_000) for n in (5, 6, 7)]
    await SqlRecords(engine).write("j", 1, [call(1), *same_moment, call(9), call(20)])
    found = [each.call_id async for each in store.between(START + 1_000, START + 9_000)]
    assert found == [call_id(n) for n in (1, 5, 6, 7, 9)]


async def test_only_legs_that_nobody_has_are_added(
    store: SqlLedgerStore, engine: AsyncEngine
) -> None:
    await SqlRecords(engine).write("j", 1, [call(1)])
    new = [call(n, call_id=ledger_call_id(LegId(f"leg{n}")), requests=()) for n in (1, 2)]
    assert await store.add(new) == [new[1].call_id]
    assert await store.add(new) == []
    assert await store.add([]) == []
    assert await SqlArchive(engine).outcomes() == {"answered": 2}


async def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/nowhere/crm.db")
    store = SqlLedgerStore(engine, JournalView(tmp_path / "journal.db"))
    with pytest.raises(RecordsUnavailable):
        await store.ours([LegId("leg1")], AROUND)
    with pytest.raises(RecordsUnavailable):
        await store.add([call(1)])
    await engine.dispose()
