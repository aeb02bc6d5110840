"""Calls as the CRM keeps them: an interaction, its segments, and exactly one activity each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.engine import insert_all, insert_into
from crm_store.requests import NewRequest, open_requests
from crm_store.schema import (
    activity,
    interaction,
    interaction_segment,
    metadata,
    projection_cursor,
    service_request,
)
from crm_store.text import holds_words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallRows:
    """All rows of one call, by column name; ids that follow from the call's are filled in here."""

    interaction: Row
    segments: Sequence[Row]
    activity: Row
    follow_up: Row | None
    requests: Sequence[Row]

    @property
    def call_id(self) -> UUID:
        """The interaction's id."""
        call_id: UUID = self.interaction["id"]
        return call_id


def activity_id(call_id: UUID) -> UUID:
    """Return the id of a call's activity: always the same one, so there can be only one."""
    return uuid5(call_id, "activity")


def follow_up_id(call_id: UUID) -> UUID:
    """Return the id of a call's follow-up task."""
    return uuid5(call_id, "follow_up")


def stored_cursor(connection: sa.Connection, journal_id: str) -> int:
    """Return the last sequence of a journal whose consequences are stored; 0 for none."""
    columns = projection_cursor.c
    query = sa.select(columns.seq).where(columns.journal_id == journal_id)
    return connection.execute(query).scalar_one_or_none() or 0


def lock_cursor(connection: sa.Connection, journal_id: str) -> int:
    """Return a journal's cursor; its row stays locked to the end of the transaction.

    So two writers take turns, and the one that is behind sees it.
    """
    locking = _locking_statement(connection.dialect.name)
    seq: int = connection.execute(locking, {"journal_id": journal_id, "seq": 0}).scalar_one()
    return seq


def move_cursor(connection: sa.Connection, journal_id: str, seq: int) -> None:
    """Set a journal's cursor, which must be locked."""
    connection.execute(_MOVING, {"of_journal": journal_id, "to_seq": seq})


def carry_cursor(
    connection: sa.Connection, journal_id: str, successor_id: str, last_seq: int
) -> int:
    """Let a journal that was restored go on where the one it was copied from had got to.

    Args:
        connection: A transaction that writes.
        journal_id: The journal that was copied.
        successor_id: The copy's own id.
        last_seq: The copy's last sequence; the store may know of later ones, which are lost.

    Returns:
        The copy's cursor.
    """
    seq = max(lock_cursor(connection, successor_id), stored_cursor(connection, journal_id))
    seq = min(seq, last_seq)
    move_cursor(connection, successor_id, seq)
    return seq


# Building a statement takes longer than running it; so do those of the records below.
@cache
def _locking_statement(dialect: str) -> sa.Executable:
    adding = insert_into(dialect, projection_cursor)
    return adding.on_conflict_do_update(
        index_elements=["journal_id"], set_={"seq": projection_cursor.c.seq}
    ).returning(projection_cursor.c.seq)


_MOVING = (
    sa.update(projection_cursor)
    .where(projection_cursor.c.journal_id == sa.bindparam("of_journal"))
    .values(seq=sa.bindparam("to_seq"))
)


def write_calls(connection: sa.Connection, calls: Sequence[CallRows]) -> None:
    """Store calls; writing one again replaces what the call itself says.

    What people do later with a follow-up task or a request (status, text) is not touched.
    """
    if not calls:
        return
    _upsert(connection, interaction, "id", [dict(call.interaction) for call in calls])
    _replace_segments(connection, calls)
    _upsert(connection, activity, "interaction_id", [_activity(call) for call in calls])
    tasks = [_follow_up(call, call.follow_up) for call in calls if call.follow_up is not None]
    _upsert(connection, activity, "id", tasks, only=("subject", "contact_id"))
    open_requests(connection, [r for call in calls for r in _requests(call)])


def _upsert(
    connection: sa.Connection,
    table: sa.Table,
    key: str,
    rows: Sequence[dict[str, Any]],
    only: Sequence[str] = (),
) -> None:
    if rows:
        changed = only or [name for name in rows[0] if name not in ("id", key)]
        upsert = _upsert_statement(connection.dialect.name, table.name, key, tuple(changed))
        connection.execute(upsert, rows)


@cache
def _upsert_statement(
    dialect: str, table_name: str, key: str, changed: tuple[str, ...]
) -> sa.Executable:
    adding = insert_into(dialect, metadata.tables[table_name])
    return adding.on_conflict_do_update(
        index_elements=[key], set_={name: adding.excluded[name] for name in changed}
    )


