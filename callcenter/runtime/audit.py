"""Compares the PBX's ledger with the store, and records what only the PBX saw."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from callcenter.core.audit.compare import (
    Difference,
    DifferenceKind,
    Ours,
    StoredCall,
    clock_skew_ms,
    compare_call,
    is_for_the_ledger,
    is_importable,
    skewed_clocks,
    unknown_call,
)
from callcenter.core.audit.ledger import LedgerCall, LedgerEntry, fold_ledger
from callcenter.core.call.messages import Presentation
from callcenter.core.ids import CallId, LegId, Ms
from callcenter.ports.directory import CallerMatch, Directory
from callcenter.ports.ledger import LedgerStore
from callcenter.runtime.ledger_record import ledger_record

_BATCH = 250
_ADDED = (DifferenceKind.MISSING, DifferenceKind.UNSEEN)
"""What is none any more when the call has been added."""
_EDGE_MS = 60_000
"""Calls so near to an end of the span are not missed on the other side: clocks differ a little."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at: calls that arrived from ``since`` to before ``until``."""

    since: Ms
    until: Ms
    now: Ms


@dataclass(slots=True)
class Findings:
    """What an audit found."""

    calls: int = 0
    """Calls of the PBX in the span."""
    matched: int = 0
    """Of these, found in the store."""
    open: int = 0
    """Of these, going on."""
    skew_ms: Ms = 0
    imported: list[CallId] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    """Those that remain: what was imported is none any more."""


class Audit:
    """One comparison."""

    def __init__(
        self, store: LedgerStore, directory: Directory, names: Mapping[str, str], span: Span
    ) -> None:
        self._store = store
        self._directory = directory
        self._names = names
        self._span = span
        self._found = Findings()
        self._legs: set[LegId] = set()
        self._covered: tuple[Ms, Ms] | None = None
        """First and last entry of the ledger."""
        self._skew_ms: Ms | None = None

    async def run(self, entries: Iterable[LedgerEntry], *, add: bool) -> Findings:
        """Compare, and record the calls that only the PBX saw if ``add``.

        Memory grows by an id for each call, and by the differences; the rest comes in batches.

        Raises:
            RecordsUnavailable: The database is away. What was added until then stays, and is
                found at the next run.
        """
        calls = self._in_span(fold_ledger(self._watched(entries)))
        # In a thread: a service that audits itself must go on answering.
        while batch := await asyncio.to_thread(lambda: list(islice(calls, _BATCH))):
            await self._compare(batch, add=add)
        self._found.skew_ms = self._skew_ms or 0
        self._found.differences.extend(skewed_clocks(self._found.skew_ms))
        await self._look_for_unknown()
        return self._found

    def _watched(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        for entry in entries:
            first = self._covered[0] if self._covered else entry.at
            self._covered = (first, entry.at)
            yield entry

    def _in_span(self, calls: Iterable[LedgerCall]) -> Iterator[LedgerCall]:
        for call in calls:
            self._legs.add(call.leg_id)
            if self._span.since <= call.arrived_at < self._span.until:
                yield call

    async def _compare(self, calls: Sequence[LedgerCall], *, add: bool) -> None:
        arrivals = [call.arrived_at for call in calls]
        around = (min(arrivals), max(arrivals))
        ours = await self._store.ours([call.leg_id for call in calls], around)
        if self._skew_ms is None or not self._skew_ms:
            self._skew_ms = clock_skew_ms(_pairs(calls, ours))
        self._found.calls += len(calls)
        self._found.matched += sum(call.leg_id in ours.stored for call in calls)
        self._found.open += sum(not call.is_over for call in calls)
        added = await self._add(calls, ours) if add else set()
        for call in calls:
            for found in compare_call(call, ours, self._span.now, self._skew_ms):
                if found.kind not in _ADDED or call.leg_id not in added:
                    self._found.differences.append(found)

    async def _add(self, calls: Sequence[LedgerCall], ours: Ours) -> set[LegId]:
        alone = [call for call in calls if self._is_alone(call, ours)]
        records = [ledger_record(call, self._names, await self._match(call)) for call in alone]
        added = await self._store.add(records)
        self._found.imported.extend(added)
        # What another audit added meanwhile, or the service recorded, is no difference either.
        return {record.leg_id for record in records}

    def _is_alone(self, call: LedgerCall, ours: Ours) -> bool:
        """Say whether only the PBX knows what became of a caller."""
        if call.leg_id in ours.in_journal:
            return False
        stored = ours.stored.get(call.leg_id, ())
        if stored:
            return is_for_the_ledger(call, stored[0], self._span.now)
        return is_importable(call, self._span.now)

    async def _match(self, call: LedgerCall) -> CallerMatch | None:
        if call.presentation is not Presentation.ALLOWED or call.number is None:
            return None
        try:
            return await self._directory.match(call.number, call.presentation, call.dnis)
        except TimeoutError:
            return None  # the record is worth more than the name

    async def _look_for_unknown(self) -> None:
        if self._covered is None:
            return
        skew = self._found.skew_ms
        first = max(self._span.since, self._covered[0]) + skew + _EDGE_MS
        last = min(self._span.until, self._covered[1]) + skew - _EDGE_MS
        if first > last:
            return
        async for stored in self._store.between(first, last):
            if stored.leg_id and stored.leg_id not in self._legs:  # a callback did not come to us
                self._found.differences.append(unknown_call(stored))


def _pairs(calls: Iterable[LedgerCall], ours: Ours) -> Iterator[tuple[LedgerCall, StoredCall]]:
    for call in calls:
        stored = ours.stored.get(call.leg_id, ())
        if stored:
            yield call, stored[0]
