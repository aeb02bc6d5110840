"""Importing customers from a CSV file: all of it in one transaction, or nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store.bulk import Batch, account_row, chunks, contact_row, identity_row, number_row
from crm_store.customer_file import LONGEST_FILE, CustomerRow, Problem, read_customers
from crm_store.engine import reading, writing
from crm_store.matching import NumberRules
from crm_store.numbers import Number
from crm_store.parties import TIERS, ensure_tiers, tier_codes
from crm_store.schema import account, contact, phone_identity, phone_number
from crm_store.text import fold, search_text
from crm_store.users import user_ids


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do."""

    rows: int
    """Rows that are right."""
    created: int
    updated: int
    unchanged: int
    problems: Sequence[Problem]
    written: bool
    """False for a dry run, and when there was any problem."""


@dataclass(slots=True)
class _Known:
    """A person who is in the store, as far as an import may change it."""

    contact_id: UUID
    external_id: str | None
    fields: dict[str, Any]
    company: str
    numbers: set[tuple[str, str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _Plan:
    batch: Batch
    updates: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0


async def import_customers(
    engine: AsyncEngine,
    text: str,
    *,
    dry_run: bool,
    now: datetime,
    rules: NumberRules | None = None,
) -> ImportReport:
    """Import customers, or say what importing them would do.

    A row is the person with the same external_id, else the one with the same name and one of the
    numbers, else a new one. Importing a file again changes nothing. Numbers are added, never taken
    away; an empty cell changes nothing. If a single row is wrong, nothing is written.

    Args:
        engine: The store.
        text: The file, as ``customer_file.read_customers`` takes it.
        dry_run: Only report.
        now: When the people are added.
        rules: How numbers without a country code are read.
    """
    if len(text) > LONGEST_FILE:
        problem = Problem(1, "", f"The file is longer than {LONGEST_FILE} characters: split it.")
        return ImportReport(0, 0, 0, 0, [problem], written=False)
    if not dry_run:
        async with writing(engine) as connection:
            await ensure_tiers(connection)
    async with reading(engine) as connection:
        tiers = await tier_codes(connection) | {code for code, _, _ in TIERS}
        owners = await user_ids(connection)
    # Tens of microseconds a number: not on the event loop.
    rows, problems = await asyncio.to_thread(
        read_customers, text, rules or NumberRules(), tiers, owners
    )
    written = not dry_run and not problems
    async with (writing if written else reading)(engine) as connection:
        plan = await _plan(connection, rows, now)
        if written:
            await _carry_out(connection, plan, now)
    return ImportReport(
        len(rows), plan.created, plan.updated, plan.unchanged, problems, written=written
    )


async def _carry_out(connection: AsyncConnection, plan: _Plan, now: datetime) -> None:
    await connection.run_sync(plan.batch.insert)
    for contact_id, values in plan.updates:
        changing = sa.update(contact).where(contact.c.id == contact_id)
        await connection.execute(
            changing.values(**values, updated_at=now, version=contact.c.version + 1)
        )


async def _plan(connection: AsyncConnection, rows: Sequence[CustomerRow], now: datetime) -> _Plan:
    planner = _Planner(now)
    await planner.look_up(connection, rows)
    for row in rows:
        planner.add(row)
    return planner.plan


class _Planner:
    """Decides row by row, with all that the rows refer to looked up before."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._accounts: dict[str, UUID] = {}
        self._numbers: dict[tuple[str, str], UUID] = {}
        self._by_external_id: dict[str, _Known] = {}
        self._by_number: dict[tuple[str, str, str], _Known] = {}
        self._people: dict[UUID, _Known] = {}
        self.plan = _Plan(Batch())

    async def look_up(self, connection: AsyncConnection, rows: Sequence[CustomerRow]) -> None:
        """Read what the rows may refer to."""
        lines = _unique(number.canonical for row in rows for number in row.numbers)
        for some in chunks(_unique(fold(row.company) for row in rows if row.company)):
            query = sa.select(account.c.name_key, account.c.id)
            found = await connection.execute(query.where(account.c.name_key.in_(some)))
            self._accounts |= {row.name_key: row.id for row in found}
        for some in chunks(lines):
            columns = phone_number.c
            query_numbers = sa.select(columns.kind, columns.canonical, columns.id).where(
                columns.canonical.in_(some)
            )
            for kind, canonical, number_id in await connection.execute(query_numbers):
                self._numbers[kind, canonical] = number_id
        for some in chunks(_unique(row.external_id for row in rows if row.external_id)):
            await self._look_up_people(connection, contact.c.external_id.in_(some))
        for some in chunks(lines):
            await self._look_up_people(connection, phone_number.c.canonical.in_(some))

    async def _look_up_people(
        self, connection: AsyncConnection, condition: "sa.ColumnElement[bool]"
    ) -> None:
        query = (
            sa.select(
                contact,
                account.c.name.label("company"),
                phone_number.c.kind,
                phone_number.c.canonical,
                phone_identity.c.extension,
            )
            .outerjoin(account, account.c.id == contact.c.account_id)
            .outerjoin(phone_identity, phone_identity.c.contact_id == contact.c.id)
            .outerjoin(phone_number, phone_number.c.id == phone_identity.c.phone_number_id)
            .where(contact.c.deleted_at.is_(None))
            .where(condition)
        )
        for row in await connection.execute(query):
            self._note(row._asdict())

    def _note(self, row: dict[str, Any]) -> None:
        known = self._people.get(row["id"])
        if known is None:
            known = _Known(row["id"], row["external_id"], row, row["company"] or "")
            self._people[row["id"]] = known
        if known.external_id:
            self._by_external_id[known.external_id] = known
        if row["canonical"]:
            known.numbers.add((row["kind"], row["canonical"], row["extension"]))
            self._by_number[row["kind"], row["canonical"], known.fields["name_key"]] = known

    def add(self, row: CustomerRow) -> None:
        """Plan what one row asks for."""
        known = self._find(row)
        if known is None:
            self._create(row)
            return
        changes = self._changes(row, known)
        missing = [n for n in row.numbers if _key(n) not in known.numbers]
        for number in missing:
            self._add_number(number, known.contact_id, is_primary=False)
        if changes:
            self.plan.updates.append((known.contact_id, changes))
        if changes or missing:
            self.plan.updated += 1
        else:
            self.plan.unchanged += 1

    def _find(self, row: CustomerRow) -> _Known | None:
        if row.external_id in self._by_external_id:
            return self._by_external_id[row.external_id]
        for number in row.numbers:
            known = self._by_number.get((number.kind.value, number.canonical, fold(row.name)))
            # A person with another external id is another person.
            if known is not None and (not row.external_id or known.external_id is None):
                return known
        return None

    def _create(self, row: CustomerRow) -> None:
        contact_id = uuid4()
        company = (self._account(row.company), row.company) if row.company else None
        self.plan.batch.contacts.append(
            contact_row(
                contact_id,
                row.name,
                self._now,
                company=company,
                created_via="import",
                tier_code=row.tier,
                preferred_language=row.language,
                external_id=row.external_id or None,
            )
            | {"owner_id": row.owner_id}
        )
        for index, number in enumerate(row.numbers):
            self._add_number(number, contact_id, is_primary=index == 0)
        self.plan.created += 1

    def _changes(self, row: CustomerRow, known: _Known) -> dict[str, Any]:
        wanted = {
            "display_name": row.name,
            "name_key": fold(row.name),
            "tier_code": row.tier,
            "preferred_language": row.language,
            "external_id": row.external_id,
            "owner_id": row.owner_id,
        }
        changes: dict[str, Any] = {k: v for k, v in wanted.items() if v and v != known.fields[k]}
        if row.company and fold(row.company) != fold(known.company):
            changes["account_id"] = self._account(row.company)
        if changes:
            changes["search"] = search_text((row.name, row.company or known.company))
        return changes

    def _account(self, name: str) -> UUID:
        key = fold(name)
        if key not in self._accounts:
            self._accounts[key] = uuid4()
            self.plan.batch.accounts.append(account_row(self._accounts[key], name, self._now))
        return self._accounts[key]

    def _add_number(self, number: Number, contact_id: UUID, *, is_primary: bool) -> None:
        key = (number.kind.value, number.canonical)
        if key not in self._numbers:
            self._numbers[key] = uuid4()
            self.plan.batch.numbers.append(number_row(self._numbers[key], number, self._now))
        identity = identity_row(
            uuid4(),
            self._numbers[key],
            contact_id,
            extension=number.extension,
            is_primary=is_primary,
        )
        self.plan.batch.identities.append(identity)


def _key(number: Number) -> tuple[str, str, str]:
    return number.kind.value, number.canonical, number.extension


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
