"""What an offer was chosen from, so that "why did this call go there?" has an answer.

The matcher has counted everything already, so this costs the same with 10 agents and with 10,000:
one look at each availability and each obstacle of one class. Names are given as examples only:
three at most, found within a few profiles.
"""

from collections.abc import Iterator
from itertools import islice

from callcenter.core.acd.availability import AVAILABILITIES, Availability
from callcenter.core.acd.choice import Considered, Skipped
from callcenter.core.acd.classes import CallClass
from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.needs import Demand
from callcenter.core.ids import AgentId

MOST_NAMES = 3
_MOST_PROFILES = 16
"""So many are looked through for names."""


def considered(matcher: Matcher, demand: Demand, agent_id: AgentId, chosen_by: str) -> Considered:
    """Return what an offer to a free agent is chosen from.

    Args:
        matcher: The index, in which the agent is still free.
        demand: What the caller needs.
        agent_id: The agent chosen.
        chosen_by: The queue's strategy, or another reason.
    """
    call_class = matcher.class_of(demand)
    skipped = [*_by_availability(call_class), *_by_obstacle(call_class)]
    mine = matcher.rank_of(agent_id, demand)
    higher = [each for each in call_class.ranks if mine and each.value[0] > mine.value[0]]
    further = sum(each.free for each in higher)
    if further:
        skipped.append(Skipped("higher_level", further))
    others = matcher.staff - matcher.staff_of(demand.queue_id)
    if others:
        skipped.append(Skipped("other_queue", others))
    return Considered(chosen_by, call_class.counts[Availability.FREE], tuple(skipped))


def _by_availability(call_class: CallClass) -> Iterator[Skipped]:
    for which in AVAILABILITIES[1:]:
        count = call_class.counts[which]
        if count:
            names = tuple(_names(call_class, which))
            yield Skipped(which.name.lower(), count, agent_ids=names)


def _by_obstacle(call_class: CallClass) -> Iterator[Skipped]:
    for (reason, detail), (count,) in sorted(call_class.obstacles.items()):
        if count:
            yield Skipped(reason, count, detail)


def _names(call_class: CallClass, which: Availability) -> Iterator[AgentId]:
    profiles = islice(call_class.rank_of, _MOST_PROFILES)
    found = (agent_id for profile in profiles for agent_id in profile.members[which])
    return islice(found, MOST_NAMES)
