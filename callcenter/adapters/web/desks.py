"""Which agents have a page: at most one each, and the node is told when it comes and goes."""

import asyncio
import logging
from collections import defaultdict
from typing import Protocol

from callcenter.core.acd.messages import DeskFound, DeskLost, LogInRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId
from callcenter.ports.requests import Requests

log = logging.getLogger(__name__)


class DeskPage(Protocol):
    """An agent's page that can be told to go."""

    def close(self, reason: str) -> None:
        """Begin to close the page's socket; returns at once."""
        ...


class Desks:
    """The agents' pages. A new page of an agent takes over from the one before.

    What the node is told follows from who is there when its turn comes, so quick comings and
    goings end with the truth: they wait for one another, per agent.
    """

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._pages: dict[AgentId, DeskPage] = {}
        self._found: set[AgentId] = set()
        """Agents for whom the node has been told ``DeskFound`` last."""
        self._turns: defaultdict[AgentId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def arrive(self, profile: AgentProfile, page: DeskPage) -> str | None:
        """Make a page the agent's only one and log the agent in.

        Returns:
            None, or why the node refused the log-in.
        """
        agent_id = profile.agent_id
        before = self._pages.get(agent_id)
        self._pages[agent_id] = page
        if before is not None and before is not page:
            before.close("taken_over")
        async with self._turns[agent_id]:
            if self._pages.get(agent_id) is not page:
                return None
            refusal = await self._requests.request(LogInRequested(profile))
            if refusal is None and agent_id not in self._found:
                refusal = await self._requests.request(DeskFound(agent_id))
                if refusal is None:
                    self._found.add(agent_id)
            return refusal

    async def depart(self, agent_id: AgentId, page: DeskPage) -> None:
        """Forget a page that is gone, unless another has taken over."""
        if self._pages.get(agent_id) is not page:
            return
        del self._pages[agent_id]
        async with self._turns[agent_id]:
            if agent_id in self._pages or agent_id not in self._found:
                return
            self._found.discard(agent_id)
            refusal = await self._requests.request(DeskLost(agent_id))
            if refusal is not None:
                log.warning("The node refused to note that a desk is lost: %s", refusal)
