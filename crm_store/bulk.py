"""Many new people at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_store.columns import clean
from crm_store.engine import insert_all
from crm_store.numbers import Number
from crm_store.parties import LONGEST_NAME
from crm_store.schema import account, contact, phone_identity, phone_number
from crm_store.text import fold, search_text

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Batch:
    """New rows of the tables of people; every row of a table names the same columns."""

    accounts: Rows = field(default_factory=list)
    contacts: Rows = field(default_factory=list)
    numbers: Rows = field(default_factory=list)
    identities: Rows = field(default_factory=list)

    def insert(self, connection: sa.Connection) -> None:
        """Store all, in an order in which what is referred to is there."""
        insert_all(connection, account, self.accounts)
        insert_all(connection, contact, self.contacts)
        insert_all(connection, phone_number, self.numbers)
        insert_all(connection, phone_identity, self.identities)


def account_row(account_id: UUID, name: str, now: datetime) -> dict[str, Any]:
    """Return a company."""
    name = clean(name)[:LONGEST_NAME]
    return {"id": account_id, "name": name, "name_key": fold(name), "created_at": now}


def contact_row(
    contact_id: UUID,
    name: str,
    now: datetime,
    *,
    company: tuple[UUID, str] | None = None,
    created_via: str,
    **more: str | None,
) -> dict[str, Any]:
    """Return a person; ``more`` may give tier_code, preferred_language and external_id."""
    name = clean(name)[:LONGEST_NAME]
    return {
        "id": contact_id,
        "display_name": name,
        "name_key": fold(name),
        "search": search_text((name, company[1] if company else "")),
        "preferred_language": more.get("preferred_language") or "",
        "tier_code": more.get("tier_code") or "ordinary",
        "account_id": company[0] if company else None,
        "external_id": more.get("external_id"),
        "created_via": created_via,
        "created_at": now,
        "updated_at": now,
    }


def number_row(number_id: UUID, number: Number, now: datetime) -> dict[str, Any]:
    """Return a number."""
    kind, canonical = number.kind.value, number.canonical
    return {
        "id": number_id,
        "kind": kind,
        "canonical": canonical,
        "is_shared": False,
        "created_at": now,
    }


def identity_row(
    identity_id: UUID,
    number_id: UUID,
    contact_id: UUID,
    *,
    extension: str = "",
    confidence: str = "imported",
    is_primary: bool = False,
) -> dict[str, Any]:
    """Return that a number is a person's."""
    return {
        "id": identity_id,
        "phone_number_id": number_id,
        "contact_id": contact_id,
        "extension": extension,
        "confidence": confidence,
        "is_primary": is_primary,
    }


def chunks(values: Sequence[str], size: int = 500) -> Sequence[Sequence[str]]:
    """Return the values in pieces short enough for one IN list."""
    return [values[start : start + size] for start in range(0, len(values), size)]
