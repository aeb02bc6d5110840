"""Writes call records into the CRM database for the projector."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.outages import outages_as
from callcenter.core.ids import Ms, ledger_call_id
from callcenter.ports.records import CallRecord, RecordsUnavailable, RequestRecord, Segment
from crm_store.columns import clean, instant, uuid_or_none
from crm_store.interactions import (
    CallRows,
    lock_cursor,
    move_cursor,
    stored_cursor,
    write_calls,
)
from crm_store.ledger import drop_calls
from crm_store.parties import known_contacts
from crm_store.text import search_text
from crm_store.transactions import read, write

_LIMIT_S = 10.0
"""For one transaction; a database that takes longer is away for people too, and they are told."""


class SqlRecords:
    """Implements ``ports.records.Records``."""

    def __init__(self, engine: AsyncEngine, limit_s: float = _LIMIT_S) -> None:
        self._engine = engine
        self._limit_s = limit_s
        self._stored: dict[str, int] = {}
        """Each journal's cursor as we know it."""

    async def cursor(self, journal_id: str) -> int:
        """Return the last stored sequence; raises RecordsUnavailable."""
        with outages_as(RecordsUnavailable):
            async with asyncio.timeout(self._limit_s):
                seq = await read(self._engine, lambda c: stored_cursor(c, journal_id))
        self._stored[journal_id] = seq
        return seq

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        """Store records and cursor in one transaction; nothing if the cursor is beyond ``seq``.

        Of several records of one call the last counts. A record whose person is not in the store
        (any more) is stored without the link.
        """
        latest = list({record.call_id: record for record in records}.values())

        def work(connection: sa.Connection) -> None:
            if self._advance(connection, journal_id, seq) and latest:
                # An audit may have thought that nobody would ever record these.
                drop_calls(connection, [UUID(ledger_call_id(each.leg_id)) for each in latest])
                write_calls(connection, call_rows(connection, latest))

        with outages_as(RecordsUnavailable):
            async with asyncio.timeout(self._limit_s):
                await write(self._engine, work)
        self._stored[journal_id] = max(seq, self._stored.get(journal_id, 0))

    def _advance(self, connection: sa.Connection, journal_id: str, seq: int) -> bool:
        """Move the cursor; False if it is beyond ``seq`` already."""
        stored = lock_cursor(connection, journal_id)
        if stored < self._stored.get(journal_id, 0):
            raise RecordsUnavailable(
                "The CRM database has gone back to an earlier state (a crash without synchronous "
                "commits, a replica that was behind, or a restored backup): what it lost is "
                "written again from the journal."
            )
        if stored > seq:
            return False
        move_cursor(connection, journal_id, seq)
        return True


def call_rows(connection: sa.Connection, records: Collection[CallRecord]) -> Sequence[CallRows]:
    """Return the rows of calls; a person who is not in the store (any more) is left out."""
    known = known_contacts(connection, {party for each in records if (party := _party(each))})
    return [_rows(record, known) for record in records]


def _party(record: CallRecord) -> UUID | None:
    return uuid_or_none(record.party_id) if record.party_id else None


def _rows(record: CallRecord, known: set[UUID]) -> CallRows:
    party = _party(record)
    contact_id = party if party in known else None
    return CallRows(
        interaction=_interaction(record, contact_id),
        segments=[_segment(segment) for segment in record.segments],
        activity=_activity(record, contact_id),
        follow_up=_follow_up(record, contact_id),
        requests=[_request(request, contact_id) for request in record.requests],
    )


def _interaction(record: CallRecord, contact_id: UUID | None) -> dict[str, Any]:
    return {
        "id": UUID(record.call_id),
        "leg_id": clean(record.leg_id),
        "ani": _clean(record.ani),
        "presentation": record.presentation.value,
        "ani_name": clean(record.ani_name),
        "dnis": clean(record.dnis),
        "service": clean(record.service),
        "arrived_at": instant(record.arrived_at),
        "answered_at": _instant(record.answered_at),
        "ended_at": _instant(record.ended_at),
        "outcome": record.outcome.value if record.outcome else None,
        "ended_by": record.ended_by.value if record.ended_by else None,
        "cause": clean(record.cause),
        "menu_path": [clean(step) for step in record.menu_path],
        "queue_id": _clean(record.queue_id),
        "queue_name": clean(record.queue_name),
        "agent_id": _clean(record.agent_id),
        "agent_name": clean(record.agent_name),
        "match_status": record.match_status.value,
        "contact_id": contact_id,
        "party_name": clean(record.party_name),
        "confirmed_by": _clean(record.confirmed_by),
        "wait_ms": record.wait_ms,
        "talk_ms": record.talk_ms,
        "wrap_up_ms": record.wrap_up_ms,
        "disposition": _clean(record.disposition),
        "note": clean(record.note),
        "wrap_up_late": record.wrap_up_late,
        "closed": record.closed,
        "follow_up": _clean(record.follow_up),
        "follow_up_at": _instant(record.follow_up_at),
        "search": search_text(searched(record)),
        "is_callback": record.is_callback,
        "callback_of": UUID(record.callback_of) if record.callback_of else None,
    }


def searched(record: CallRecord) -> Sequence[str | None]:
    """Return the texts that a call is found by."""
    return (
        record.ani,
        record.party_name,
        record.ani_name,
        record.queue_name,
        record.agent_name,
        record.outcome,
        record.disposition,
    )


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "seq": segment.seq,
        "kind": segment.kind.value,
        "started_at": instant(segment.started_at),
        "ended_at": _instant(segment.ended_at),
        "end_reason": clean(segment.end_reason),
        "queue_id": _clean(segment.queue_id),
        "agent_id": _clean(segment.agent_id),
        "agent_name": clean(segment.agent_name),
        "station": clean(segment.station),
    }


def _activity(record: CallRecord, contact_id: UUID | None) -> dict[str, Any]:
    return {
        "contact_id": contact_id,
        "subject": clean(record.service),
        "note": clean(record.note),
        "status": "done" if record.closed else "open",
        "outcome": record.outcome.value if record.outcome else None,
        "disposition": _clean(record.disposition),
        "agent_id": _clean(record.agent_id),
        "agent_name": clean(record.agent_name),
        "occurred_at": instant(record.arrived_at),
    }


def _follow_up(record: CallRecord, contact_id: UUID | None) -> dict[str, Any] | None:
    if record.follow_up is None:
        return None
    opened_at = record.arrived_at if record.follow_up_at is None else record.follow_up_at
    return {
        "contact_id": contact_id,
        "subject": clean(record.follow_up),
        "occurred_at": instant(opened_at),
        "due_at": instant(opened_at),
    }


def _request(request: RequestRecord, contact_id: UUID | None) -> dict[str, Any]:
    return {
        "origin_number": request.number,
        "contact_id": contact_id,
        "kind": request.kind,
        "subject": request.subject,
        "description": request.description,
        "opened_at": instant(request.opened_at),
        "opened_by": _clean(request.opened_by),
    }


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _instant(at: Ms | None) -> Any:  # noqa: ANN401 - datetime is the store's business
    return None if at is None else instant(at)
