"""Made-up customers for the demo and for benchmarks; the same seed makes the same people.

The numbers are valid ones; the first thousands are of the range kept for fiction (555-0100 to
555-0199 of each area).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store.bulk import Batch, account_row, contact_row, identity_row, number_row
from crm_store.engine import insert_all, reading, writing
from crm_store.numbers import Number, NumberKind
from crm_store.parties import ensure_tiers
from crm_store.requests import next_numbers
from crm_store.schema import activity, contact, phone_number, service_request

# The first of New York, Los Angeles, Washington, Boston and so on.
_AREAS = tuple(range(201, 210)) + tuple(range(212, 220)) + tuple(range(301, 311)) + (702, 718)
_GIVEN = ("Ada", "Ben", "Chloé", "Dieter", "Elif", "Farid", "Grace", "Hugo", "José", "Zoë")
_FAMILY = ("Abara", "Brûlé", "Dvořák", "Ewing", "García", "Haddad", "Ito", "Jones", "Müller")
_OTHER_NAMES = (
    "张伟",
    "王芳",
    "李娜",
    "欧阳修",
    "محمد الفارسي",
    "נועה כהן",
    "Ольга Иванова",
    "田中太郎",
)
_COMPANIES = ("Acme Tools", "Bäckerei Sonne", "Contoso Freight", "大地贸易", "Northwind", "Ölwerk")
_LANGUAGES = ("en", "en", "en", "es", "fr", "de", "zh-CN", "ar")
_TIERS = ("ordinary",) * 6 + ("potential_gold",) * 2 + ("gold",)
_SUBJECTS = ("Late delivery", "Wrong invoice", "New address", "Broken on arrival", "Price question")
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What was added; all 0 if there were made-up customers already."""

    customers: int
    activities: int
    requests: int


def demo_number(index: int) -> Number:
    """Return the number with an index from 0; different ones for different indices below 10^8."""
    area = _AREAS[index % len(_AREAS)]
    place = index // len(_AREAS)
    if place < 100:
        return Number(NumberKind.E164, f"+1{area}55501{place:02}")
    exchange, line = divmod(place - 100, 10_000)
    # 220 to 499 holds no service code (x11) and not 555.
    blocks = [block for block in range(220, 500) if block % 100 != 11]
    return Number(NumberKind.E164, f"+1{area}{blocks[exchange]}{line:04}")


async def seed_customers(engine: AsyncEngine, count: int, seed: int, now: datetime) -> SeedReport:
    """Add made-up customers with companies, tiers, past activities and open requests.

    Every tenth number is a couple's (several match) and every fifteenth an office's (shared).
    Does nothing if there are made-up customers already.
    """
    async with writing(engine) as connection:
        await ensure_tiers(connection)
        made_up = sa.select(contact.c.id).where(contact.c.created_via == "demo").limit(1)
        if (await connection.execute(made_up)).first() is not None:
            return SeedReport(0, 0, 0)
        crowd = _Crowd(Random(seed), now)  # noqa: S311 - not for secrets
        for _ in range(count):
            crowd.add_customer()
        await connection.run_sync(crowd.batch.insert)
        await connection.run_sync(insert_all, activity, crowd.activities)
        prefixes = [f"SR-{request['opened_at']:%Y%m%d}-" for request in crowd.requests]
        numbers = await connection.run_sync(next_numbers, prefixes)
        for request, number in zip(crowd.requests, numbers, strict=True):
            request["number"] = number
        await connection.run_sync(insert_all, service_request, crowd.requests)
    return SeedReport(count, len(crowd.activities), len(crowd.requests))


