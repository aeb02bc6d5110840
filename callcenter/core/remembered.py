"""What was lately there: a set that forgets its oldest members."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Member = TypeVar("Member", bound=Hashable)

KEPT = 1_000
"""Callers are gone, and forgotten by the PBX, long before so many more came."""


class Remembered(Generic[Member]):
    """The latest members, at most ``KEPT``."""

    def __init__(self) -> None:
        self._members: dict[Member, None] = {}

    def __contains__(self, member: Member) -> bool:
        """Say whether it is remembered."""
        return member in self._members

    def note(self, member: Member) -> None:
        """Remember it; one that is known already is not made younger."""
        self._members[member] = None
        if len(self._members) > KEPT:
            del self._members[next(iter(self._members))]
