"""Answers to "why did this call go there", "why does it still wait", "why do I get no calls"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.core.ids import AgentId, CallId
from callcenter.core.why.explanation import Explanation
from callcenter.ports.journal import Recorded, Unreadable


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said of a call, and whose call it is."""

    explanation: Explanation
    agent_ids: frozenset[AgentId]
    """Agents who had a part in it."""


class CallFacts(Protocol):
    """Finds what is recorded of one call."""

    async def about(self, call_id: CallId) -> Sequence[Recorded | Unreadable]:
        """Return the facts of a call, and those of pools that name it, in order.

        None for a call that is not recorded. Raises JournalFailed.
        """
        ...


class Explanations(Protocol):
    """Answers."""

    async def call(self, call_id: CallId, *, hides_agents: bool = False) -> Explained | None:
        """Return why a call, open or not, went where it is; None if nothing is known of it.

        Args:
            call_id: The call.
            hides_agents: Say how many agents, but not who.

        Raises:
            JournalFailed: The journal cannot be read.
            RecordsUnavailable: The journal has nothing of it, and the CRM database is away.
        """
        ...

    def agent(self, agent_id: AgentId) -> Explanation | None:
        """Return why an agent gets no calls; None for one who is not logged in."""
        ...

    def waiting(self) -> Sequence[Explanation]:
        """Return why each caller who waits still does, the first in line first; some hundreds."""
        ...
