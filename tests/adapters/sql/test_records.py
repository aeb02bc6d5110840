"""What the records on SQL promise beyond their port."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.adapters.sql.records import SqlRecords
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.ids import PartyId
from callcenter.ports.records import RecordsUnavailable, RequestRecord
from crm_store.engine import create_engine, reading, writing
from crm_store.parties import add_contact
from crm_store.schema import activity, interaction_segment, service_request
from tests.support.facts import call_id
from tests.support.records import START, call, ringing, waiting
from tests.support.stores import NOW


async def count(engine: AsyncEngine, table: sa.Table) -> int:
    async with reading(engine) as connection:
        query = sa.select(sa.func.count()).select_from(table)
        return (await connection.execute(query)).scalar_one()


async def test_one_activity_a_call_and_one_task_a_follow_up(engine: AsyncEngine) -> None:
    records = SqlRecords(engine)
    left = call(1, follow_up="Call back", follow_up_at=START + 9)
    for seq in (1, 2, 3):
        await records.write("j", seq, [left, call(2)])
    assert await count(engine, activity) == 3
    assert await count(engine, interaction_segment) == 8
    assert await count(engine, service_request) == 2


async def test_segment_that_is_gone_from_the_record_is_gone_from_the_store(
    engine: AsyncEngine,
) -> None:
    records = SqlRecords(engine)
    await records.write("j", 1, [call(1)])
    await records.write("j", 2, [call(1, segments=(ringing(1, START),))])
    assert await count(engine, interaction_segment) == 1


async def test_requests_are_numbered_by_day(engine: AsyncEngine) -> None:
    day_ms = 86_400_000
    requests = [RequestRecord(n, "order", f"No. {n}", "", START, None) for n in (1, 2)]
    tomorrow = RequestRecord(3, "order", "No. 3", "", START + day_ms, None)
    records = SqlRecords(engine)
    await records.write("j", 1, [call(1, requests=(*requests, tomorrow))])
    await records.write("j", 2, [call(1, requests=(*requests, tomorrow)), call(2)])
    async with reading(engine) as connection:
        query = sa.select(service_request.c.number).order_by(service_request.c.number)
        numbers = (await connection.execute(query)).scalars().all()
    assert numbers == [
        "SR-20261122-0001",
        "SR-20261122-0002",
        "SR-20261122-0003",
        "SR-20261123-0001",
    ]


async def test_person_is_linked_and_shown_on_the_card(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        person = await add_contact(connection, "Ada", NOW)
    party_id = PartyId(person.hex)
    records = SqlRecords(engine)
    await records.write("j", 1, [call(1)])
    linked = call(1, party_id=party_id, party_name="Ada")
    await records.write("j", 2, [linked])
    assert await SqlArchive(engine).call(call_id(1)) == linked
    card = await SqlDirectory(engine, limit_s=5).card(party_id)
    assert card is not None
    (past,) = card.activities
    assert (past.subject, past.outcome, past.note) == ("Shop", "answered", call(1).note)
    (request,) = card.requests
    assert (request.subject, request.status, request.opened_at) == (
        "Two blue ones",
        "new",
        call(1).arrived_at,
    )


@pytest.mark.parametrize("party_id", ["0" * 32, "no id"])
async def test_person_who_is_not_in_the_store_does_not_stop_the_record(
    engine: AsyncEngine, party_id: str
) -> None:
    await SqlRecords(engine).write("j", 1, [call(1, party_id=PartyId(party_id))])
    assert await SqlArchive(engine).call(call_id(1)) == call(1)


async def test_text_that_a_database_refuses_is_cleaned(engine: AsyncEngine) -> None:
    odd = call(1, ani="\0\ud800x", note="a\0b\U0001f600", menu_path=("m\0: 1",), ani_name="\0")
    await SqlRecords(engine).write("j", 1, [odd])
    found = await SqlArchive(engine).call(call_id(1))
    assert found is not None
    assert (found.ani, found.note, found.menu_path) == ("?x", "ab\U0001f600", ("m: 1",))


async def test_failure_in_a_batch_leaves_neither_rows_nor_cursor(engine: AsyncEngine) -> None:
    records = SqlRecords(engine)
    bad = call(2, requests=(RequestRecord(2**70, "x", "y", "", START, None),))
    with pytest.raises(Exception, match=r".") as caught:
        await records.write("j", 5, [call(1), bad])
    assert not isinstance(caught.value, RecordsUnavailable)
    assert await records.cursor("j") == 0
    assert await SqlArchive(engine).call(call_id(1)) is None


async def test_two_projectors_take_turns(engine: AsyncEngine) -> None:
    records = SqlRecords(engine)
    async with asyncio.TaskGroup() as group:
        for seq in range(1, 21):
            batch = [waiting(n) if seq < 20 else call(n) for n in range(3)]
            group.create_task(records.write("j", seq, batch))
    assert await records.cursor("j") == 20
    assert await SqlArchive(engine).outcomes() == {"answered": 3}


async def test_database_without_tables_is_unavailable_and_says_what_to_do(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with pytest.raises(RecordsUnavailable, match="callcenter db upgrade"):
        await SqlRecords(engine).write("j", 1, [call(1)])
    with pytest.raises(RecordsUnavailable, match="callcenter db upgrade"):
        await SqlArchive(engine).outcomes()
    with pytest.raises(TimeoutError, match="callcenter db upgrade"):
        await SqlDirectory(engine, limit_s=5).match("+12125550101", Presentation.ALLOWED, "1")
    await engine.dispose()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:21199/none", "sqlite:////nowhere/at/all/crm.sqlite"]
)
async def test_absent_database_is_unavailable(url: str) -> None:
    engine = create_engine(url)
    with pytest.raises(RecordsUnavailable, match="cannot be used now"):
        await SqlRecords(engine).cursor("j")
    with pytest.raises(TimeoutError):
        await SqlDirectory(engine, limit_s=5).card(PartyId("0" * 32))
    await engine.dispose()


@pytest.mark.postgresql
async def test_server_without_the_database_is_unavailable(postgresql_server: str) -> None:
    engine = create_engine(f"{postgresql_server}/no_such_database")
    with pytest.raises(RecordsUnavailable, match="no_such_database"):
        await SqlRecords(engine).cursor("j")
    await engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    (tmp_path / "crm.sqlite").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'crm.sqlite'}"


async def test_locked_file_is_unavailable_for_writing_but_not_for_reading(
    sqlite_url: str, tmp_path: Path
) -> None:
    engine = create_engine(sqlite_url, busy_timeout_ms=50)
    other = sqlite3.connect(tmp_path / "crm.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(RecordsUnavailable, match="locked by another program"):
            await SqlRecords(engine).write("j", 1, [call(1)])
        assert await SqlRecords(engine).cursor("j") == 0
    finally:
        other.close()
    await SqlRecords(engine).write("j", 1, [call(1)])
    await engine.dispose()


async def test_look_up_gives_up_after_its_limit(engine: AsyncEngine) -> None:
    with pytest.raises(TimeoutError):
        await SqlDirectory(engine, limit_s=0).match("+12125550101", Presentation.ALLOWED, "1")
    directory = SqlDirectory(engine, limit_s=5)
    assert not (await directory.match("+12125550101", Presentation.ALLOWED, "1")).candidates


async def test_a_database_that_has_gone_back_refuses_records_until_its_cursor_is_asked_for(
    engine: AsyncEngine,
) -> None:
    records = SqlRecords(engine)
    await records.write("j", 5, [call(1)])
    await records.write("j", 9, [call(2)])
    async with writing(engine) as connection:
        await connection.execute(sa.text("UPDATE projection_cursor SET seq = 5"))
    with pytest.raises(RecordsUnavailable, match="earlier state"):
        await records.write("j", 12, [call(3)])
    assert await SqlArchive(engine).call(call_id(3)) is None
    assert await records.cursor("j") == 5
    await records.write("j", 12, [call(2), call(3)])
    assert await SqlArchive(engine).outcomes() == {"answered": 3}
