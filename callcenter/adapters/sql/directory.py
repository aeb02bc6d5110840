"""Looks callers up in the CRM database."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.outages import outages_as
from callcenter.core.call.messages import (
    MatchStatus,
    Presentation,
    Traits,
)
from callcenter.core.ids import AgentId, PartyId
from callcenter.ports.directory import (
    CallerMatch,
    Candidate,
    CustomerCard,
    OpenServiceRequest,
    PastActivity,
)
from crm_store.columns import milliseconds, uuid_or_none
from crm_store.interactions import Row, activities_of
from crm_store.matching import Match, NumberRules, Person, match_caller
from crm_store.parties import ContactCard, contact_card
from crm_store.requests import OpenRequest, open_requests_of
from crm_store.transactions import read

T = TypeVar("T")

CHECK_LIMIT_S = 1.0
"""For the question whether somebody may be called: nobody is on the line who waits for it."""


class SqlDirectory:
    """Implements ``ports.directory.Directory``.

    A database that is away gives TimeoutError too: for the caller on the line it is the same.
    """

    def __init__(
        self, engine: AsyncEngine, rules: NumberRules | None = None, limit_s: float = 0.05
    ) -> None:
        self._engine = engine
        self._rules = rules or NumberRules()
        self._limit_s = limit_s
        self._asking: set[asyncio.Task[Any]] = set()

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        """Return who may be calling; what the network withheld is not looked at."""
        if presentation is Presentation.WITHHELD:
            return CallerMatch(MatchStatus.WITHHELD, ())
        if presentation is Presentation.UNAVAILABLE:
            return CallerMatch(MatchStatus.UNAVAILABLE, ())
        return await self._read(
            lambda connection: _caller_match(match_caller(connection, ani, self._rules, dnis))
        )

    async def wants_no_calls(self, number: str) -> bool:
        """Say whether one of the people with a number wants no calls."""
        found = await self._read(
            lambda connection: match_caller(connection, number, self._rules), CHECK_LIMIT_S
        )
        return any(person.do_not_call for person in found.people)

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        """Return what is known of one person, or None."""
        contact_id = uuid_or_none(party_id)
        if contact_id is None:
            return None
        return await self._read(lambda connection: _card_of(connection, contact_id))

    async def _read(self, work: Callable[[sa.Connection], T], limit_s: float | None = None) -> T:
        # In a task of its own: to let go of a connection whose other end is dead takes the driver
        # two seconds, and nobody is to wait for that.
        asking = asyncio.create_task(read(self._engine, work), name="look-up")
        self._asking.add(asking)
        asking.add_done_callback(self._forget)
        try:
            limit_s = self._limit_s if limit_s is None else limit_s
            await asyncio.wait((asking,), timeout=limit_s)
            if not asking.done():
                raise TimeoutError(f"the CRM database did not answer within {limit_s} s")
            with outages_as(TimeoutError):
                return asking.result()
        finally:
            asking.cancel()

    def _forget(self, asking: "asyncio.Task[Any]") -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()  # whoever asked has it, or waits no more


def _card_of(connection: sa.Connection, contact_id: UUID) -> CustomerCard | None:
    found = contact_card(connection, contact_id)
    if found is None:
        return None
    activities = activities_of(connection, contact_id)
    return _card(found, activities, open_requests_of(connection, contact_id))


def _caller_match(found: Match) -> CallerMatch:
    candidates = [
        Candidate(PartyId(person.contact_id.hex), person.name, person.tier, person.reason)
        for person in found.people
    ]
    status = MatchStatus(found.result.value)
    if status is MatchStatus.SINGLE:
        return CallerMatch(status, candidates, _traits(found.people[0]))
    return CallerMatch(status, candidates)


def _traits(person: Person) -> Traits:
    return Traits(
        person.tier,
        person.language,
        AgentId(person.owner_id.hex) if person.owner_id else None,
        AgentId(person.last_agent_id) if person.last_agent_id else None,
    )


def _card(
    found: ContactCard, activities: Sequence[Row], requests: Sequence[OpenRequest]
) -> CustomerCard:
    return CustomerCard(
        party_id=PartyId(found.contact_id.hex),
        name=found.name,
        tier=found.tier,
        company=found.company,
        language=found.language,
        numbers=found.numbers,
        do_not_call=found.do_not_call,
        activities=tuple(_activity(row) for row in activities),
        requests=tuple(_request(request) for request in requests),
    )


def _activity(row: Row) -> PastActivity:
    return PastActivity(
        activity_id=row["id"].hex,
        at=milliseconds(row["occurred_at"]),
        kind=row["kind"],
        subject=row["subject"],
        outcome=row["outcome"] or "",
        disposition=row["disposition"] or "",
        agent_name=row["agent_name"],
        note=row["note"],
    )


def _request(request: OpenRequest) -> OpenServiceRequest:
    return OpenServiceRequest(
        number=request.number,
        subject=request.subject,
        kind=request.kind,
        status=request.status,
        opened_at=milliseconds(request.opened_at),
    )
