"""Calls by the leg they came in on, for the comparison with the PBX's own ledger."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.interactions import Row
from crm_store.schema import (
    activity,
    interaction,
    interaction_segment,
    service_request,
)

_columns = interaction.c
_SEEN = sa.select(
    _columns.id,
    _columns.leg_id,
    _columns.arrived_at,
    _columns.ended_at,
    _columns.talk_ms,
    _columns.cause,
)


async def calls_of_legs(
    connection: AsyncConnection, leg_ids: Sequence[str], first: datetime, last: datetime
) -> Sequence[Row]:
    """Return the calls of some legs that arrived between two instants.

    The instants are there for the index: there is none on legs, for only audits ask by them.
    """
    query = (
        _SEEN.where(_columns.arrived_at >= first)
        .where(_columns.arrived_at <= last)
        .where(_columns.leg_id.in_(leg_ids))
        .order_by(_columns.arrived_at, _columns.id)
    )
    return [row._asdict() for row in await connection.execute(query)]


async def calls_between(
    connection: AsyncConnection, first: datetime, after: UUID | None, last: datetime, limit: int
) -> Sequence[Row]:
    """Return calls in order of arrival, from after (``first``, ``after``) on; at most ``limit``."""
    query = _SEEN.where(_columns.arrived_at >= first).where(_columns.arrived_at <= last)
    if after is not None:
        query = query.where(sa.or_(_columns.arrived_at > first, _columns.id > after))
    query = query.order_by(_columns.arrived_at, _columns.id).limit(limit)
    return [row._asdict() for row in await connection.execute(query)]


def drop_calls(connection: sa.Connection, call_ids: Sequence[UUID]) -> None:
    """Remove calls with all that hangs on them, if they are there."""
    there = set(connection.scalars(sa.select(_columns.id).where(_columns.id.in_(call_ids))))
    if not there:
        return
    # A request that people opened for it stays.
    connection.execute(
        sa.update(service_request)
        .where(service_request.c.origin_interaction_id.in_(there))
        .values(origin_interaction_id=None, origin_number=None, activity_id=None)
    )
    own = sa.select(activity.c.id).where(activity.c.interaction_id.in_(there))
    connection.execute(sa.delete(activity).where(activity.c.parent_activity_id.in_(own)))
    for table in (activity, interaction_segment):
        connection.execute(sa.delete(table).where(table.c.interaction_id.in_(there)))
    connection.execute(sa.delete(interaction).where(_columns.id.in_(there)))
