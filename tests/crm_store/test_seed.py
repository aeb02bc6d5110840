import phonenumbers
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.engine import reading
from crm_store.interactions import count_outcomes
from crm_store.matching import MatchResult, NumberRules, match_caller
from crm_store.numbers import NumberKind, normalise
from crm_store.schema import contact, phone_number
from crm_store.seed import demo_number, fill_numbers, numbers_in_store, seed_customers
from tests.support.stores import NOW


async def people(engine: AsyncEngine) -> list[tuple[object, ...]]:
    async with reading(engine) as connection:
        query = sa.select(contact.c.external_id, contact.c.id, contact.c.display_name)
        return [tuple(row) for row in await connection.execute(query.order_by(contact.c.id))]


async def test_seeded_store_has_every_kind_of_match(engine: AsyncEngine) -> None:
    report = await seed_customers(engine, 60, 7, NOW)
    assert report.customers == 60
    assert report.activities > 20
    assert report.requests > 3
    numbers = await numbers_in_store(engine)
    async with reading(engine) as connection:
        results = {
            (await connection.run_sync(match_caller, n, NumberRules())).result for n in numbers
        }
        outcomes = await count_outcomes(connection)
    assert results == {MatchResult.SINGLE, MatchResult.MULTIPLE, MatchResult.SHARED}
    # What happened before is not counted as calls of ours.
    assert outcomes == {}


async def test_seeding_again_changes_nothing(engine: AsyncEngine) -> None:
    await seed_customers(engine, 20, 7, NOW)
    before = await people(engine)
    assert (await seed_customers(engine, 20, 8, NOW)).customers == 0
    assert await people(engine) == before


def test_demo_numbers_are_valid_and_all_different() -> None:
    indices = [*range(5_000), *range(499_000, 500_000), 5_000_000 - 1]
    numbers = [demo_number(index) for index in indices]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number.kind is NumberKind.E164
        assert normalise(number.canonical, "US") == number
        assert phonenumbers.is_valid_number(phonenumbers.parse(number.canonical))


async def test_filled_numbers_match(engine: AsyncEngine) -> None:
    await fill_numbers(engine, 5_100, 1, NOW)
    async with reading(engine) as connection:
        query = sa.select(sa.func.count()).select_from(phone_number)
        assert (await connection.execute(query)).scalar_one() == 5_100
        last = demo_number(5_099).canonical
        assert (
            await connection.run_sync(match_caller, last, NumberRules())
        ).result is MatchResult.SINGLE
