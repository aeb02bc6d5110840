"""What a caller needs of an agent: who may take the caller, and how well each would do.

Theory of operation. A *demand* is a queue with the skills a caller requires (at a least level),
prefers (each weighs) and forbids. Callers with equal demands are interchangeable to the matcher
but for their places in line. A demand is *eased* in steps as time passes: a step lowers required
levels, or lets agents of further levels in; it never asks for more. The caller keeps the place.

Levels of skills go from 0, which is the same as not having the skill, to 10. A language is a skill
like any other, by convention ``lang_`` and its code. An agent's level in a queue is 1 for those
whose work it is, and higher for those who help out: all free agents of a lower level come first.
"""

from collections.abc import Iterator
from typing import NamedTuple

from callcenter.core.acd.choice import SkipReason
from callcenter.core.acd.facts import CallQueued
from callcenter.core.acd.model import Requirements, WaitingCall
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.strategies import Strategy
from callcenter.core.ids import QueueId
from callcenter.core.plan import QueueRules, Relaxation


class Demand(NamedTuple):
    """What one kind of caller needs now."""

    queue_id: QueueId
    requires: Requirements = ()
    prefers: Requirements = ()
    """Skill and how much it weighs, 1 to 10."""
    forbids: tuple[str, ...] = ()
    most_level: int | None = None
    """Agents of higher levels in the queue are not asked yet; None: all may be."""


class Ability(NamedTuple):
    """What one kind of agent can do; agents with equal abilities are interchangeable."""

    queues: tuple[tuple[QueueId, int, int], ...]
    """Queue, the agent's level in it, and the agent's own priority for it; sorted."""
    skills: Requirements

    def level_in(self, queue_id: QueueId) -> int | None:
        """Return the level in a queue, or None for an agent who does not work it."""
        return next((level for name, level, _ in self.queues if name == queue_id), None)


def ability(profile: AgentProfile) -> Ability:
    """Return what an agent can do."""
    levels, priorities = profile.levels, profile.priorities
    queues = sorted((q, levels.get(q, 1), priorities.get(q, 0)) for q in set(profile.queues))
    return Ability(tuple(queues), tuple(sorted(profile.skills.items())))


def obstacle(demand: Demand, able: Ability) -> tuple[SkipReason, str] | None:
    """Return why an agent of the queue may not take a caller: reason and skill; None: may."""
    skills = dict(able.skills)
    for skill in demand.forbids:
        if skills.get(skill, 0):
            return SkipReason.HAS_FORBIDDEN_SKILL, skill
    for skill, least in demand.requires:
        if skills.get(skill, 0) < least:
            return SkipReason.LACKS_SKILL, f"{skill} {least}"
    level = able.level_in(demand.queue_id)
    if demand.most_level is not None and level is not None and level > demand.most_level:
        return SkipReason.LEVEL_NOT_YET, str(level)
    return None


def rank(demand: Demand, able: Ability, strategy: Strategy) -> tuple[int, int]:
    """Return how early an able agent is asked, the least first: level, then preferred skills.

    Among agents of one rank the strategy decides.
    """
    skills = dict(able.skills)
    score = sum(skills.get(skill, 0) * weight for skill, weight in demand.prefers)
    if strategy is Strategy.BEST_SKILL:
        score += sum(skills.get(skill, 0) for skill, _ in demand.requires)
    level = able.level_in(demand.queue_id) or 1
    return (0 if strategy is Strategy.WEIGHTED_RANDOM else level, -score)


def demand_of(call: WaitingCall | CallQueued, queue: QueueRules, step: int) -> Demand:
    """Return what a caller needs when so many of the queue's relaxations hold."""
    demand = Demand(call.queue_id, call.requires, call.prefers, call.forbids, queue.most_level)
    if step:
        for relaxation in queue.relaxations[:step]:
            demand = _eased(demand, relaxation)
    return demand


def later_demands(call: WaitingCall, queue: QueueRules) -> Iterator[Demand]:
    """Yield what the caller needs now and at each step to come."""
    for step in range(min(call.step, len(queue.relaxations)), len(queue.relaxations) + 1):
        yield demand_of(call, queue, step)


def _eased(demand: Demand, step: Relaxation) -> Demand:
    caps = dict(step.skills)
    eased = (
        (skill, min(least, caps.get(skill, least), least if step.most is None else step.most))
        for skill, least in demand.requires
    )
    return demand._replace(
        requires=tuple((skill, least) for skill, least in eased if least > 0),
        most_level=_further(demand.most_level, step.most_level),
    )


def _further(now: int | None, then: int | None) -> int | None:
    """Return the farther of two level limits; a step's 0 is none at all, its None no change."""
    if now is None or then is None:
        return now
    return None if then == 0 else max(now, then)
