"""Answers "why?" from the state, the journal, and where both have nothing, the CRM's record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.call.facts import AgentOffered
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, CallId, Ms, QueueId
from callcenter.core.plan import QueueRules
from callcenter.core.why.explained import Wait, of_agent, of_call, of_waiting
from callcenter.core.why.explanation import Explanation
from callcenter.core.why.there import AnyFact
from callcenter.core.why.words import Names
from callcenter.ports.archive import Archive
from callcenter.ports.journal import Recorded
from callcenter.ports.why import CallFacts, Explained
from callcenter.runtime.recorded_way import of_record

MOST_WAITING = 200
"""So many callers are told of at once."""
Profiles = Callable[[], Awaitable[Sequence[AgentProfile]]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where answers are found."""

    facts: CallFacts
    archive: Archive
    profiles: Profiles
    """All who take calls: names of those who have logged out since. Raises TimeoutError."""


class Explainer:
    """Implements ``ports.why.Explanations``; without a state, of what is recorded alone."""

    def __init__(self, sources: Sources, now: Callable[[], Ms], centre: Centre | None) -> None:
        """Take where answers are found.

        Args:
            sources: What is recorded.
            now: The instant.
            centre: The state of the running service; None if it does not run.
        """
        self._sources = sources
        self._now = now
        self._centre = centre

    async def call(self, call_id: CallId, *, hides_agents: bool = False) -> Explained | None:
        """Return why a call went where it is; see the port."""
        entries = await self._sources.facts.about(call_id)
        facts = [entry.fact for entry in entries if isinstance(entry, Recorded)]
        if not facts:
            return await self._from_record(call_id, hides_agents=hides_agents)
        names = Names(await self._known(), self._queues(), hides_agents=hides_agents)
        # After the last await: of the same moment as what is told of the pool.
        wait = self._wait(call_id)
        answer = of_call(call_id, facts, names, self._now(), wait)
        return Explained(answer, _agents(facts))

    def agent(self, agent_id: AgentId) -> Explanation | None:
        """Return why an agent gets no calls; None for one who is not logged in."""
        for pool in self._pools():
            agent = pool.agents.get(agent_id)
            if agent is not None:
                return of_agent(pool, agent, agent.profile.name, self._now())
        return None

    def waiting(self) -> Sequence[Explanation]:
        """Return why those who wait still do, the first in line of each pool first."""
        names = Names(self._live_name, self._queues())
        waits = (Wait(pool, call) for pool in self._pools() for call in pool.in_order())
        return [of_waiting(wait, names, self._now()) for wait in islice(waits, MOST_WAITING)]

    async def _from_record(self, call_id: CallId, *, hides_agents: bool) -> Explained | None:
        record = await self._sources.archive.call(call_id)
        if record is None:
            return None
        agent_ids = {record.agent_id, *(segment.agent_id for segment in record.segments)}
        answer = of_record(record, self._now(), hides_agents=hides_agents)
        return Explained(answer, frozenset(each for each in agent_ids if each is not None))

    def _wait(self, call_id: CallId) -> Wait | None:
        call = self._centre.calls.get(call_id) if self._centre else None
        for pool in self._pools():
            waiting = pool.waiting.get(call_id)
            if waiting is not None:
                return Wait(pool, waiting, is_aside=call is not None and call.is_aside)
        return None

    def _pools(self) -> Sequence[Pool]:
        return list(self._centre.pools.values()) if self._centre else ()

    def _queues(self) -> Mapping[QueueId, QueueRules]:
        return self._centre.setting.plan.queues if self._centre else {}

    def _live_name(self, agent_id: AgentId) -> str | None:
        for pool in self._pools():
            if agent_id in pool.agents:
                return pool.agents[agent_id].profile.name
        return None

    async def _known(self) -> Callable[[AgentId], str | None]:
        """Return what names agents, those who have logged out too."""
        try:
            stored = {each.agent_id: each.name for each in await self._sources.profiles()}
        except TimeoutError:
            stored = {}
        return lambda agent_id: self._live_name(agent_id) or stored.get(agent_id)


def _agents(facts: Sequence[AnyFact]) -> frozenset[AgentId]:
    return frozenset(fact.agent_id for fact in facts if isinstance(fact, AgentOffered))
