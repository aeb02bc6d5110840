from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store.engine import reading, writing
from crm_store.matching import Match, MatchResult, NumberRules, match_caller
from crm_store.numbers import normalise
from crm_store.parties import add_contact, add_number
from crm_store.schema import contact, phone_identity, service_request
from tests.support.stores import NOW

LINE = "+12125550101"


async def add(connection: AsyncConnection, name: str, **how: object) -> object:
    contact_id = await add_contact(connection, name, NOW)
    number = normalise(LINE, "US")
    assert number is not None
    await add_number(connection, contact_id, number, NOW, **how)  # type: ignore[arg-type]
    return contact_id


async def match(engine: AsyncEngine) -> Match:
    async with reading(engine) as connection:
        return await connection.run_sync(match_caller, LINE, NumberRules())


def names(found: Match) -> list[str]:
    return [person.name for person in found.people]


async def test_candidates_are_ranked_by_how_sure_they_are(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await add(connection, "Inferred", confidence="inferred")
        await add(connection, "Imported", confidence="imported")
        await add(connection, "Primary", confidence="confirmed", is_primary=True)
        busy = await add(connection, "Busy", confidence="inferred")
        seen = await add(connection, "Seen", confidence="inferred")
        request = {
            "id": busy,
            "number": "SR-1",
            "contact_id": busy,
            "kind": "order",
            "status": "open",
            "opened_at": NOW,
        }
        await connection.execute(sa.insert(service_request), request)
        identity = sa.update(phone_identity).where(phone_identity.c.contact_id == seen)
        await connection.execute(identity.values(last_seen_at=NOW - timedelta(days=1)))
    found = await match(engine)
    assert found.result is MatchResult.MULTIPLE
    assert names(found) == ["Busy", "Primary", "Seen", "Imported", "Inferred"]
    assert found.people[0].reason == "open request, inferred"


async def test_deleted_people_and_given_up_numbers_do_not_match(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        gone = await add(connection, "Gone")
        moved = await add(connection, "Moved")
        await connection.execute(
            sa.update(contact).where(contact.c.id == gone).values(deleted_at=NOW)
        )
        identity = sa.update(phone_identity).where(phone_identity.c.contact_id == moved)
        await connection.execute(identity.values(valid_to=NOW))
    assert await match(engine) == Match(MatchResult.NONE)


async def test_number_that_hundreds_have_gives_twenty_candidates(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        for index in range(30):
            await add(connection, f"No. {index}")
    found = await match(engine)
    assert found.result is MatchResult.MULTIPLE
    assert len(found.people) == 20
