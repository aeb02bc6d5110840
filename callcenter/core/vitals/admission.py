"""Whether to take one more call: by what is under way, not by how many came in a second.

A call that is refused here is in the fallback queue of the dialplan a second later. One that is
taken and then half served is worse off, so the doubt is against taking it.
"""

from dataclasses import dataclass

from callcenter.core.vitals.levels import Level


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much may be under way when one more call is taken."""

    open_calls: int = 2_000
    lanes: int = 500
    """Calls for which the PBX is just being asked for something."""
    waiting_commands: int = 32
    """Commands that wait for their turn."""
    journal_turns: int = 2_000
    """Turns that are not durable yet."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is under way."""

    level: Level = Level.NORMAL
    is_draining: bool = False
    open_calls: int = 0
    lanes: int = 0
    waiting_commands: int = 0
    journal_turns: int = 0


REFUSALS = ("draining", "level", "open_calls", "lanes", "commands", "journal", "events")
"""The words for why a call was left to the fallback; "events": its offer was dropped unread."""


def refusal(load: Load, capacity: Capacity) -> str:
    """Return why no call is taken now, a word of ``REFUSALS``; "" if one is."""
    if load.is_draining:
        return "draining"
    if load.level >= Level.NOT_CLAIMING:
        return "level"
    if load.open_calls >= capacity.open_calls:
        return "open_calls"
    if load.waiting_commands >= capacity.waiting_commands:
        return "commands"
    if load.lanes >= capacity.lanes:
        return "lanes"
    return "journal" if load.journal_turns >= capacity.journal_turns else ""
