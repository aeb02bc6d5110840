"""What an offer was chosen from, so that "why did this call go there?" has an answer.

The same is recorded for a caller who has to wait: who there was, and why nobody could be offered.

The matcher has counted everything already, so this costs the same with 10 agents and with 10,000:
one look at each availability and each obstacle of one class. Names are given as examples only:
three at most, found within a few profiles.
"""

from collections.abc import Iterator
from itertools import islice
from typing import assert_never

from callcenter.core.acd.availability import AVAILABILITIES, Availability
from callcenter.core.acd.choice import ChosenBy, Considered, NobodyFree, Skipped, SkipReason
from callcenter.core.acd.classes import CallClass
from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.needs import Demand
from callcenter.core.ids import AgentId

MOST_NAMES = 3
_MOST_PROFILES = 16
"""So many are looked through for names."""


def skip_reason(which: Availability) -> SkipReason | None:
    """Return why an agent who does this is not offered a caller; None for one who is free."""
    match which:
        case Availability.FREE:
            return None
        case Availability.BUSY:
            return SkipReason.BUSY
        case Availability.WRAP_UP:
            return SkipReason.WRAP_UP
        case Availability.PAUSED:
            return SkipReason.PAUSED
        case Availability.NOT_CONNECTED:
            return SkipReason.NOT_CONNECTED
        case Availability.RESTING:
            return SkipReason.RESTING
        case Availability.LEAVING:
            return SkipReason.LEAVING
        case Availability.NOT_ANSWERING:
            return SkipReason.NOT_ANSWERING
        case _:
            assert_never(which)


_REASONS = tuple(
    (which, reason) for which in AVAILABILITIES if (reason := skip_reason(which)) is not None
)


def considered(
    matcher: Matcher, demand: Demand, agent_id: AgentId, chosen_by: ChosenBy
) -> Considered:
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
        skipped.append(Skipped(SkipReason.HIGHER_LEVEL, further))
    skipped += _of_other_queues(matcher, demand)
    return Considered(chosen_by, call_class.counts[Availability.FREE], tuple(skipped))


def nobody_free(matcher: Matcher, demand: Demand, waiting: int) -> NobodyFree | None:
    """Return what a caller finds who has to wait; None if somebody is free.

    Args:
        matcher: The index.
        demand: What the caller needs.
        waiting: How many others wait in the queue.
    """
    call_class = matcher.class_of(demand)
    if call_class.counts[Availability.FREE]:
        return None
    others = _of_other_queues(matcher, demand)
    skipped = (*_by_availability(call_class), *_by_obstacle(call_class), *others)
    return NobodyFree(waiting, skipped)


def _of_other_queues(matcher: Matcher, demand: Demand) -> list[Skipped]:
    count = matcher.staff - matcher.staff_of(demand.queue_id)
    return [Skipped(SkipReason.OTHER_QUEUE, count)] if count else []


def _by_availability(call_class: CallClass) -> Iterator[Skipped]:
    for which, reason in _REASONS:
        count = call_class.counts[which]
        if count:
            yield Skipped(reason, count, agent_ids=tuple(_names(call_class, which)))


def _by_obstacle(call_class: CallClass) -> Iterator[Skipped]:
    for (reason, detail), (count,) in sorted(call_class.obstacles.items()):
        if count:
            yield Skipped(reason, count, detail)


def _names(call_class: CallClass, which: Availability) -> Iterator[AgentId]:
    profiles = islice(call_class.rank_of, _MOST_PROFILES)
    found = (agent_id for profile in profiles for agent_id in profile.members[which])
    return islice(found, MOST_NAMES)
