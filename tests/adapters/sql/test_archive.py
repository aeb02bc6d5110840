"""What the archive on SQL reads beyond its port; tests/contracts has the rest."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.records import SqlRecords
from callcenter.ports.records import RecordsUnavailable
from crm_store.engine import create_engine
from tests.support.records import START, call, waiting


async def test_segments_are_those_of_the_calls_that_arrived_in_the_span(engine: AsyncEngine):
    records = [call(1), call(2), waiting(3), call(5)]
    await SqlRecords(engine).write("j", 1, records)
    found = await SqlArchive(engine).segments(START + 2_000, START + 5_000)
    assert sorted(map(list, found), key=lambda own: own[0].started_at) == [
        list(record.segments) for record in records[1:3]
    ]
    assert await SqlArchive(engine).segments(START + 6_000, START + 9_000) == []


async def test_callbacks_are_no_arrivals(engine: AsyncEngine):
    records = [waiting(1), replace(waiting(2), is_callback=True)]
    await SqlRecords(engine).write("j", 1, records)
    found = await SqlArchive(engine).segments(START, START + 9_000)
    assert [list(own) for own in found] == [list(records[0].segments)]


async def test_a_database_without_tables_is_not_there(tmp_path: Path):
    engine = create_engine(f"sqlite:///{tmp_path / 'none.db'}")
    try:
        with pytest.raises(RecordsUnavailable, match="callcenter db upgrade"):
            await SqlArchive(engine).segments(0, 1)
    finally:
        await engine.dispose()
