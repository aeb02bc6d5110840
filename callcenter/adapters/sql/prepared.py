"""Records in a database that may have been away when the service started."""

from collections.abc import Awaitable, Callable, Sequence

from callcenter.ports.records import CallRecord, Records, RecordsUnavailable


class PreparedRecords:
    """Implements ``ports.records.Records``: makes sure of the tables before the first record."""

    def __init__(
        self,
        records: Records,
        prepare: Callable[[], Awaitable[None]],
        why_wait: Callable[[], str] = lambda: "",
    ) -> None:
        """Wrap records.

        Args:
            records: Those of the database.
            prepare: Makes or checks the tables; raises RecordsUnavailable.
            why_wait: Returns why nothing is to be stored for now; "" if it may be.
        """
        self._records = records
        self._prepare = prepare
        self._why_wait = why_wait

    async def cursor(self, journal_id: str) -> int:
        """Return the last stored sequence; this is what every projection begins with."""
        await self._prepare()
        return await self._records.cursor(journal_id)

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        """Store records and cursor in one transaction; raises RecordsUnavailable."""
        if reason := self._why_wait():
            raise RecordsUnavailable(reason)
        await self._records.write(journal_id, seq, records)
