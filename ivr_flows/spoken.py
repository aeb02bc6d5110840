"""Which prompts say a thing that is known only when it is said."""

from dataclasses import dataclass

HIGHEST_SPOKEN = 20
_LADDER_MIN = (0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""Minutes that a wait is told in."""


def position_prompts(position: int, limit: int = 0) -> tuple[str, ...]:
    """Return the prompts that tell a caller their place in the queue.

    Args:
        position: 1 for the caller who is next.
        limit: Places beyond it are told as "more than", up to 20; 0 for no such limit.
    """
    if position <= 1:
        return ("you_are_next",)
    if limit and position > limit:
        return ("you_are_after_number", f"number_{min(limit, HIGHEST_SPOKEN)}")
    if position <= HIGHEST_SPOKEN:
        return ("you_are_number", f"number_{position}")
    return ("many_callers",)


@dataclass(frozen=True, slots=True)
class SpokenWait:
    """A range of minutes as it is told: only numbers of the ladder, never a false precision."""

    low_min: int
    """0: "less than"."""
    high_min: int | None
    """None: "more than"."""
    takes_longer: bool = False
    """More than the caller was told before."""

    def is_more_than(self, before: "SpokenWait") -> bool:
        """Whether the end of the range is later than another's."""
        if before.high_min is None:
            return self.high_min is None and self.low_min > before.low_min
        return self.high_min is None or self.high_min > before.high_min


def spoken_wait(low_ms: int, high_ms: int) -> SpokenWait | None:
    """Return a range as it is told: outward to the next number of the ladder.

    Args:
        low_ms: One in five waits shorter.
        high_ms: One in five waits longer; at least ``low_ms``.

    Returns:
        None where nothing useful can be told: anything between no wait and an hour.
    """
    low = max(rung for rung in _LADDER_MIN if rung * 60_000 <= low_ms)
    high = next((rung for rung in _LADDER_MIN if rung > low and rung * 60_000 >= high_ms), None)
    return SpokenWait(low, high) if high is not None or low else None


def wait_prompts(wait: SpokenWait) -> tuple[str, ...]:
    """Return the prompts that tell a caller how long they will probably wait."""
    first = ("wait_takes_longer",) if wait.takes_longer else ()
    if wait.high_min is None:
        return (*first, "wait_more_than", f"number_{wait.low_min}", "minutes")
    if wait.high_min == 1:
        return (*first, "wait_less_than_a_minute")
    high = (f"number_{wait.high_min}", "minutes")
    if wait.low_min == 0:
        return (*first, "wait_less_than", *high)
    return (*first, "wait_between", f"number_{wait.low_min}", "wait_and", *high)


def waited_prompts(waited_ms: int) -> tuple[str, ...]:
    """Return the prompts that tell an agent how long a caller has waited, in whole minutes."""
    minutes = waited_ms // 60_000
    if minutes < 1:
        return ("waited_under_a_minute",)
    if minutes == 1:
        return ("waited", "number_1", "minute")
    if minutes > HIGHEST_SPOKEN:
        return ("waited_more_than", f"number_{HIGHEST_SPOKEN}", "minutes")
    return ("waited", f"number_{minutes}", "minutes")
