"""Keeps the level of degradation: measures once a second, decides, and lets each part know."""

import asyncio
from collections.abc import Callable

from callcenter.core.ids import Ms
from callcenter.core.vitals.levels import (
    WHAT_IS_OFF,
    Degradation,
    Level,
    Measurements,
    decide_level,
)
from callcenter.ports.reports import Reports

EVERY_S = 1.0
HELD_UP_MS = 3_000
"""So long after the look before, the process or the machine stood still."""


class Vitals:
    """The level, and who has to know of it."""

    def __init__(
        self,
        measure: Callable[[], Measurements],
        by_hand: Callable[[], Level | None],
        now: Callable[[], Ms],
        reports: Reports,
    ) -> None:
        """Start at level 0.

        Args:
            measure: Returns the measurements of the last seconds; called once a second.
            by_hand: Returns the level that people want, None for none.
            now: The time, for the wait before a level goes down.
            reports: Where each change is told.
        """
        self._measure = measure
        self._by_hand = by_hand
        self._now = now
        self._reports = reports
        self.found = Measurements()
        """The last measurements."""
        self.state = Degradation()
        self._looked_at: Ms | None = None
        self.followers: list[Callable[[Degradation], None]] = []
        """Called when the level or its reasons have changed."""

    @property
    def level(self) -> Level:
        """The level now."""
        return self.state.level

    async def run(self) -> None:
        """Look once a second, for ever."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def look(self) -> None:
        """Measure and decide once; not at once after having stood still.

        What waited meanwhile is read in the next second, as late as the stall was long. Both are
        one trouble, which is over, and not two that would make one that lasts. A stall that comes
        again holds up the next look too, and that one decides.
        """
        before_at, self._looked_at = self._looked_at, self._now()
        if before_at is not None and self._looked_at - before_at >= HELD_UP_MS:
            self._looked_at = None
            return
        self.found = self._measure()
        before = self.state
        self.state = decide_level(self.found, before, self._now(), self._by_hand())
        if self.state.level != before.level:
            self._tell(before)
        if (self.state.level, self.state.reasons) != (before.level, before.reasons):
            for follow in self.followers:
                follow(self.state)

    def _tell(self, before: Degradation) -> None:
        text = f"degraded to level {self.level:d}: {WHAT_IS_OFF[self.level]}"
        if self.level > before.level:
            self._reports.fault(text, None, why="; ".join(self.state.reasons))
        else:
            self._reports.note(text, before=int(before.level))
