"""Whether the event loop keeps time: how late it wakes who sleeps."""

import asyncio
from collections.abc import Callable

from callcenter.core.vitals.windows import Peaks

EVERY_S = 0.1


class Pulse:
    """Wakes ten times a second and looks how late that was."""

    def __init__(self, on_beat: Callable[[float], None]) -> None:
        """Take whom to tell of each beat: called with its lateness in seconds."""
        self._on_beat = on_beat
        self.lags = Peaks()
        """In seconds; whoever reads it calls ``turn`` once a second."""

    async def run(self) -> None:
        """Beat for ever."""
        time = asyncio.get_running_loop().time
        while True:
            due = time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            lag_s = max(0.0, time() - due)
            self.lags.note(lag_s)
            self._on_beat(lag_s)
