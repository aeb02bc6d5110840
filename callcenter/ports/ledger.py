"""What the audit needs of the store and the journal."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from callcenter.core.audit.compare import Ours, StoredCall
from callcenter.core.ids import CallId, LegId, Ms
from callcenter.ports.records import CallRecord


class LedgerStore(Protocol):
    """The store as the audit sees it; all raise RecordsUnavailable."""

    async def ours(self, leg_ids: Sequence[LegId], around: tuple[Ms, Ms]) -> Ours:
        """Return what store and journal have of some callers' legs.

        Args:
            leg_ids: At most 1000.
            around: First and last arrival among them, on the PBX's clock.
        """
        ...

    def between(self, first: Ms, last: Ms) -> AsyncIterator[StoredCall]:
        """Yield the stored calls that arrived between two instants, both included."""
        ...

    async def add(self, records: Sequence[CallRecord]) -> Sequence[CallId]:
        """Store calls that nobody else will record, and return the ids of those that were added.

        A call whose leg is in the store or in the journal already is left out; but one of which the
        store says only that we never saw the caller becomes what the record says, and keeps its
        id. One transaction, which no projector and no other audit can come between.
        """
        ...
