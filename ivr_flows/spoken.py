"""Which prompts say a thing that is known only when it is said."""

HIGHEST_SPOKEN = 20


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