class _Crowd:
    """Makes people up, one after the other."""

    def __init__(self, random: Random, now: datetime) -> None:
        self._random = random
        self._now = now
        self.batch = Batch()
        self.activities: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.batch.accounts = [account_row(self._id(), name, now) for name in _COMPANIES]

    def add_customer(self) -> None:
        """Make one more person up."""
        order = len(self.batch.contacts)
        contact_id = self._id()
        company = self._company() if order % 3 == 0 else None
        self.batch.contacts.append(
            contact_row(
                contact_id,
                self._name(order),
                self._now - timedelta(days=self._random.randrange(1, 900)),
                company=company,
                created_via="demo",
                tier_code=self._random.choice(_TIERS),
                preferred_language=self._random.choice(_LANGUAGES),
                external_id=f"demo-{order + 1}",
            )
        )
        self._add_identity(order, contact_id)
        for _ in range(self._random.choice((0, 0, 1, 2, 4))):
            self._add_activity(contact_id)
        if self._random.random() < 0.2:
            self._add_request(contact_id)

    def _add_identity(self, order: int, contact_id: UUID) -> None:
        numbers = self.batch.numbers
        joins = bool(numbers) and (order % 10 == 9 or order % 15 == 14)
        if not joins:
            numbers.append(number_row(self._id(), demo_number(len(numbers)), self._now))
        if order % 15 == 14:
            numbers[-1]["is_shared"] = True
        confidence = self._random.choice(("verified", "confirmed", "imported"))
        self.batch.identities.append(
            identity_row(
                self._id(),
                numbers[-1]["id"],
                contact_id,
                confidence=confidence,
                is_primary=not joins,
            )
        )

    def _add_activity(self, contact_id: UUID) -> None:
        at = self._now - timedelta(minutes=self._random.randrange(60, 200_000))
        self.activities.append(
            {
                "id": self._id(),
                "kind": "call",
                "contact_id": contact_id,
                "subject": self._random.choice(_SUBJECTS),
                "status": "done",
                "outcome": self._random.choice(("answered", "answered", "abandoned_queue")),
                "agent_name": self._random.choice(_GIVEN),
                "occurred_at": at,
            }
        )

    def _add_request(self, contact_id: UUID) -> None:
        self.requests.append(
            {
                "id": self._id(),
                "contact_id": contact_id,
                "kind": self._random.choice(("enquiry", "complaint", "order_status")),
                "subject": self._random.choice(_SUBJECTS),
                "status": self._random.choice(("new", "open")),
                "opened_at": self._now - timedelta(hours=self._random.randrange(1, 500)),
            }
        )

    def _company(self) -> tuple[UUID, str]:
        chosen = self._random.choice(self.batch.accounts)
        return chosen["id"], chosen["name"]

    def _name(self, order: int) -> str:
        if order % 8 == 5:
            return self._random.choice(_OTHER_NAMES)
        return f"{self._random.choice(_GIVEN)} {self._random.choice(_FAMILY)}"

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)


async def numbers_in_store(engine: AsyncEngine, limit: int = 1_000) -> Sequence[str]:
    """Return numbers that people in the store call from, in E.164, in a fixed order."""
    query = (
        sa.select(phone_number.c.canonical)
        .where(phone_number.c.kind == "e164", phone_number.c.is_own.is_(False))
        .order_by(phone_number.c.canonical)
        .limit(limit)
    )
    async with reading(engine) as connection:
        return (await connection.execute(query)).scalars().all()


async def fill_numbers(engine: AsyncEngine, count: int, seed: int, now: datetime) -> None:
    """Add people with one number each, fast, for benchmarks: ``demo_number(0)`` and on.

    Written in pieces of 5,000, into a store that has none of these numbers.
    """
    random = Random(seed)  # noqa: S311 - not for secrets
    async with writing(engine) as connection:
        await ensure_tiers(connection)
    for start in range(0, count, _CHUNK):
        async with writing(engine) as connection:
            await _fill(connection, range(start, min(start + _CHUNK, count)), random, now)


async def _fill(connection: AsyncConnection, indices: range, random: Random, now: datetime) -> None:
    batch = Batch()
    for index in indices:
        number_id, contact_id, identity_id = (UUID(int=random.getrandbits(128)) for _ in range(3))
        name = f"{random.choice(_GIVEN)} {random.choice(_FAMILY)} {index}"
        batch.contacts.append(contact_row(contact_id, name, now, created_via="bench"))
        batch.numbers.append(number_row(number_id, demo_number(index), now))
        batch.identities.append(identity_row(identity_id, number_id, contact_id, is_primary=True))
    await connection.run_sync(batch.insert)
