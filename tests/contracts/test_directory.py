"""What every implementation of the directory promises."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.memory.directory import Customer, MemoryDirectory
from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.core.call.messages import (
    MatchStatus,
    Presentation,
)
from callcenter.core.ids import PartyId
from callcenter.ports.directory import CallerMatch, CustomerCard, Directory
from crm_store.engine import writing
from crm_store.matching import NumberRules
from crm_store.numbers import normalise
from crm_store.parties import add_contact, add_number, mark_number
from crm_store.schema import contact
from tests.support.stores import NOW

RULES = NumberRules(regions=(("8000", "CN"),))
ALLOWED = Presentation.ALLOWED


class Desk(Protocol):
    """Fills a directory and gives it."""

    async def add(self, name: str, *numbers: str, confidence: str = "confirmed") -> PartyId: ...

    async def mark(self, number: str, *, shared: bool = False, own: bool = False) -> None: ...

    async def wants_no_calls(self, party_id: PartyId) -> None: ...

    def directory(self) -> Directory: ...


@dataclass
class SqlDesk:
    engine: AsyncEngine

    async def add(self, name: str, *numbers: str, confidence: str = "confirmed") -> PartyId:
        async with writing(self.engine) as connection:
            contact_id = await add_contact(
                connection, name, NOW, tier_code="gold", company="Acme", language="de"
            )
            for text in numbers:
                number = normalise(text, "US")
                assert number is not None
                await add_number(connection, contact_id, number, NOW, confidence=confidence)
        return PartyId(contact_id.hex)

    async def mark(self, number: str, *, shared: bool = False, own: bool = False) -> None:
        line = normalise(number, "US")
        assert line is not None
        async with writing(self.engine) as connection:
            await mark_number(connection, line, NOW, is_shared=shared, is_own=own)

    async def wants_no_calls(self, party_id: PartyId) -> None:
        async with writing(self.engine) as connection:
            who = contact.c.id == UUID(party_id)
            await connection.execute(sa.update(contact).where(who).values(do_not_call=True))

    def directory(self) -> Directory:
        return SqlDirectory(self.engine, RULES, limit_s=5)


class MemoryDesk:
    def __init__(self) -> None:
        self.customers: list[Customer] = []
        self.shared: list[str] = []
        self.own: list[str] = []

    async def add(self, name: str, *numbers: str, confidence: str = "confirmed") -> PartyId:
        party_id = PartyId(f"{len(self.customers) + 1:032x}")
        lines = [n for text in numbers if (n := normalise(text, "US"))]
        shown = [f"{n.canonical} x{n.extension}" if n.extension else n.canonical for n in lines]
        card = CustomerCard(party_id, name, "gold", "Acme", "de", shown, False, (), ())
        self.customers.append(Customer(card, confidence))
        return party_id

    async def mark(self, number: str, *, shared: bool = False, own: bool = False) -> None:
        self.shared += [number] * shared
        self.own += [number] * own

    async def wants_no_calls(self, party_id: PartyId) -> None:
        self.customers = [
            replace(each, card=replace(each.card, do_not_call=True))
            if each.card.party_id == party_id
            else each
            for each in self.customers
        ]

    def directory(self) -> Directory:
        return MemoryDirectory(self.customers, shared=self.shared, own=self.own, rules=RULES)


@pytest.fixture
def desk(any_engine: AsyncEngine | None) -> Desk:
    return MemoryDesk() if any_engine is None else SqlDesk(any_engine)


def names(found: CallerMatch) -> Sequence[str]:
    return sorted(candidate.name for candidate in found.candidates)


async def test_one_who_wants_no_calls_is_not_called_whoever_else_has_the_number(
    desk: Desk,
) -> None:
    ada = await desk.add("Ada", "+1 212 555 0101")
    await desk.add("Bob", "+1 212 555 0101", "+1 212 555 0102")
    await desk.wants_no_calls(ada)
    directory = desk.directory()
    assert await directory.wants_no_calls("+12125550101")
    assert not await directory.wants_no_calls("+12125550102")
    assert not await directory.wants_no_calls("+12125550199")


async def test_unknown_number_matches_nobody(desk: Desk) -> None:
    await desk.add("Ada", "+1 212 555 0101")
    found = await desk.directory().match("+12125550199", ALLOWED, "100")
    assert found.status is MatchStatus.NONE
    assert names(found) == []


@pytest.mark.parametrize(
    "ani", ["+12125550101", "12125550101", "2125550101", "(212) 555-0101", "sip:+12125550101@x.y"]
)
async def test_one_person_matches_however_the_trunk_writes_the_number(desk: Desk, ani: str) -> None:
    party_id = await desk.add("Ada", "+1 212 555 0101")
    found = await desk.directory().match(ani, ALLOWED, "100")
    assert found.status is MatchStatus.SINGLE
    (only,) = found.candidates
    assert (only.party_id, only.name, only.tier, only.reason) == (
        party_id,
        "Ada",
        "gold",
        "confirmed",
    )


async def test_several_people_are_all_candidates(desk: Desk) -> None:
    await desk.add("Ada", "+12125550101")
    await desk.add("Ben", "+12125550101")
    found = await desk.directory().match("+12125550101", ALLOWED, "100")
    assert found.status is MatchStatus.MULTIPLE
    assert names(found) == ["Ada", "Ben"]


async def test_shared_number_is_never_one_person(desk: Desk) -> None:
    await desk.add("Ada", "+12125550101")
    await desk.mark("+12125550101", shared=True)
    found = await desk.directory().match("+12125550101", ALLOWED, "100")
    assert found.status is MatchStatus.SHARED
    assert names(found) == ["Ada"]


async def test_own_number_is_no_customer(desk: Desk) -> None:
    await desk.add("Ada", "+12125550101")
    await desk.mark("+12125550101", own=True)
    found = await desk.directory().match("+12125550101", ALLOWED, "100")
    assert found.status is MatchStatus.NONE


async def test_extension_singles_one_person_out(desk: Desk) -> None:
    await desk.add("Ada", "+12125550101 ext. 12")
    await desk.add("Ben", "+12125550101 x13")
    directory = desk.directory()
    assert names(await directory.match("+12125550101", ALLOWED, "1")) == ["Ada", "Ben"]
    found = await directory.match("+12125550101,13", ALLOWED, "1")
    assert (found.status, names(found)) == (MatchStatus.SINGLE, ["Ben"])


@pytest.mark.parametrize(
    ("ani", "presentation", "status"),
    [
        (None, Presentation.WITHHELD, MatchStatus.WITHHELD),
        ("+12125550101", Presentation.WITHHELD, MatchStatus.WITHHELD),
        ("+12125550101", Presentation.UNAVAILABLE, MatchStatus.UNAVAILABLE),
        ("anonymous", ALLOWED, MatchStatus.WITHHELD),
        ("Anonymous@anonymous.invalid", ALLOWED, MatchStatus.WITHHELD),
        (None, ALLOWED, MatchStatus.UNAVAILABLE),
        ("", ALLOWED, MatchStatus.UNAVAILABLE),
        ("unavailable", ALLOWED, MatchStatus.UNAVAILABLE),
        ("0", ALLOWED, MatchStatus.UNAVAILABLE),
    ],
)
async def test_what_is_not_shown_is_never_matched(
    desk: Desk, ani: str | None, presentation: Presentation, status: MatchStatus
) -> None:
    await desk.add("Ada", "+12125550101")
    found = await desk.directory().match(ani, presentation, "100")
    assert (found.status, names(found)) == (status, [])


async def test_region_of_the_dialled_number_decides_what_a_national_number_means(
    desk: Desk,
) -> None:
    await desk.add("李娜", "+86 10 6552 9988")
    directory = desk.directory()
    assert (await directory.match("010 6552 9988", ALLOWED, "8000")).status is MatchStatus.SINGLE
    assert (await directory.match("010 6552 9988", ALLOWED, "100")).status is MatchStatus.NONE


async def test_card_shows_the_person(desk: Desk) -> None:
    party_id = await desk.add("محمد الفارسي", "+12125550101", "+12125550102 x7")
    card = await desk.directory().card(party_id)
    assert card is not None
    assert (card.party_id, card.name, card.tier) == (party_id, "محمد الفارسي", "gold")
    assert (card.company, card.language, card.do_not_call) == ("Acme", "de", False)
    assert list(card.numbers) == ["+12125550101", "+12125550102 x7"]
    assert (list(card.activities), list(card.requests)) == ([], [])


@pytest.mark.parametrize("party_id", ["", "nobody", "0" * 32, "' OR 1=1 --"])
async def test_card_of_nobody_is_none(desk: Desk, party_id: str) -> None:
    assert await desk.directory().card(PartyId(party_id)) is None
