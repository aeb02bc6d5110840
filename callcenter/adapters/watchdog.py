"""Notices that the event loop is blocked, and shows by what."""

import sys
import threading
import traceback
from time import monotonic
from typing import Final

from callcenter.ports.reports import Reports

BLOCKED_S: Final = 1.0
DEEPEST: Final = 30
"""Frames of the stack that are told: the innermost ones."""


class Watchdog:
    """A thread that expects beats from the thread that made it.

    Without a beat for ``blocked_s`` it reports the stack of that thread, once for each blockage:
    only file names, functions and lines, never values.
    """

    def __init__(self, reports: Reports, blocked_s: float = BLOCKED_S) -> None:
        self._reports = reports
        self._blocked_s = blocked_s
        self._watched = threading.get_ident()
        self._beaten_at = monotonic()
        self._told_of: float | None = None
        """The last beat before the blockage that was told."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loop-watchdog", daemon=True)
        self.blockages = 0

    def start(self) -> None:
        """Begin to watch."""
        self.beat()
        self._thread.start()

    def beat(self) -> None:
        """Say that the loop runs."""
        self._beaten_at = monotonic()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._blocked_s / 4):
            last = self._beaten_at
            if monotonic() - last > self._blocked_s and last != self._told_of:
                self._told_of = last
                self.blockages += 1
                self._tell()

    def _tell(self) -> None:
        frame = sys._current_frames().get(self._watched)
        if frame is None:
            return
        stack = traceback.extract_stack(frame, limit=None)[-DEEPEST:]
        where = " < ".join(f"{f.name} ({f.filename}:{f.lineno})" for f in reversed(stack))
        self._reports.fault("the event loop is blocked; nobody is served meanwhile", stack=where)
