"""A clock that stands still until it is moved."""

from callcenter.core.ids import Ms


class SettableClock:
    """Implements ``ports.clock.Clock``; both readings are moved by hand."""

    def __init__(self, wall_ms: Ms = 0) -> None:
        self._wall_ms = wall_ms
        self._elapsed_ms = 0

    def wall_ms(self) -> Ms:
        """Return the wall clock."""
        return self._wall_ms

    def elapsed_ms(self) -> Ms:
        """Return the time passed since the clock was made."""
        return self._elapsed_ms

    def advance(self, by_ms: Ms) -> None:
        """Let time pass on both readings; ``by_ms`` is at least 0."""
        if by_ms < 0:
            raise ValueError("elapsed time never goes back; set_wall moves the wall clock")
        self._wall_ms += by_ms
        self._elapsed_ms += by_ms

    def set_wall(self, wall_ms: Ms) -> None:
        """Let the wall clock jump, as an operator or NTP would; elapsed time does not."""
        self._wall_ms = wall_ms
