"""Records in a database that was away at the start."""

import pytest

from callcenter.adapters.memory.records import MemoryRecords
from callcenter.adapters.sql.prepared import PreparedRecords
from callcenter.ports.records import RecordsUnavailable
from tests.support.records import call


async def test_nothing_is_read_or_written_before_the_tables_are_there() -> None:
    is_there = False

    async def prepare() -> None:
        if not is_there:
            raise RecordsUnavailable("away")

    inner = MemoryRecords()
    records = PreparedRecords(inner, prepare)
    with pytest.raises(RecordsUnavailable, match="away"):
        await records.cursor("j")
    is_there = True
    assert await records.cursor("j") == 0
    await records.write("j", 4, [call(1)])
    assert await records.cursor("j") == 4
    assert len(inner.calls) == 1


async def test_what_is_to_wait_is_not_stored_and_says_why() -> None:
    async def prepare() -> None:
        pass

    reasons = ["the disk is full"]
    inner = MemoryRecords()
    records = PreparedRecords(inner, prepare, lambda: "".join(reasons))
    assert await records.cursor("j") == 0
    with pytest.raises(RecordsUnavailable, match="the disk is full"):
        await records.write("j", 4, [call(1)])
    assert inner.calls == {}
    reasons.clear()
    await records.write("j", 4, [call(1)])
    assert len(inner.calls) == 1
