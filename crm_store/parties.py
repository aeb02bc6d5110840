"""People and their numbers: adding them, and what is shown of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.columns import clean
from crm_store.engine import insert_for
from crm_store.numbers import Number
from crm_store.schema import account, contact, phone_identity, phone_number, tier
from crm_store.text import fold, search_text

LONGEST_NAME = 200

TIERS = (("gold", "Gold", 20), ("potential_gold", "Potential gold", 10), ("ordinary", "", 0))
"""Code, label and queue priority of the tiers that every store has."""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """What is shown of one person at once."""

    contact_id: UUID
    name: str
    tier: str
    company: str
    language: str
    do_not_call: bool
    numbers: Sequence[str]
    """Primary first; an extension after an "x"."""


async def ensure_tiers(connection: AsyncConnection) -> None:
    """Add the tiers that every store has, where they are missing."""
    rows = [{"code": c, "label": label, "queue_priority": p} for c, label, p in TIERS]
    await connection.execute(insert_for(connection, tier).on_conflict_do_nothing(), rows)


async def tier_codes(connection: AsyncConnection) -> set[str]:
    """Return the codes of all tiers."""
    return set((await connection.execute(sa.select(tier.c.code))).scalars())


async def add_contact(  # noqa: PLR0913 - one argument for each thing known of a new person
    connection: AsyncConnection,
    name: str,
    now: datetime,
    *,
    tier_code: str = "ordinary",
    company: str = "",
    language: str = "",
    external_id: str | None = None,
    created_via: str = "agent",
) -> UUID:
    """Add a person and return the id."""
    name = clean(name)[:LONGEST_NAME]
    contact_id = uuid4()
    account_id = await account_named(connection, company, now) if company else None
    row = {
        "id": contact_id,
        "display_name": name,
        "name_key": fold(name),
        "search": search_text((name, company)),
        "preferred_language": language,
        "tier_code": tier_code,
        "account_id": account_id,
        "external_id": external_id,
        "created_via": created_via,
        "created_at": now,
        "updated_at": now,
    }
    await connection.execute(sa.insert(contact), row)
    return contact_id


async def account_named(connection: AsyncConnection, name: str, now: datetime) -> UUID:
    """Return the company of a name, adding it if there is none."""
    name = clean(name)[:LONGEST_NAME]
    row = {"id": uuid4(), "name": name, "name_key": fold(name), "created_at": now}
    adding = insert_for(connection, account).on_conflict_do_nothing(index_elements=["name_key"])
    await connection.execute(adding, row)
    same_name = sa.select(account.c.id).where(account.c.name_key == fold(name))
    found: UUID = (await connection.execute(same_name)).scalar_one()
    return found


async def add_number(
    connection: AsyncConnection,
    contact_id: UUID,
    number: Number,
    now: datetime,
    *,
    confidence: str = "confirmed",
    is_primary: bool = False,
) -> None:
    """Say that a number is a person's; if that is known already, only the confidence is renewed."""
    number_id = await number_id_of(connection, number, now)
    row = {
        "id": uuid4(),
        "phone_number_id": number_id,
        "contact_id": contact_id,
        "extension": number.extension,
        "confidence": confidence,
        "is_primary": is_primary,
    }
    adding = insert_for(connection, phone_identity).on_conflict_do_update(
        index_elements=["phone_number_id", "contact_id", "extension"],
        set_={"confidence": confidence, "valid_to": None},
    )
    await connection.execute(adding, row)


async def number_id_of(connection: AsyncConnection, number: Number, now: datetime) -> UUID:
    """Return the row of a number, adding it if there is none."""
    key = {"kind": number.kind.value, "canonical": number.canonical}
    adding = insert_for(connection, phone_number).on_conflict_do_nothing(index_elements=list(key))
    await connection.execute(adding, {"id": uuid4(), "created_at": now, **key})
    same = sa.select(phone_number.c.id).filter_by(**key)
    found: UUID = (await connection.execute(same)).scalar_one()
    return found


async def mark_number(
    connection: AsyncConnection,
    number: Number,
    now: datetime,
    *,
    is_shared: bool = False,
    is_own: bool = False,
) -> None:
    """Say that many people call from a number, or that it is our own."""
    number_id = await number_id_of(connection, number, now)
    marked = sa.update(phone_number).where(phone_number.c.id == number_id)
    await connection.execute(marked.values(is_shared=is_shared, is_own=is_own))


# Built once: with each call they would cost more to build than to run.
_CARD = (
    sa.select(contact, account.c.name.label("company"))
    .outerjoin(account, account.c.id == contact.c.account_id)
    .where(contact.c.id == sa.bindparam("contact_id"), contact.c.deleted_at.is_(None))
)
_NUMBERS = (
    sa.select(phone_number.c.canonical, phone_identity.c.extension)
    .join(phone_identity, phone_identity.c.phone_number_id == phone_number.c.id)
    .where(phone_identity.c.contact_id == sa.bindparam("contact_id"))
    .where(phone_identity.c.valid_to.is_(None))
    .order_by(phone_identity.c.is_primary.desc(), phone_number.c.canonical)
)


def contact_card(connection: sa.Connection, contact_id: UUID) -> ContactCard | None:
    """Return what is shown of a person, or None if there is none or they were deleted."""
    row = connection.execute(_CARD, {"contact_id": contact_id}).one_or_none()
    if row is None:
        return None
    return ContactCard(
        contact_id=contact_id,
        name=row.display_name,
        tier=row.tier_code,
        company=row.company or "",
        language=row.preferred_language,
        do_not_call=row.do_not_call,
        numbers=numbers_of(connection, contact_id),
    )


def numbers_of(connection: sa.Connection, contact_id: UUID) -> Sequence[str]:
    """Return a person's numbers, primary first."""
    found = connection.execute(_NUMBERS, {"contact_id": contact_id}).all()
    return tuple(f"{line} x{extension}" if extension else line for line, extension in found)


_KNOWN = sa.select(contact.c.id).where(contact.c.id.in_(sa.bindparam("ids", expanding=True)))


def known_contacts(connection: sa.Connection, ids: set[UUID]) -> set[UUID]:
    """Return which of these people there are."""
    if not ids:
        return set()
    return set(connection.execute(_KNOWN, {"ids": list(ids)}).scalars())
