"""Watches whether the machine runs at all, and says so where a test of the real thing failed.

Those tests hold the product to seconds. On a machine that is shared the whole machine may stand
still for as long: nothing that a test measures then says anything of the product. So each of them
begins on a machine that runs, and the report of a failure tells of every pause that fell into it.
No test is repeated, and no limit is widened.
"""

import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

import pytest

TICK_S = 0.02
PAUSE_S = 0.25
"""From here on it is a pause; a dialplan waits 1.2 s for the service, a page 2 s."""
CALM_S = 2.0
"""So long there must have been no pause before a test begins."""
MOST_WAIT_S = 60.0
"""So long a test waits for that; then it begins all the same."""
_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Pause:
    """The machine stood still."""

    ended_at: float
    """On the monotonic clock."""
    took_s: float
    kind: str
    """What took so long: "the processor" or "the disk"."""


class MachineWatch:
    """The pauses so far, oldest first."""

    def __init__(self) -> None:
        self.pauses: deque[Pause] = deque(maxlen=_KEPT)
        self.waited_s = 0.0
        """How long tests have waited for a machine that runs."""

    def start(self) -> None:
        """Measure until this process ends."""
        for measure in (self._watch_the_processor, self._watch_the_disk):
            threading.Thread(target=measure, name=measure.__name__, daemon=True).start()

    def wait_calm(self) -> None:
        """Return when there was no pause for a while, or when that takes too long."""
        began = time.monotonic()
        while time.monotonic() - began < MOST_WAIT_S and self.within(CALM_S):
            time.sleep(TICK_S)
        self.waited_s += time.monotonic() - began

    def within(self, last_s: float) -> list[Pause]:
        """Return the pauses that reached into the last seconds."""
        since = time.monotonic() - last_s
        return [pause for pause in list(self.pauses) if pause.ended_at > since]

    def _watch_the_processor(self) -> None:
        while True:
            self._note("the processor", lambda: time.sleep(TICK_S))

    def _watch_the_disk(self) -> None:
        with tempfile.TemporaryFile() as file:
            while True:
                time.sleep(TICK_S * 10)
                os.pwrite(file.fileno(), b"callcenter", 0)
                self._note("the disk", lambda: os.fsync(file.fileno()))

    def _note(self, kind: str, act: Callable[[], None]) -> None:
        began = time.monotonic()
        act()
        ended = time.monotonic()
        if ended - began >= PAUSE_S:
            self.pauses.append(Pause(ended, ended - began, kind))


_WATCH = pytest.StashKey[MachineWatch]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin a test of the real thing on a machine that runs."""
    if item.get_closest_marker("real") is None:
        return
    watch = item.config.stash.get(_WATCH, None)
    if watch is None:
        watch = item.config.stash[_WATCH] = MachineWatch()
        watch.start()
    watch.wait_calm()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell of the pauses that fell into a test which failed."""
    report = yield
    watch = item.config.stash.get(_WATCH, None)
    if report.failed and watch is not None:
        told = "\n".join(
            f"{pause.kind} stood still for {pause.took_s:.2f} s, "
            f"until {time.monotonic() - pause.ended_at:.1f} s before the end"
            for pause in watch.within(call.duration)
        )
        report.sections.append(("the machine", told or "ran without a pause"))
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how much the machine stood still."""
    watch = config.stash.get(_WATCH, None)
    if watch is not None and watch.pauses:
        longest = max(watch.pauses, key=lambda pause: pause.took_s)
        terminalreporter.write_line(
            f"The machine stood still {len(watch.pauses)} times during tests of the real thing, "
            f"at most {longest.took_s:.1f} s ({longest.kind}); "
            f"tests waited {watch.waited_s:.0f} s until it ran."
        )