_SEGMENTS_GONE = sa.delete(interaction_segment).where(
    interaction_segment.c.interaction_id.in_(sa.bindparam("ids", expanding=True))
)


def _replace_segments(connection: sa.Connection, calls: Sequence[CallRows]) -> None:
    connection.execute(_SEGMENTS_GONE, {"ids": [call.call_id for call in calls]})
    rows = [{"interaction_id": call.call_id, **row} for call in calls for row in call.segments]
    insert_all(connection, interaction_segment, rows)


def _activity(call: CallRows) -> dict[str, Any]:
    fixed = {"id": activity_id(call.call_id), "interaction_id": call.call_id, "kind": "call"}
    return {**call.activity, **fixed}


def _follow_up(call: CallRows, task: Row) -> dict[str, Any]:
    ids = {"id": follow_up_id(call.call_id), "parent_activity_id": activity_id(call.call_id)}
    return {**task, **ids, "kind": "task", "status": "open"}


def _requests(call: CallRows) -> list[NewRequest]:
    ids = {"origin_interaction_id": call.call_id, "activity_id": activity_id(call.call_id)}
    return [NewRequest(**ids, **request) for request in call.requests]  # type: ignore[typeddict-item]


# ---------------------------------------------------------------- reading


async def read_call(connection: AsyncConnection, call_id: UUID) -> CallRows | None:
    """Return all rows of a call, or None if there is none."""
    one = sa.select(interaction).where(interaction.c.id == call_id)
    found = await _all(connection, one)
    if not found:
        return None
    segments = sa.select(interaction_segment).where(interaction_segment.c.interaction_id == call_id)
    requests = sa.select(service_request).where(service_request.c.origin_interaction_id == call_id)
    own = sa.select(activity).where(activity.c.interaction_id == call_id)
    task = sa.select(activity).where(activity.c.id == follow_up_id(call_id))
    return CallRows(
        interaction=found[0],
        segments=await _all(connection, segments.order_by(interaction_segment.c.seq)),
        activity=(await _all(connection, own))[0],
        follow_up=next(iter(await _all(connection, task)), None),
        requests=await _all(connection, requests.order_by(service_request.c.origin_number)),
    )


async def _all(connection: AsyncConnection, query: "sa.Select[Any]") -> Sequence[Row]:
    return [row._asdict() for row in await connection.execute(query)]


async def search_calls(
    connection: AsyncConnection,
    words: str,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    """Return interactions that hold each word, newest first, from after ``before`` on."""
    columns = interaction.c
    query = sa.select(interaction).where(holds_words(columns.search, words))
    if before is not None:
        # Spelled out, not as a row value: SQLite then uses the index for the first part.
        at, call_id = before
        query = query.where(columns.arrived_at <= at).where(
            sa.or_(columns.arrived_at < at, columns.id < call_id)
        )
    query = query.order_by(columns.arrived_at.desc(), columns.id.desc()).limit(limit)
    return await _all(connection, query)


async def segments_between(
    connection: AsyncConnection, begins: datetime, ends: datetime
) -> Sequence[Row]:
    """Return the segments of the calls that arrived in a span, by call and in order.

    Callbacks are left out: nobody called.
    """
    arrived_at = interaction.c.arrived_at
    query = (
        sa.select(interaction_segment)
        .join(interaction, interaction.c.id == interaction_segment.c.interaction_id)
        .where(arrived_at >= begins, arrived_at < ends, interaction.c.is_callback.is_(False))
        .order_by(interaction_segment.c.interaction_id, interaction_segment.c.seq)
    )
    return await _all(connection, query)


_LATEST = (
    sa.select(activity)
    .where(activity.c.contact_id == sa.bindparam("contact_id"))
    .order_by(activity.c.occurred_at.desc(), activity.c.id.desc())
    .limit(sa.bindparam("limit"))
)


def activities_of(connection: sa.Connection, contact_id: UUID, limit: int = 5) -> Sequence[Row]:
    """Return a person's latest activities, newest first."""
    found = connection.execute(_LATEST, {"contact_id": contact_id, "limit": limit})
    return [row._asdict() for row in found]


async def count_outcomes(connection: AsyncConnection) -> dict[str, int]:
    """Count the activities of calls by outcome; calls still on the line are not counted.

    An activity without an interaction is history that was brought along, not a call of ours.
    """
    columns = activity.c
    query = (
        sa.select(columns.outcome, sa.func.count())
        .where(columns.interaction_id.is_not(None), columns.outcome.is_not(None))
        .group_by(columns.outcome)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}
