"""The machine's clocks."""

import time

from callcenter.core.ids import Ms


class SystemClock:
    """Implements ``ports.clock.Clock``."""

    def wall_ms(self) -> Ms:
        """Return the wall clock."""
        return time.time_ns() // 1_000_000

    def elapsed_ms(self) -> Ms:
        """Return the monotonic clock."""
        return time.monotonic_ns() // 1_000_000
