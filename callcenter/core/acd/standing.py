"""Who works and who waits, in groups, so that an estimate need not look at each of them.

Agents with the same queues and skills are one *group*. An agent is *present* who will take further
calls: ready, with a page, not about to log out; free or busy does not matter here. Callers who wait
are counted by queue and requirements.

From these follows the *reach* of a caller: how many agents may serve them, and which share of
another queue's callers is served by the same agents. With few groups it is worked out for each
question; with many it is sampled and used for some seconds, as a few agents more or less do not
matter then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from callcenter.core.acd.filling import fill
from callcenter.core.acd.messages import AgentProfile, AgentStatus
from callcenter.core.acd.model import Agent, Requirements, WaitingCall
from callcenter.core.ids import AgentId, Ms, QueueId
from callcenter.core.records import replace

_FEW = 24
"""Up to so many groups, and classes of callers, are looked at one by one; of more a sample."""
_FEW_AGENTS = 24
_USED_FOR_MS = 15_000
_MOST_REMEMBERED = 4_096
_Class = tuple[QueueId, Requirements]
_Key = tuple[tuple[QueueId, ...], Requirements]
_Item = TypeVar("_Item")


class _Group:
    """Present agents who can do the same."""

    __slots__ = ("agents", "key", "queues", "skills")

    def __init__(self, key: _Key, profile: AgentProfile) -> None:
        self.key = key
        self.queues = key[0]
        self.skills = profile.skills
        self.agents: dict[AgentId, None] = {}

    def can(self, requires: Requirements) -> bool:
        """Whether they have the skills."""
        return all(self.skills.get(skill, 0) >= least for skill, least in requires)


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
        self._all: dict[_Key, _Group] = {}
        self._groups: dict[QueueId, dict[_Key, _Group]] = {}
        self._group_of: dict[AgentId, tuple[AgentProfile, _Group]] = {}
        self._callers: dict[QueueId, dict[Requirements, int]] = {}
        self._offered: dict[QueueId, int] = {}
        self._reaches: dict[_Class, tuple[Ms, Reach]] = {}
        self._sizes: dict[_Class, tuple[Ms, int]] = {}

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
        group = known[1]
        del group.agents[agent_id]
        if not group.agents:
            del self._all[group.key]
            for queue_id in group.queues:
                del self._groups[queue_id][group.key]

    def _add(self, profile: AgentProfile) -> None:
        key = (tuple(sorted(set(profile.queues))), tuple(sorted(profile.skills.items())))
        group = self._all.get(key)
        if group is None:
            group = self._all[key] = _Group(key, profile)
            for queue_id in group.queues:
                self._groups.setdefault(queue_id, {})[key] = group
        group.agents[profile.agent_id] = None
        self._group_of[profile.agent_id] = profile, group

    def put_call(self, before: WaitingCall | None, call: WaitingCall) -> None:
        """Take over a waiting caller's record."""
        if before is None:
            self._count(call, 1)
        was_offered = before is not None and before.offer_id is not None
        self._offer(call.queue_id, (call.offer_id is not None) - was_offered)

    def drop_call(self, call: WaitingCall) -> None:
        """Forget a caller."""
        self._count(call, -1)
        self._offer(call.queue_id, -(call.offer_id is not None))

    def _count(self, call: WaitingCall, more: int) -> None:
        classes = self._callers.setdefault(call.queue_id, {})
        count = classes.get(call.requires, 0) + more
        if count:
            classes[call.requires] = count
        else:
            del classes[call.requires]

    def _offer(self, queue_id: QueueId, more: int) -> None:
        if more:
            self._offered[queue_id] = self._offered.get(queue_id, 0) + more

    # ------------------------------------------------------------ questions

    def offered(self, queue_id: QueueId) -> int:
        """Return how many callers of a queue are being offered to agents."""
        return self._offered.get(queue_id, 0)

    def reach(
        self,
        queue_id: QueueId,
        requires: Requirements,
        in_line: Callable[[QueueId], float],
        now: Ms,
    ) -> Reach:
        """Return who may serve such a caller, and whom else they serve.

        Args:
            queue_id: The caller's queue.
            requires: What they want.
            in_line: Tells how many of a queue go before them and are not being offered; those who
                take an agent longer than the caller count for more.
            now: The instant.
        """
        groups = [g for g in self._groups.get(queue_id, {}).values() if g.can(requires)]
        if len(groups) <= _FEW:
            return self._spread(groups, in_line, now) or self._work_out(groups, now)
        known = self._reaches.get((queue_id, requires))
        if known is not None and now < known[0]:
            return known[1]
        if len(self._reaches) > _MOST_REMEMBERED:
            self._reaches.clear()
        reach = self._work_out(groups, now)
        self._reaches[queue_id, requires] = now + _USED_FOR_MS, reach
        return reach

    def _spread(
        self, mine: Sequence[_Group], in_line: Callable[[QueueId], float], now: Ms
    ) -> Reach | None:
        """Return the reach by spreading those ahead; None if that is needless or too much."""
        if len(self._all) > _FEW or len(self._all) < 2:
            return None
        groups = list(self._all.values())
        places = {group.key: place for place, group in enumerate(groups)}
        ahead = []
        for queue_id, classes in sorted(self._callers.items()):
            share = in_line(queue_id) / max(1, sum(classes.values()))
            for requires, count in sorted(classes.items()):
                able = [
                    places[key]
                    for key, group in self._groups.get(queue_id, {}).items()
                    if group.can(requires)
                ]
                ahead.append((count * share, able))
        if len(ahead) > _FEW or not mine:
            return None
        sizes = [len(group.agents) for group in groups]
        filled = fill(sizes, ahead, [places[group.key] for group in mine])
        reach = self._work_out([groups[place] for place in filled.groups], now)
        return replace(reach, callers=filled.callers)

    def _work_out(self, groups: Sequence[_Group], now: Ms) -> Reach:
        agents = sum(len(group.agents) for group in groups)
        seen = _sample(groups)
        queues = sorted({queue_id for group in seen for queue_id in group.queues})
        shares = {queue_id: self._share(queue_id, seen, agents, now) for queue_id in queues}
        few = tuple(a for g in groups for a in g.agents) if agents <= _FEW_AGENTS else ()
        return Reach(agents, shares, few)

    def _share(self, queue_id: QueueId, seen: Sequence[_Group], agents: int, now: Ms) -> float:
        """Return which part of a queue's callers falls to the agents of the groups seen."""
        classes = _sample(sorted(self._callers.get(queue_id, {}).items())) or [((), 1)]
        heads = sum(len(group.agents) for group in seen)
        theirs = [group for group in seen if queue_id in group.queues]
        share = 0.0
        for requires, count in classes:
            able = sum(len(group.agents) for group in theirs if group.can(requires))
            size = self._size(queue_id, requires, now)
            if size:
                share += count * min(1.0, able / heads * agents / size)
        return share / sum(count for _, count in classes)

    def _size(self, queue_id: QueueId, requires: Requirements, now: Ms) -> int:
        """Return how many present agents may serve such callers."""
        groups = self._groups.get(queue_id, {})
        known = self._sizes.get((queue_id, requires))
        if len(groups) > _FEW and known is not None and now < known[0]:
            return known[1]
        size = sum(len(group.agents) for group in groups.values() if group.can(requires))
        if len(groups) > _FEW:
            if len(self._sizes) > _MOST_REMEMBERED:
                self._sizes.clear()
            self._sizes[queue_id, requires] = now + _USED_FOR_MS, size
        return size


def _sample(items: Sequence[_Item]) -> Sequence[_Item]:
    """Return all of a few, or so many at even distances."""
    step = -(-len(items) // _FEW)
    return items[::step] if step > 1 else items
