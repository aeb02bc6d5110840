"""The store and the journal as the audit sees them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.outages import outages_as
from callcenter.adapters.sql.records import call_rows
from callcenter.adapters.sql.unwritten import JournalView
from callcenter.core.audit.compare import Ours, StoredCall
from callcenter.core.call.messages import UNSEEN
from callcenter.core.ids import CallId, LegId, Ms
from callcenter.ports.records import CallRecord, RecordsUnavailable
from crm_store.columns import instant, milliseconds
from crm_store.engine import reading, writing
from crm_store.interactions import Row, lock_cursor, stored_cursor, write_calls
from crm_store.ledger import calls_between, calls_of_legs

_CLOCKS_APART = timedelta(hours=36)
"""How far the clocks of PBX and service may be apart and calls still be found."""
_PAGE = 1_000


class SqlLedgerStore:
    """Implements ``ports.ledger.LedgerStore``."""

    def __init__(self, engine: AsyncEngine, journal: JournalView) -> None:
        self._engine = engine
        self._journal = journal

    async def ours(self, leg_ids: Sequence[LegId], around: tuple[Ms, Ms]) -> Ours:
        """Return what store and journal have of some callers' legs."""
        journal_id = await asyncio.to_thread(self._journal.journal_id)
        with outages_as(RecordsUnavailable):
            async with reading(self._engine) as connection:
                # The cursor comes first: what is written after it is then found in both.
                cursor = await connection.run_sync(stored_cursor, journal_id)
                unwritten = await asyncio.to_thread(self._journal.unwritten, cursor)
                first, last = (instant(at) for at in around)
                rows = await calls_of_legs(
                    connection, leg_ids, first - _CLOCKS_APART, last + _CLOCKS_APART
                )
        stored: dict[LegId, list[StoredCall]] = {}
        for row in rows:
            stored.setdefault(LegId(row["leg_id"]), []).append(_stored(row))
        return Ours(stored, unwritten)

    async def between(self, first: Ms, last: Ms) -> AsyncIterator[StoredCall]:
        """Yield the stored calls that arrived between two instants, both included."""
        since, after = instant(first), None
        while True:
            with outages_as(RecordsUnavailable):
                async with reading(self._engine) as connection:
                    rows = await calls_between(connection, since, after, instant(last), _PAGE)
            for row in rows:
                yield _stored(row)
            if len(rows) < _PAGE:
                return
            since, after = rows[-1]["arrived_at"], rows[-1]["id"]

    async def add(self, records: Sequence[CallRecord]) -> Sequence[CallId]:
        """Store calls that nobody else will record; return the ids of those that were added."""
        journal_id = await asyncio.to_thread(self._journal.journal_id)
        arrivals = [instant(record.arrived_at) for record in records]
        if not arrivals:
            return []
        with outages_as(RecordsUnavailable):
            async with writing(self._engine) as connection:
                cursor = await connection.run_sync(lock_cursor, journal_id)
                taken: set[str] = set(await asyncio.to_thread(self._journal.unwritten, cursor))
                legs = [record.leg_id for record in records]
                first, last = min(arrivals) - _CLOCKS_APART, max(arrivals) + _CLOCKS_APART
                found = await calls_of_legs(connection, legs, first, last)
                taken.update(row["leg_id"] for row in found if row["cause"] != UNSEEN)
                ids = {row["leg_id"]: CallId(row["id"].hex) for row in found}
                new = [
                    replace(record, call_id=ids.get(record.leg_id, record.call_id))
                    for record in records
                    if record.leg_id not in taken
                ]
                await connection.run_sync(lambda c: write_calls(c, call_rows(c, new)))
        return [record.call_id for record in new]


def _stored(row: Row) -> StoredCall:
    call_id: UUID = row["id"]
    ended_at = row["ended_at"]
    return StoredCall(
        call_id=CallId(call_id.hex),
        leg_id=LegId(row["leg_id"]),
        arrived_at=milliseconds(row["arrived_at"]),
        ended_at=None if ended_at is None else milliseconds(ended_at),
        talk_ms=row["talk_ms"],
        cause=row["cause"],
    )
