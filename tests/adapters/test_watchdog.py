"""A blocked loop is noticed, once, with the place where it stands."""

import threading
import time

from callcenter.adapters.watchdog import Watchdog
from tests.support.runtime_world import HeardReports


class StackReports(HeardReports):
    def __init__(self) -> None:
        super().__init__()
        self.stacks: list[str] = []
        self.told = threading.Event()

    def fault(self, event: str, error: BaseException | None = None, **values: str | int) -> None:
        super().fault(event, error)
        self.stacks.append(str(values["stack"]))
        self.told.set()


def a_blocking_function(told: threading.Event) -> None:
    told.wait(10)
    time.sleep(0.3)  # longer than the watchdog waits: it must not tell it again


def test_a_blockage_is_told_once_with_its_stack():
    reports = StackReports()
    watchdog = Watchdog(reports, blocked_s=0.1)
    watchdog.start()
    a_blocking_function(reports.told)
    assert watchdog.blockages == 1
    assert "a_blocking_function" in reports.stacks[0]
    assert reports.stacks[0].index("a_blocking_function") < reports.stacks[0].index("test_a_block")
    reports.told.clear()
    watchdog.beat()
    a_blocking_function(reports.told)
    assert watchdog.blockages == 2
    watchdog.stop()
    assert "loop-watchdog" not in {thread.name for thread in threading.enumerate()}


def test_a_loop_that_beats_is_left_in_peace():
    reports = StackReports()
    watchdog = Watchdog(reports, blocked_s=0.4)
    watchdog.start()
    for _ in range(12):
        time.sleep(0.05)
        watchdog.beat()
    watchdog.stop()
    assert (watchdog.blockages, reports.stacks) == (0, [])
