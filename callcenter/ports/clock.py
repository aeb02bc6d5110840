"""Time as the runtime sees it."""

from typing import Protocol

from callcenter.core.ids import Ms


class Clock(Protocol):
    """The only source of time. Decisions get ``now`` as an argument."""

    def wall_ms(self) -> Ms:
        """Return the wall clock, milliseconds since 1970 UTC; it may jump."""
        ...

    def elapsed_ms(self) -> Ms:
        """Return milliseconds since some fixed start; never goes back, never freezes."""
        ...
