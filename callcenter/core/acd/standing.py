"""Who works and who waits, in groups, so that an estimate need not look at each of them.

Agents with the same abilities are one *group*. An agent is *present* who will take further
calls: ready, with a page, not about to log out; free or busy does not matter here. Callers who wait
are counted by what they need (``Demand``).

From these follows the *reach* of a caller: how many agents may serve them, and which share of
another queue's callers is served by the same agents. With few groups it is worked out for each
question; with many it is sampled and used for some seconds, as a few agents more or less do not
matter then. Which groups may serve what callers need is worked out once for each pair: groups stay
known when their agents are gone, as in the matcher.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from callcenter.core.acd.filling import fill
from callcenter.core.acd.model import Agent, Requirements, WaitingCall
from callcenter.core.acd.needs import Ability, Demand, ability, obstacle
from callcenter.core.acd.people import AgentProfile, AgentStatus
from callcenter.core.ids import AgentId, CallId, Ms, QueueId
from callcenter.core.records import replace

_FEW = 24
"""Up to so many groups, and classes of callers, are looked at one by one; of more a sample."""
_FEW_AGENTS = 24
_USED_FOR_MS = 15_000
_MOST_REMEMBERED = 4_096
_Item = TypeVar("_Item")


class _Group:
    """Present agents who can do the same."""

    __slots__ = ("able", "agents", "queues")

    def __init__(self, able: Ability) -> None:
        self.able = able
        self.queues = tuple(queue_id for queue_id, _, _ in able.queues)
        self.agents: dict[AgentId, None] = {}


class _Able:
    """The groups of a queue that may serve what one kind of caller needs."""

    __slots__ = ("asked", "groups", "members")

    def __init__(self) -> None:
        self.asked = 0
        """So many of the queue's groups, in their order, were looked at."""
        self.groups: list[_Group] = []
        self.members: set[_Group] = set()


@dataclass(frozen=True, slots=True)
class Reach:
    """The agents for a caller, and whom they serve besides."""

    agents: int
    """Present agents who may serve the caller."""
    shares: Mapping[QueueId, float]
    """By queue: the share of its callers whom these agents serve, 0 to 1."""
    few: tuple[AgentId, ...]
    """Who they are, if they are few enough to be looked at one by one."""
    callers: float | None = None
    """Callers ahead who go to them, as ``in_line`` counts; None: too many groups to spread them."""


