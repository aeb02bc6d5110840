"""Lists of past calls, which wait while there is more important work."""

from callcenter.ports.archive import Archive, CallPage
from callcenter.ports.records import CallRecord, RecordsUnavailable


class ReportsPaused(RecordsUnavailable):
    """The service is degraded: lists of past calls are refused for a while."""


class GuardedArchive:
    """An ``Archive`` that can be closed."""

    def __init__(self, inner: Archive) -> None:
        self._inner = inner
        self.is_off = False

    async def search(self, text: str, cursor: str | None, limit: int) -> CallPage:
        """Return calls, newest first; see the port. Raises ReportsPaused too."""
        self._refuse_if_off()
        return await self._inner.search(text, cursor, limit)

    async def call(self, call_id: str) -> CallRecord | None:
        """Return one call; see the port. Raises ReportsPaused too."""
        self._refuse_if_off()
        return await self._inner.call(call_id)

    async def outcomes(self) -> dict[str, int]:
        """Count activities by outcome; see the port. Raises ReportsPaused too."""
        self._refuse_if_off()
        return await self._inner.outcomes()

    def _refuse_if_off(self) -> None:
        if self.is_off:
            raise ReportsPaused("lists of calls are closed while the service is overloaded")
