"""The node's record of facts: what is in it has happened, what is not has not."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.core.acd.facts import PoolFact
from callcenter.core.acd.model import PoolKept
from callcenter.core.call.facts import (
    CallFact,
    ClaimFact,
)
from callcenter.core.ids import Ms

Fact = CallFact | ClaimFact | PoolFact | PoolKept


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact to be recorded."""

    stream: str
    """Whose fact it is: "call/<call id>", "pool/<pool id>", or "claim/<caller's leg>"."""
    fact: Fact
    closes: bool = False
    """The stream's last fact: it need not be folded at the next start."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One fact that has been recorded."""

    seq: int
    """Its place in the journal, from 1, without gaps."""
    stream: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that could not be decoded; its stream is to be quarantined."""

    seq: int
    stream: str
    kind: str
    error: str


class JournalFailed(Exception):
    """The journal could not be written: the node must stop, for nothing it decides is kept."""


class WatchedJournal(Protocol):
    """A journal as those see it who watch how it is doing."""

    @property
    def seq(self) -> int:
        """The highest sequence given out; perhaps not durable yet."""
        ...

    @property
    def has_failed(self) -> bool:
        """Nothing is recorded any more."""
        ...

    @property
    def waiting_count(self) -> int:
        """How many turns wait for a commit to begin."""
        ...

    @property
    def stuck_s(self) -> float:
        """How long the commit at hand has been taking; 0 between commits."""
        ...

    def time_commits(self, heard: Callable[[float], None]) -> None:
        """Have the duration of each commit told, in seconds; perhaps on a thread."""
        ...


class Journal(Protocol):
    """Facts in one order, durable before their effects."""

    @property
    def journal_id(self) -> str:
        """A random id of this journal, 32 hex digits, new when one is created or restored."""
        ...

    def append(self, entries: Sequence[Entry], committed: Callable[[], None]) -> None:
        """Record the facts of one turn, all or none, in the order of the calls.

        Returns at once. ``committed`` is called on the event loop when they are durable, in
        order. Commits are grouped: what has gathered while the last commit ran goes into the next.
        After a failed write ``failed`` completes and nothing more is committed.
        """
        ...

    async def failed(self) -> JournalFailed:
        """Wait until a write fails, and return why."""
        ...

    async def flush(self) -> None:
        """Wait until all that was appended is durable."""
        ...

    async def last(self) -> tuple[int, Ms, int]:
        """Return the highest sequence, the latest fact's instant and the highest call number.

        Each is 0 in an empty journal.
        """
        ...

    def read_open(self) -> AsyncIterator[Recorded | Unreadable]:
        """Yield the facts of all streams not closed, after each stream's snapshot, in order."""
        ...

    def read_stream(self, stream: str) -> AsyncIterator[Recorded | Unreadable]:
        """Yield all facts of one stream, in order."""
        ...

    async def read_after(self, seq: int, limit: int) -> Sequence[Recorded | Unreadable]:
        """Return up to ``limit`` committed facts after a sequence, in order."""
        ...

    async def wait_beyond(self, seq: int) -> None:
        """Wait until a fact after this sequence is committed."""
        ...

    async def save_snapshot(self, stream: str, seq: int, facts: Sequence[Fact]) -> None:
        """Keep facts that rebuild a stream as of ``seq``.

        ``read_open`` yields them in place of all up to it, with ``seq`` as their sequence.
        """
        ...

    async def close(self) -> None:
        """Flush and release the file."""
        ...
