"""What happened in one call, told from its facts."""

from collections.abc import Sequence
from typing import Protocol

from callcenter.core.ids import Ms

Told = tuple[Ms, str, str]
"""The instant of a fact, its name, and a sentence about it."""


class Stories(Protocol):
    """Tells calls from the journal."""

    async def story(self, call_id: str) -> Sequence[Told]:
        """Return the facts of one call in order; none if the journal has nothing of it."""
        ...
