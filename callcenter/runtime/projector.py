"""Writes the CRM's records from the journal: exactly once, whatever dies.

The journal is the outbox of the CRM. The projector reads it in order and stores, in one
transaction, the records of the calls that have something to record and the journal sequence up to
which that is done. After a crash it goes on from there; writing a record again replaces it.
A call is written when the caller is gone, and again when its after-call work is done. Facts that
change no record move the cursor in memory only: a transaction for each of them would cost more
than all the rest of a call.
"""

import asyncio
from collections.abc import Sequence

from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    CallEnded,
    CallFact,
)
from callcenter.ports.journal import Journal, Recorded, Unreadable
from callcenter.ports.records import CallRecord, Records, RecordsUnavailable
from callcenter.ports.reports import Reports
from callcenter.runtime.call_record import fold_record

_BATCH = 500
_GATHER_S = 0.1
"""Records may be this late: what ends meanwhile shares a transaction."""
_STORE_CURSOR_EVERY = 5_000
"""Facts that a restart may have to read again."""
_TRY_AGAIN_S = (0.2, 1.0, 3.0)


class Projector:
    """Follows the journal."""

    def __init__(self, journal: Journal, records: Records, reports: Reports) -> None:
        self._journal = journal
        self._records = records
        self._reports = reports
        self._facts: dict[str, list[CallFact]] = {}
        """The facts so far of the open calls that were seen from their start."""
        self.seq = 0
        """The last journal sequence whose consequences are stored."""
        self._stored_seq = 0
        """The cursor as it is in the store; not beyond ``seq``."""
        self._failed_writes = 0
        """How many writes have failed since one succeeded."""
        self.trouble = ""
        """Why the store is behind, for people; "" while it takes what comes."""
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Follow the journal for ever."""
        await self._begin()
        while True:
            entries = await self._journal.read_after(self.seq, _BATCH)
            if entries:
                await self._project(entries)
            else:
                # Nothing waits, also where a write was stored and only its answer was lost.
                self._is_well()
                await self._journal.wait_beyond(self.seq)
                await asyncio.sleep(_GATHER_S)

    async def _begin(self) -> None:
        """Go on from where the store is."""
        self.seq = self._stored_seq = await self._patiently_read_cursor()
        self._moved.set()
        self._facts.clear()

    async def wait_for(self, seq: int) -> None:
        """Wait until the consequences of a journal sequence are stored."""
        while self.seq < seq:
            self._moved.clear()
            await self._moved.wait()

    async def _project(self, entries: Sequence[Recorded | Unreadable]) -> None:
        due: dict[str, int] = {}
        for entry in entries:
            if isinstance(entry, Unreadable):
                self._reports.fault("a recorded fact cannot be read", None, seq=entry.seq)
            elif entry.stream.startswith("call/"):
                await self._collect(entry)
                if isinstance(entry.fact, CallEnded | CallClosed):
                    due[entry.stream] = entry.seq
        records = [record for stream in due if (record := self._fold(stream))]
        last = entries[-1].seq
        if records or last - self._stored_seq >= _STORE_CURSOR_EVERY:
            try:
                await self._records.write(self._journal.journal_id, last, records)
            except RecordsUnavailable as error:
                # The store may be another one afterwards: a database that crashed, or a replica
                # that took its place, can lack what was written last. So it is asked.
                await self._wait(self._failed_writes, error)
                self._failed_writes += 1
                await self._begin()
                return
            self._stored_seq = last
            self._is_well()
        self.seq = last
        self._moved.set()
        for record in records:
            if record.closed:
                self._facts.pop(f"call/{record.call_id}", None)

    def _is_well(self) -> None:
        self._failed_writes = 0
        self.trouble = ""

    async def _collect(self, entry: Recorded) -> None:
        facts = self._facts.get(entry.stream)
        if facts is None:
            facts = self._facts[entry.stream] = []
            if not isinstance(entry.fact, CallArrived):
                facts.extend(await self._facts_before(entry))
        facts.append(entry.fact)  # type: ignore[arg-type]

    async def _facts_before(self, entry: Recorded) -> list[CallFact]:
        """Read what the call had before, when it began before this process."""
        return [
            earlier.fact  # type: ignore[misc]
            async for earlier in self._journal.read_stream(entry.stream)
            if isinstance(earlier, Recorded) and earlier.seq < entry.seq
        ]

    def _fold(self, stream: str) -> CallRecord | None:
        return fold_record(self._facts[stream])

    async def _patiently_read_cursor(self) -> int:
        attempt = 0
        while True:
            try:
                cursor = await self._records.cursor(self._journal.journal_id)
            except RecordsUnavailable as error:
                await self._wait(attempt, error)
                attempt += 1
            else:
                if not self._failed_writes:
                    self.trouble = ""
                return cursor

    async def _wait(self, attempt: int, error: RecordsUnavailable) -> None:
        self.trouble = f"Records of calls are kept in the journal until they can be stored: {error}"
        if attempt == 0:
            self._reports.fault("the CRM database takes no writes; the journal keeps them", error)
        await asyncio.sleep(_TRY_AGAIN_S[min(attempt, len(_TRY_AGAIN_S) - 1)])
