"""How the operator lets the running service read its configuration again."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reading came to."""

    changed: tuple[str, ...] = ()
    """What holds from now on, a line each."""
    waits_for_restart: tuple[str, ...] = ()
    """What is different too, and holds only when the service is started again."""
    objections: tuple[str, ...] = ()
    """Why nothing was changed: people are where the new settings have no place for them."""
    faults: tuple[str, ...] = ()
    """Why nothing was changed: the configuration is faulty."""


class Reload(Protocol):
    """Reads the configuration again, and lets it hold."""

    async def reload(self, *, only_check: bool = False) -> Reloaded:
        """Let what the file says now hold, if all of it can; else change nothing.

        Args:
            only_check: Say what would be, and change nothing.
        """
        ...
