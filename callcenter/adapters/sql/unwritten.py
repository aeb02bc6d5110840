"""Which calls a journal has that the store may not have yet; the journal may be in use."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.adapters.codec import Codec
from callcenter.adapters.sql.journal_file import connect, explaining, read_header
from callcenter.core.call.facts import CallArrived
from callcenter.core.ids import CallId, LegId
from callcenter.ports.journal import Recorded

_NO_JOURNAL = ""
_CALLS = """
    SELECT seq, stream, kind, version, CAST(body AS BLOB) FROM fact
     WHERE kind = 'CallArrived' AND stream IN (
           SELECT stream FROM fact WHERE seq > ? AND stream LIKE 'call/%'
           UNION SELECT stream FROM open_stream WHERE stream LIKE 'call/%')
"""


@dataclass(frozen=True, slots=True)
class JournalView:
    """A journal's file, read from beside."""

    path: Path

    def journal_id(self) -> str:
        """Return the journal's id; "" if there is no journal yet. Raises JournalUnusable."""
        if not self.path.exists():
            return _NO_JOURNAL
        with self._open() as connection:
            return read_header(connection, self.path).journal_id

    def unwritten(self, cursor: int) -> dict[LegId, CallId]:
        """Return the calls that are open, or have facts after a cursor, by the caller's leg."""
        if not self.path.exists():
            return {}
        codec = Codec()
        found: dict[LegId, CallId] = {}
        with self._open() as connection:
            for seq, stream, *stored in connection.execute(_CALLS, (cursor,)):
                entry = codec.decode(seq, stream, tuple(stored))
                if isinstance(entry, Recorded) and isinstance(entry.fact, CallArrived):
                    found[entry.fact.leg_id] = entry.fact.call_id
        return found

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with explaining(self.path), closing(connect(self.path, read_only=True)) as connection:
            yield connection
