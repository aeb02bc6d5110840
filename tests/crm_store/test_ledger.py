"""Calls by their legs, and the removal of what an audit had added."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.records import SqlRecords
from crm_store.columns import instant
from crm_store.engine import reading, writing
from crm_store.ledger import calls_between, calls_of_legs, drop_calls
from crm_store.schema import activity, interaction, interaction_segment, service_request
from tests.support.facts import call_id
from tests.support.records import START, call


async def _count(engine: AsyncEngine, table: sa.Table) -> int:
    async with reading(engine) as connection:
        return (
            await connection.execute(sa.select(sa.func.count()).select_from(table))
        ).scalar_one()


async def test_a_dropped_call_takes_its_task_along_and_leaves_its_request(
    engine: AsyncEngine,
) -> None:
    kept = call(2, follow_up="Call back", follow_up_at=START)
    gone = call(1, follow_up="Call back", follow_up_at=START)
    await SqlRecords(engine).write("j", 1, [gone, kept])
    async with writing(engine) as connection:
        await connection.run_sync(drop_calls, [UUID(call_id(1)), UUID(call_id(404))])
    assert await _count(engine, interaction) == 1
    assert await _count(engine, activity) == 2
    assert await _count(engine, interaction_segment) == len(kept.segments)
    assert await _count(engine, service_request) == 2, "a customer's request is not ours to drop"


async def test_legs_are_looked_for_within_the_time_given(engine: AsyncEngine) -> None:
    await SqlRecords(engine).write("j", 1, [call(1), call(2), call(30)])
    first, last = instant(START + 2_000), instant(START + 60_000)
    async with reading(engine) as connection:
        found = await calls_of_legs(connection, ["leg1", "leg2"], first, last)
        assert [row["leg_id"] for row in found] == ["leg2"]
        both = await calls_between(connection, first, None, last, 10)
        assert [row["leg_id"] for row in both] == ["leg2", "leg30"]
        after = await calls_between(connection, first, both[0]["id"], last, 10)
        assert [row["leg_id"] for row in after] == ["leg30"]
