"""How many commands may be under way: the limit follows the PBX's own answers.

Additive increase, multiplicative decrease, as TCP does it (RFC 5681, 3.1): while answers are quick
and the limit is used it grows by a step a second; when they are slow it shrinks at once, because a
PBX that is given more than it can do only gets slower.
"""

from dataclasses import dataclass
from enum import IntEnum


class Urgency(IntEnum):
    """Whose turn is first when not all can be served at once."""

    TALKING = 0
    """Conversations, leases, and whatever ends or frees something."""
    RINGING = 1
    QUEUED = 2
    MENU = 3
    NEW = 4
    VIEWS = 5


@dataclass(frozen=True, slots=True)
class LimitRules:
    """The range of a limit, and when it moves."""

    lowest: int = 8
    highest: int = 64
    start: int = 32
    slow_s: float = 0.05
    step: int = 2
    shrink: float = 0.7


def next_limit(limit: int, p95_s: float | None, rules: LimitRules, *, was_used: bool) -> int:
    """Return the limit for the next second.

    Args:
        limit: That of the last second.
        p95_s: What 95 of 100 answers took at most, in seconds; None for too few answers.
        rules: The range, and when to move.
        was_used: Something had to wait because of the limit.
    """
    if p95_s is None:
        return limit
    if p95_s > rules.slow_s:
        return max(rules.lowest, int(limit * rules.shrink))
    return min(rules.highest, limit + rules.step) if was_used else limit
