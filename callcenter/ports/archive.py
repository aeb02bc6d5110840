"""Reading what the CRM store keeps of calls, for the list of calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.ports.records import CallRecord


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line of the list of calls."""

    call_id: str
    arrived_at: int
    ended_at: int | None
    ani: str
    caller_name: str
    service: str
    queue_name: str
    agent_name: str
    outcome: str
    disposition: str
    wait_ms: int
    talk_ms: int


@dataclass(frozen=True, slots=True)
class CallPage:
    """A page of the list."""

    lines: Sequence[CallLine]
    next_cursor: str | None
    """Give it back for the next page; None at the end."""


class Archive(Protocol):
    """Finds past calls."""

    async def search(self, text: str, cursor: str | None, limit: int) -> CallPage:
        """Return calls, newest first.

        Each word of ``text`` is in the number, name, queue, agent, outcome or disposition.
        """
        ...

    async def call(self, call_id: str) -> CallRecord | None:
        """Return one call with its segments and requests."""
        ...

    async def outcomes(self) -> dict[str, int]:
        """Count activities by outcome."""
        ...
