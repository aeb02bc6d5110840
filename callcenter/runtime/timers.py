"""One timer for all deadlines of a node."""

import asyncio
from collections.abc import Callable

from callcenter.core.ids import Ms


class Timer:
    """Calls back at the earliest deadline; armed anew whenever that changes."""

    def __init__(self, on_due: Callable[[], None]) -> None:
        self._on_due = on_due
        self._deadline: Ms | None = None
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, deadline: Ms | None, now: Ms) -> None:
        """Call back at ``deadline``, or never; replaces what was armed before."""
        if deadline == self._deadline and self._handle is not None:
            return
        self.disarm()
        if deadline is not None:
            self._deadline = deadline
            delay_s = max(0, deadline - now) / 1000
            self._handle = asyncio.get_running_loop().call_later(delay_s, self._fire)

    def disarm(self) -> None:
        """Do not call back."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._deadline = None

    def _fire(self) -> None:
        self._handle = self._deadline = None
        self._on_due()
