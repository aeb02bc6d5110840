"""Which agents the callers ahead will go to, when agents differ in what they may take.

Callers ahead are spread over the groups of agents who may serve them, always to the group that
would be through with its share first, as they will be when agents become free one by one. What
remains is by when each group is ready for one more, and so which groups the caller will meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Filled:
    """Whom the caller will meet."""

    groups: tuple[int, ...]
    """Indices of the groups that are ready first."""
    callers: float
    """Callers ahead who go to these groups."""


def fill(
    sizes: Sequence[int], ahead: Sequence[tuple[float, Sequence[int]]], mine: Sequence[int]
) -> Filled:
    """Spread callers over groups of agents.

    Args:
        sizes: Agents in each group, at least one.
        ahead: For each kind of caller how many are ahead, and the indices of who may serve them.
        mine: Indices of the groups that may serve the caller; at least one.
    """
    given = [0.0] * len(sizes)
    for _ in range(_ROUNDS):
        for count, able in ahead:
            if count and able:
                least = min(able, key=lambda g: (given[g] / sizes[g], g))
                given[least] += count / _ROUNDS
    first = min(given[g] / sizes[g] for g in mine)
    # One caller more or less in a group is chance, not a reason to leave it out.
    meets = tuple(g for g in mine if (given[g] - 1) / sizes[g] <= first)
    return Filled(meets, sum(given[g] for g in meets))
