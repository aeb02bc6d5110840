"""Which prompts say a thing that is known only when it is said."""

HIGHEST_SPOKEN = 20


def position_prompts(position: int) -> tuple[str, ...]:
    """Return the prompts that tell a caller their place in the queue.

    Args:
        position: 1 for the caller who is next.
    """
    if position <= 1:
        return ("you_are_next",)
    if position <= HIGHEST_SPOKEN:
        return ("you_are_number", f"number_{position}")
    return ("many_callers",)
