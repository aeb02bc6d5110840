"""Call records in memory, and the archive that reads them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from callcenter.adapters.cursors import cursor_text, read_cursor
from callcenter.core.ids import CallId, ledger_call_id
from callcenter.ports.archive import CallLine, CallPage
from callcenter.ports.records import CallRecord, RecordsUnavailable
from crm_store.text import matches, search_text

MOST_LINES = 200


class MemoryRecords:
    """Implements ``ports.records.Records``; what it holds is read by ``MemoryArchive``."""

    def __init__(self) -> None:
        self.calls: dict[CallId, CallRecord] = {}
        self.cursors: dict[str, int] = {}
        self.is_away = False
        """Set it to behave like a database that cannot be reached."""
        self._stored: dict[str, int] = {}
        """Each journal's cursor as the writer knows it."""

    async def cursor(self, journal_id: str) -> int:
        """Return the last stored sequence; raises RecordsUnavailable."""
        self._reach()
        self._stored[journal_id] = self.cursors.get(journal_id, 0)
        return self._stored[journal_id]

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        """Store records and cursor together; nothing if the cursor is beyond ``seq``."""
        self._reach()
        stored = self.cursors.get(journal_id, 0)
        if stored < self._stored.get(journal_id, 0):
            raise RecordsUnavailable("The records in memory have gone back to an earlier state.")
        if stored > seq:
            return
        self.cursors[journal_id] = self._stored[journal_id] = seq
        for record in records:
            self.calls.pop(ledger_call_id(record.leg_id), None)
            self.calls[record.call_id] = _kept(record, self.calls.get(record.call_id))

    def _reach(self) -> None:
        if self.is_away:
            raise RecordsUnavailable("The records in memory were told to be away.")


def _kept(record: CallRecord, before: CallRecord | None) -> CallRecord:
    # As in the database: an opened request stays, with the words it was opened with.
    opened = {request.number: request for request in record.requests}
    opened |= {request.number: request for request in before.requests} if before else {}
    return replace(
        record,
        segments=tuple(sorted(record.segments, key=lambda segment: segment.seq)),
        requests=tuple(opened[number] for number in sorted(opened)),
    )


class MemoryArchive:
    """Implements ``ports.archive.Archive`` over records in memory."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def search(self, text: str, cursor: str | None, limit: int) -> CallPage:
        """Return a page of calls, newest first; at most 200."""
        limit = max(1, min(limit, MOST_LINES))
        found = [call for call in self._records.calls.values() if matches(_words(call), text)]
        found.sort(key=_place, reverse=True)
        before = read_cursor(cursor)
        if before is not None:
            found = [call for call in found if _place(call) < before]
        lines = [_line(call) for call in found[:limit]]
        return CallPage(lines, cursor_text(*_place(found[limit - 1])) if found[limit:] else None)

    async def call(self, call_id: str) -> CallRecord | None:
        """Return one call, or None."""
        return self._records.calls.get(CallId(call_id))

    async def outcomes(self) -> dict[str, int]:
        """Count calls by outcome; those still on the line are not counted."""
        ended = (call.outcome for call in self._records.calls.values())
        return dict(Counter(outcome.value for outcome in ended if outcome is not None))


def _place(call: CallRecord) -> tuple[int, str]:
    return call.arrived_at, call.call_id


def _words(call: CallRecord) -> str:
    parts = (
        call.ani,
        call.party_name,
        call.ani_name,
        call.queue_name,
        call.agent_name,
        call.outcome,
        call.disposition,
    )
    return search_text(parts)


def _line(call: CallRecord) -> CallLine:
    return CallLine(
        call_id=call.call_id,
        arrived_at=call.arrived_at,
        ended_at=call.ended_at,
        ani=call.ani or "",
        caller_name=call.party_name or call.ani_name,
        service=call.service,
        queue_name=call.queue_name,
        agent_name=call.agent_name,
        outcome=call.outcome.value if call.outcome else "",
        disposition=call.disposition or "",
        wait_ms=call.wait_ms,
        talk_ms=call.talk_ms,
    )
