"""Who calls: from a number to people. A number that several share is never given to one of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_store.numbers import Missing, Number, missing, normalise
from crm_store.schema import (
    contact,
    interaction,
    phone_identity,
    phone_number,
    service_request,
)

MOST_CANDIDATES = 20
CLOSED_STATUSES = ("resolved", "closed", "cancelled")

_RANK = {"verified": 0, "confirmed": 1, "imported": 2, "inferred": 3}


class MatchResult(StrEnum):
    """What is known about a caller's number."""

    NONE = "none"
    SINGLE = "single"
    MULTIPLE = "multiple"
    SHARED = "shared"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the number may belong to."""

    contact_id: UUID
    name: str
    tier: str
    confidence: str
    is_primary: bool
    has_open_request: bool
    last_seen_at: datetime | None
    language: str = ""
    owner_id: UUID | None = None
    """The user who looks after this customer."""
    last_agent_id: str | None = None
    """Who talked with the customer last, as the interaction names them."""
    do_not_call: bool = False

    @property
    def reason(self) -> str:
        """Why it is a candidate, for people."""
        return f"open request, {self.confidence}" if self.has_open_request else self.confidence


@dataclass(frozen=True, slots=True)
class Match:
    """The answer; candidates best first, at most 20."""

    result: MatchResult
    people: Sequence[Person] = ()


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How the operator's trunks deliver numbers."""

    region: str = "US"
    """Where national numbers belong."""
    regions: tuple[tuple[str, str], ...] = ()
    """(dialled number, region) where that of a service number is another."""
    junk: tuple[re.Pattern[str], ...] = ()

    def normalise(self, text: str, dnis: str = "") -> Number | None:
        """Return the number that a text means to a caller of this service number."""
        return normalise(text, dict(self.regions).get(dnis, self.region), self.junk)


# Not NOT IN: SQLAlchemy would expand its values each time.
IS_OPEN = sa.and_(*(service_request.c.status != status for status in CLOSED_STATUSES))

_has_open_request = (
    sa.exists()
    .where(service_request.c.contact_id == contact.c.id)
    .where(IS_OPEN)
    .label("has_open_request")
)

_last_call_at = (
    sa.select(sa.func.max(interaction.c.arrived_at))
    .where(interaction.c.contact_id == contact.c.id)
    .scalar_subquery()
    .label("last_call_at")
)

_last_agent = (
    sa.select(interaction.c.agent_id)
    .where(interaction.c.contact_id == contact.c.id)
    .where(interaction.c.agent_id.is_not(None))
    .order_by(interaction.c.arrived_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("last_agent_id")
)

_BY_NUMBER = (
    sa.select(
        phone_number.c.is_shared,
        phone_number.c.is_own,
        phone_identity.c.extension,
        phone_identity.c.confidence,
        phone_identity.c.is_primary,
        phone_identity.c.last_seen_at,
        contact.c.id,
        contact.c.display_name,
        contact.c.tier_code,
        contact.c.preferred_language,
        contact.c.owner_id,
        contact.c.do_not_call,
        _has_open_request,
        _last_call_at,
        _last_agent,
    )
    .join(phone_identity, phone_identity.c.phone_number_id == phone_number.c.id)
    .join(contact, contact.c.id == phone_identity.c.contact_id)
    .where(phone_number.c.kind == sa.bindparam("kind"))
    .where(phone_number.c.canonical == sa.bindparam("canonical"))
    .where(phone_identity.c.valid_to.is_(None))
    .where(contact.c.deleted_at.is_(None))
    .limit(200)
)


def match_caller(
    connection: sa.Connection, ani: str | None, rules: NumberRules, dnis: str = ""
) -> Match:
    """Return who may be calling from a number that the network did not withhold.

    An own number (a service number or the trunk's) is nobody's: else every forwarded call would
    be the same customer's.
    """
    absent = missing(ani)
    if absent is not None or ani is None:
        withheld = absent is Missing.WITHHELD
        return Match(MatchResult.WITHHELD if withheld else MatchResult.UNAVAILABLE)
    number = rules.normalise(ani, dnis)
    if number is None:
        return Match(MatchResult.UNAVAILABLE)
    found: sa.Result[Any] = connection.execute(
        _BY_NUMBER, {"kind": number.kind.value, "canonical": number.canonical}
    )
    return _decide(found.all(), number.extension)


def _decide(rows: Sequence["sa.Row[tuple[object, ...]]"], extension: str) -> Match:
    if not rows or rows[0].is_own:
        return Match(MatchResult.NONE)
    # A known extension singles its people out; else all of the line may be meant.
    same_extension = [row for row in rows if extension and row.extension == extension]
    people = _ranked(same_extension or rows)
    if rows[0].is_shared and not same_extension:
        return Match(MatchResult.SHARED, people)
    return Match(MatchResult.SINGLE if len(people) == 1 else MatchResult.MULTIPLE, people)


def _ranked(rows: Sequence["sa.Row[tuple[object, ...]]"]) -> Sequence[Person]:
    people: dict[UUID, Person] = {}
    for person in sorted((_person(row) for row in rows), key=_order):
        people.setdefault(person.contact_id, person)
    return tuple(people.values())[:MOST_CANDIDATES]


def _person(row: "sa.Row[tuple[object, ...]]") -> Person:
    return Person(
        contact_id=row.id,
        name=row.display_name,
        tier=row.tier_code,
        confidence=row.confidence,
        is_primary=row.is_primary,
        has_open_request=bool(row.has_open_request),
        last_seen_at=max(filter(None, (row.last_seen_at, row.last_call_at)), default=None),
        language=row.preferred_language,
        owner_id=row.owner_id,
        last_agent_id=row.last_agent_id,
        do_not_call=row.do_not_call,
    )


def _order(person: Person) -> tuple[bool, bool, float, int, bool, str]:
    sure = person.confidence in ("verified", "confirmed")
    seen = person.last_seen_at.timestamp() if person.last_seen_at else 0.0
    return (
        not person.has_open_request,
        not (sure and person.is_primary),
        -seen,
        _RANK[person.confidence],
        not person.is_primary,
        person.contact_id.hex,
    )
