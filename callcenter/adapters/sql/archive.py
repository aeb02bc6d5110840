"""Reads past calls from the CRM database."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.cursors import cursor_text, read_cursor
from callcenter.adapters.sql.outages import outages_as
from callcenter.core.call.messages import (
    EndedBy,
    MatchStatus,
    Outcome,
    Presentation,
)
from callcenter.core.ids import AgentId, CallId, LegId, Ms, PartyId, QueueId
from callcenter.ports.archive import CallLine, CallPage
from callcenter.ports.records import (
    CallRecord,
    RecordsUnavailable,
    RequestRecord,
    Segment,
    SegmentKind,
)
from crm_store.columns import instant, milliseconds, uuid_or_none
from crm_store.engine import reading
from crm_store.interactions import (
    CallRows,
    Row,
    count_outcomes,
    read_call,
    search_calls,
    segments_between,
)

MOST_LINES = 200


class SqlArchive:
    """Implements ``ports.archive.Archive``; raises RecordsUnavailable when the database is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def search(self, text: str, cursor: str | None, limit: int) -> CallPage:
        """Return a page of calls, newest first; at most 200."""
        limit = max(1, min(limit, MOST_LINES))
        before = _before(cursor)
        with outages_as(RecordsUnavailable):
            async with reading(self._engine) as connection:
                # One more than asked for tells whether there is a next page.
                rows = await search_calls(connection, text, before, limit + 1)
        lines = [_line(row) for row in rows[:limit]]
        return CallPage(lines, _next(lines) if len(rows) > limit else None)

    async def call(self, call_id: str) -> CallRecord | None:
        """Return one call, or None if there is none."""
        wanted = uuid_or_none(call_id)
        if wanted is None:
            return None
        with outages_as(RecordsUnavailable):
            async with reading(self._engine) as connection:
                rows = await read_call(connection, wanted)
        return None if rows is None else _record(rows)

    async def outcomes(self) -> dict[str, int]:
        """Count activities by outcome."""
        with outages_as(RecordsUnavailable):
            async with reading(self._engine) as connection:
                return await count_outcomes(connection)

    async def segments(self, begins_at: Ms, ends_at: Ms) -> Sequence[Sequence[Segment]]:
        """Return the segments of each call that arrived from one instant until before another."""
        with outages_as(RecordsUnavailable):
            async with reading(self._engine) as connection:
                rows = await segments_between(connection, instant(begins_at), instant(ends_at))
        calls = groupby(rows, key=itemgetter("interaction_id"))
        return [[_segment(row) for row in own] for _, own in calls]


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    place = read_cursor(cursor)
    return None if place is None else (instant(place[0]), UUID(place[1]))


def _next(lines: Sequence[CallLine]) -> str:
    return cursor_text(lines[-1].arrived_at, lines[-1].call_id)


def _line(row: Row) -> CallLine:
    return CallLine(
        call_id=row["id"].hex,
        arrived_at=milliseconds(row["arrived_at"]),
        ended_at=_ms(row["ended_at"]),
        ani=row["ani"] or "",
        caller_name=row["party_name"] or row["ani_name"],
        service=row["service"],
        queue_name=row["queue_name"],
        agent_name=row["agent_name"],
        outcome=row["outcome"] or "",
        disposition=row["disposition"] or "",
        wait_ms=row["wait_ms"],
        talk_ms=row["talk_ms"],
    )


def _record(rows: CallRows) -> CallRecord:
    row = rows.interaction
    return CallRecord(
        call_id=CallId(row["id"].hex),
        leg_id=LegId(row["leg_id"]),
        ani=row["ani"],
        presentation=Presentation(row["presentation"]),
        ani_name=row["ani_name"],
        dnis=row["dnis"],
        service=row["service"],
        arrived_at=milliseconds(row["arrived_at"]),
        answered_at=_ms(row["answered_at"]),
        ended_at=_ms(row["ended_at"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        ended_by=EndedBy(row["ended_by"]) if row["ended_by"] else None,
        cause=row["cause"],
        menu_path=tuple(row["menu_path"]),
        queue_id=_queue(row["queue_id"]),
        queue_name=row["queue_name"],
        agent_id=_agent(row["agent_id"]),
        agent_name=row["agent_name"],
        match_status=MatchStatus(row["match_status"]),
        party_id=PartyId(row["contact_id"].hex) if row["contact_id"] else None,
        party_name=row["party_name"],
        confirmed_by=_agent(row["confirmed_by"]),
        wait_ms=row["wait_ms"],
        talk_ms=row["talk_ms"],
        wrap_up_ms=row["wrap_up_ms"],
        disposition=row["disposition"],
        note=row["note"],
        wrap_up_late=row["wrap_up_late"],
        closed=row["closed"],
        segments=tuple(_segment(segment) for segment in rows.segments),
        requests=tuple(_request(request) for request in rows.requests),
        follow_up=row["follow_up"],
        follow_up_at=_ms(row["follow_up_at"]),
        callback_of=CallId(row["callback_of"].hex) if row["callback_of"] else None,
        is_callback=row["is_callback"],
    )


def _segment(row: Row) -> Segment:
    return Segment(
        seq=row["seq"],
        kind=SegmentKind(row["kind"]),
        started_at=milliseconds(row["started_at"]),
        ended_at=_ms(row["ended_at"]),
        end_reason=row["end_reason"],
        queue_id=_queue(row["queue_id"]),
        agent_id=_agent(row["agent_id"]),
        agent_name=row["agent_name"],
        station=row["station"],
    )


def _request(row: Row) -> RequestRecord:
    return RequestRecord(
        number=row["origin_number"],
        kind=row["kind"],
        subject=row["subject"],
        description=row["description"],
        opened_at=milliseconds(row["opened_at"]),
        opened_by=_agent(row["opened_by"]),
    )


def _ms(at: datetime | None) -> Ms | None:
    return None if at is None else milliseconds(at)


def _agent(text: str | None) -> AgentId | None:
    return None if text is None else AgentId(text)


def _queue(text: str | None) -> QueueId | None:
    return None if text is None else QueueId(text)
