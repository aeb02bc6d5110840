"""Tells pages what changed: after each turn, the entities that it touched."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from callcenter.core.acd.facts import AgentLoggedIn, CallQueued, OfferAccepted
from callcenter.core.acd.model import Agent
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import CallDequeued, QueueClosed, QueueOpened
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, CallId, Ms, QueueId
from callcenter.core.turn import Fact, Turn
from callcenter.ports.journal import Journal, Recorded
from callcenter.runtime import views
from callcenter.runtime.callers import Callers
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.topics import desk_topic
from ivr_flows.messages import QueueExit

_EXITS = frozenset(QueueExit)
_QUEUES_EVERY_S = 0.25
_DESK_QUEUES_EVERY_S = 2.0
"""Queue counts go to each desk in a frame of its own, so they go less often."""


class DayCounts:
    """The day's counts of each queue, folded from the pool's facts."""

    def __init__(self, day_start: Callable[[Ms], Ms], now: Callable[[], Ms]) -> None:
        """Begin with no counts.

        Args:
            day_start: From an instant to the midnight before it.
            now: The node's time.
        """
        self._day_start = day_start
        self._now = now
        self._day: Ms = 0
        self._counts: dict[QueueId, views.Day] = {}

    def of(self, queue_id: QueueId) -> views.Day:
        """Return the counts of a queue so far today."""
        self._turn_to(self._now())
        return self._counts.get(queue_id, views.Day())

    def apply(self, fact: Fact, pool: Pool) -> None:
        """Count a fact of a pool."""
        self._turn_to(fact.at)
        match fact:
            case CallQueued() if not (fact.attempts or fact.is_callback):
                self._count(fact.queue_id).offered += 1
            case OfferAccepted() if fact.queue_id in pool.queues and not fact.is_callback:
                counts = self._count(fact.queue_id)
                counts.answered += 1
                counts.in_time += fact.waited_ms <= pool.queues[fact.queue_id].service_level_ms
            case CallDequeued() if fact.reason == "withdrawn":
                self._count(fact.queue_id).abandoned += 1
            case CallDequeued() if fact.reason in _EXITS:
                self._count(fact.queue_id).left[fact.reason] += 1
            case _:
                pass

    def _turn_to(self, at: Ms) -> None:
        day = self._day_start(at)
        if day > self._day:
            self._day, self._counts = day, {}

    def _count(self, queue_id: QueueId) -> views.Day:
        return self._counts.setdefault(queue_id, views.Day())


class Floor:
    """Publishes what pages show. It observes turns and decides nothing."""

    def __init__(self, centre: Centre, fanout: Fanout, callers: Callers, days: DayCounts) -> None:
        self._centre = centre
        self._fanout = fanout
        self._callers = callers
        self._days = days
        self._shown: dict[AgentId, CallId] = {}
        """The call that each desk shows."""
        self._stale: set[QueueId] = set()
        """Queues to be published together, because each costs a look at all agents."""
        self._timer: asyncio.TimerHandle | None = None
        self._stale_on_desks: set[QueueId] = set()
        self._desk_timer: asyncio.TimerHandle | None = None

    async def fold_day(self, journal: Journal) -> None:
        """Count what the journal has of today."""
        for pool in self._centre.pools.values():
            async for entry in journal.read_stream(f"pool/{pool.pool_id}"):
                if isinstance(entry, Recorded):
                    self._days.apply(entry.fact, pool)

    def publish_all(self) -> None:
        """Publish the whole state, at start."""
        for pool in self._centre.pools.values():
            self._publish_agents(pool, list(pool.agents))
            self._stale.update(pool.queues)
        self._publish_queues()
        self._fanout.publish("floor", [views.floor_call(c) for c in self._centre.calls.values()])

    def observe(self, turn: Turn) -> None:
        """Publish what a turn has touched."""
        agents: set[AgentId] = set()
        for pool_id in turn.pools:
            pool = self._centre.pools[pool_id]
            facts = [fact for stream, fact in turn.facts if stream == f"pool/{pool_id}"]
            for fact in facts:
                self._days.apply(fact, pool)
            touched = set(_agents(facts))
            agents |= touched
            self._publish_agents(pool, sorted(touched))
            self._publish_queues_soon(_queues(facts, touched, pool))
        for call_id in turn.calls:
            self.publish_call(call_id, already=agents)

    def publish_call(self, call_id: CallId, already: Iterable[AgentId] = ()) -> None:
        """Publish a call on the floor and on the desks that show it."""
        call = self._centre.calls.get(call_id)
        if call is None:
            self._fanout.publish("floor", removed=[("floor_call", call_id)])
        else:
            self._fanout.publish("floor", [views.floor_call(call)])
        for agent_id, shown in list(self._shown.items()):
            if shown == call_id and agent_id not in already:
                self._publish_desk_call(agent_id)

    def _publish_agents(self, pool: Pool, agent_ids: Iterable[AgentId]) -> None:
        for agent_id in agent_ids:
            agent = pool.agents.get(agent_id)
            if agent is None:
                self._fanout.publish("floor", removed=[("floor_agent", agent_id)])
                self._fanout.publish(desk_topic(agent_id), removed=[("me", agent_id)])
            else:
                self._fanout.publish("floor", [views.floor_agent(agent)])
                self._fanout.publish(desk_topic(agent_id), [views.my_agent(agent)])
            self._publish_desk_call(agent_id)

    def _publish_desk_call(self, agent_id: AgentId) -> None:
        pool, agent = self._agent(agent_id)
        call_id = agent.call_id if agent else None
        before = self._shown.get(agent_id)
        topic = desk_topic(agent_id)
        if before is not None and before != call_id:
            del self._shown[agent_id]
            self._fanout.publish(topic, removed=[("desk_call", before)])
        call = self._centre.calls.get(call_id) if call_id else None
        if call is None or call_id is None or agent is None or pool is None:
            return
        self._shown[agent_id] = call_id
        party_id = call.match.party_id if call.match else None
        card = self._callers.card(call_id, party_id)
        candidates = self._callers.candidates(call_id)
        self._fanout.publish(topic, [views.desk_call(call, agent, candidates, card, pool.rules)])

    def _publish_queues_soon(self, queue_ids: Iterable[QueueId]) -> None:
        self._stale.update(queue_ids)
        if self._stale and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_QUEUES_EVERY_S, self._publish_queues)

    def _publish_queues(self) -> None:
        self._timer = None
        stale, self._stale = self._stale, set()
        for pool in self._centre.pools.values():
            ours = [q for q in sorted(stale) if q in pool.queues]
            floor = [views.floor_queue(pool, q, self._days.of(q)) for q in ours]
            self._fanout.publish("floor", floor)
        self._stale_on_desks |= stale
        if self._desk_timer is None:
            loop = asyncio.get_running_loop()
            wait_s = _DESK_QUEUES_EVERY_S - _QUEUES_EVERY_S
            self._desk_timer = loop.call_later(wait_s, self._publish_queues_on_desks)

    def _publish_queues_on_desks(self) -> None:
        self._desk_timer = None
        stale, self._stale_on_desks = self._stale_on_desks, set()
        for pool in self._centre.pools.values():
            mine = {q: views.my_queue(pool, q) for q in sorted(stale) if q in pool.queues}
            for agent in pool.agents.values():
                changed = [mine[q] for q in agent.profile.queues if q in mine]
                self._fanout.publish(desk_topic(agent.profile.agent_id), changed)

    def _agent(self, agent_id: AgentId) -> tuple[Pool, Agent] | tuple[None, None]:
        for pool in self._centre.pools.values():
            if agent_id in pool.agents:
                return pool, pool.agents[agent_id]
        return None, None


def _agents(facts: Iterable[Fact]) -> Iterator[AgentId]:
    for fact in facts:
        if isinstance(fact, AgentLoggedIn):
            yield fact.profile.agent_id
        agent_id = getattr(fact, "agent_id", None)
        if agent_id is not None:
            yield agent_id


def _queues(facts: Iterable[Fact], agents: set[AgentId], pool: Pool) -> Iterator[QueueId]:
    for fact in facts:
        if isinstance(fact, CallQueued | CallDequeued | QueueOpened | QueueClosed):
            yield fact.queue_id
    for agent_id in agents:
        if agent_id in pool.agents:
            yield from (q for q in pool.agents[agent_id].profile.queues if q in pool.queues)