class Standing:
    """Groups of present agents, and counts of waiting callers."""

    def __init__(self) -> None:
        self._all: dict[Ability, _Group] = {}
        """All that were ever there, also those without agents now."""
        self._groups: dict[QueueId, list[_Group]] = {}
        self._present = 0
        """How many of them have agents."""
        self._able: dict[Demand, _Able] = {}
        self._group_of: dict[AgentId, tuple[AgentProfile, _Group]] = {}
        self._callers: dict[QueueId, dict[Demand, int]] = {}
        self._counted: dict[CallId, tuple[Demand, bool]] = {}
        """As what each caller is counted: what they need, whether they are being offered."""
        self._offered: dict[QueueId, int] = {}
        self._reaches: dict[Demand, tuple[Ms, Reach]] = {}
        self._shares: dict[Demand, tuple[Ms, Mapping[QueueId, float]]] = {}
        self._sizes: dict[Demand, tuple[Ms, int]] = {}
        self._samples: dict[QueueId, tuple[Ms, Sequence[tuple[Demand, int]]]] = {}

    # ------------------------------------------------------------ keeping in step with the pool

    def put_agent(self, agent: Agent) -> None:
        """Take over an agent's record."""
        is_present = (
            agent.status is AgentStatus.READY and agent.page_connected and not agent.logs_out_after
        )
        known = self._group_of.get(agent.profile.agent_id)
        if known is None and not is_present:
            return
        if known is not None and is_present and known[0] is agent.profile:
            return
        self.drop_agent(agent.profile.agent_id)
        if is_present:
            self._add(agent.profile)

    def drop_agent(self, agent_id: AgentId) -> None:
        """Forget an agent."""
        known = self._group_of.pop(agent_id, None)
        if known is None:
            return
        agents = known[1].agents
        del agents[agent_id]
        self._present -= not agents

    def _add(self, profile: AgentProfile) -> None:
        able = ability(profile)
        group = self._all.get(able)
        if group is None:
            group = self._all[able] = _Group(able)
            for queue_id in group.queues:
                self._groups.setdefault(queue_id, []).append(group)
        self._present += not group.agents
        group.agents[profile.agent_id] = None
        self._group_of[profile.agent_id] = profile, group

    def put_call(self, call: WaitingCall, demand: Demand) -> None:
        """Take over a waiting caller's record, and what the caller needs now."""
        is_offered = call.offer_id is not None
        if self._counted.get(call.call_id) != (demand, is_offered):
            self.drop_call(call.call_id)
            self._counted[call.call_id] = demand, is_offered
            self._count(demand, 1, is_offered=is_offered)

    def drop_call(self, call_id: CallId) -> None:
        """Forget a caller; nothing for one who is not known."""
        counted = self._counted.pop(call_id, None)
        if counted is not None:
            self._count(counted[0], -1, is_offered=counted[1])

    def _count(self, demand: Demand, more: int, *, is_offered: bool) -> None:
        classes = self._callers.setdefault(demand.queue_id, {})
        count = classes.get(demand, 0) + more
        if count:
            classes[demand] = count
        else:
            del classes[demand]
        if is_offered:
            self._offered[demand.queue_id] = self._offered.get(demand.queue_id, 0) + more

    # ------------------------------------------------------------ questions

    def offered(self, queue_id: QueueId) -> int:
        """Return how many callers of a queue are being offered to agents."""
        return self._offered.get(queue_id, 0)

    def reach(
        self,
        demand: Demand,
        in_line: Callable[[QueueId], float],
        now: Ms,
    ) -> Reach:
        """Return who may serve such a caller, and whom else they serve.

        Args:
            demand: What the caller needs now.
            in_line: Tells how many of a queue go before them and are not being offered; those who
                take an agent longer than the caller count for more.
            now: The instant.
        """
        known = self._reaches.get(demand)
        if known is not None and now < known[0]:
            return known[1]
        groups = [group for group in self._can(demand).groups if group.agents]
        if len(groups) <= _FEW:
            return self._spread(groups, in_line, now) or self._few(demand, groups, now)
        if len(self._reaches) > _MOST_REMEMBERED:
            self._reaches.clear()
        reach = self._work_out(groups, now)
        self._reaches[demand] = now + _USED_FOR_MS, reach
        return reach

    def _can(self, demand: Demand) -> _Able:
        """Return the groups that may serve such callers, those without agents too."""
        able = self._able.get(demand)
        if able is None:
            if len(self._able) > _MOST_REMEMBERED:
                self._able.clear()
            able = self._able[demand] = _Able()
        groups = self._groups.get(demand.queue_id, ())
        if able.asked < len(groups):
            new = [g for g in groups[able.asked :] if obstacle(demand, g.able) is None]
            able.groups += new
            able.members.update(new)
            able.asked = len(groups)
        return able

    def _spread(
        self, mine: Sequence[_Group], in_line: Callable[[QueueId], float], now: Ms
    ) -> Reach | None:
        """Return the reach by spreading those ahead; None if that is needless or too much."""
        if not 2 <= self._present <= _FEW:
            return None
        groups = [group for group in self._all.values() if group.agents]
        places = {group: place for place, group in enumerate(groups)}
        ahead = []
        for queue_id, classes in sorted(self._callers.items()):
            share = in_line(queue_id) / max(1, sum(classes.values()))
            for demand, count in sorted(classes.items(), key=_by_demand):
                able = [places[group] for group in self._can(demand).groups if group.agents]
                ahead.append((count * share, able))
        if len(ahead) > _FEW or not mine:
            return None
        sizes = [len(group.agents) for group in groups]
        filled = fill(sizes, ahead, [places[group] for group in mine])
        reach = self._work_out([groups[place] for place in filled.groups], now)
        return replace(reach, callers=filled.callers)

    def _few(self, demand: Demand, groups: Sequence[_Group], now: Ms) -> Reach:
        """Return the reach of a few groups; among many others their shares are used for a while."""
        if self._present <= _FEW:
            return self._work_out(groups, now)
        known = self._shares.get(demand)
        if known is not None and now < known[0]:
            agents = sum(len(group.agents) for group in groups)
            return Reach(agents, known[1], _each(groups, agents))
        if len(self._shares) > _MOST_REMEMBERED:
            self._shares.clear()
        reach = self._work_out(groups, now)
        self._shares[demand] = now + _USED_FOR_MS, reach.shares
        return reach

    def _work_out(self, groups: Sequence[_Group], now: Ms) -> Reach:
        agents = sum(len(group.agents) for group in groups)
        seen = _sample(groups)
        queues = sorted({queue_id for group in seen for queue_id in group.queues})
        shares = {queue_id: self._share(queue_id, seen, agents, now) for queue_id in queues}
        return Reach(agents, shares, _each(groups, agents))

    def _share(self, queue_id: QueueId, seen: Sequence[_Group], agents: int, now: Ms) -> float:
        """Return which part of a queue's callers falls to the agents of the groups seen."""
        classes = self._classes(queue_id, now)
        heads = sum(len(group.agents) for group in seen)
        theirs = [group for group in seen if queue_id in group.queues]
        share = 0.0
        for demand, count in classes:
            members = self._can(demand).members
            able = sum(len(group.agents) for group in theirs if group in members)
            size = self._size(demand, now)
            if size:
                share += count * min(1.0, able / heads * agents / size)
        return share / sum(count for _, count in classes)

    def _classes(self, queue_id: QueueId, now: Ms) -> Sequence[tuple[Demand, int]]:
        """Return what those who wait in a queue need, and how many; of many kinds a sample."""
        known = self._samples.get(queue_id)
        if known is not None and now < known[0]:
            return known[1]
        callers = sorted(self._callers.get(queue_id, {}).items(), key=_by_demand)
        classes = _sample(callers) or [(Demand(queue_id), 1)]
        if len(callers) > _FEW:
            self._samples[queue_id] = now + _USED_FOR_MS, classes
        return classes

    def _size(self, demand: Demand, now: Ms) -> int:
        """Return how many present agents may serve such callers."""
        groups = self._can(demand).groups
        known = self._sizes.get(demand)
        if len(groups) > _FEW and known is not None and now < known[0]:
            return known[1]
        size = sum(len(group.agents) for group in groups)
        if len(groups) > _FEW:
            if len(self._sizes) > _MOST_REMEMBERED:
                self._sizes.clear()
            self._sizes[demand] = now + _USED_FOR_MS, size
        return size


def _each(groups: Sequence[_Group], agents: int) -> tuple[AgentId, ...]:
    """Return who they are, if they are few."""
    return tuple(a for g in groups for a in g.agents) if agents <= _FEW_AGENTS else ()


def _by_demand(
    counted: tuple[Demand, int],
) -> tuple[Requirements, Requirements, tuple[str, ...], int]:
    """Order what callers need, so that sums come out the same whoever came first."""
    demand = counted[0]
    return demand.requires, demand.prefers, demand.forbids, demand.most_level or 0


def _sample(items: Sequence[_Item]) -> Sequence[_Item]:
    """Return all of a few, or so many at even distances."""
    step = -(-len(items) // _FEW)
    return items[::step] if step > 1 else items
