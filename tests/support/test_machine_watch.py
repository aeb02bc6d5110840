"""Tests begin when the machine runs, and a failure tells of its pauses."""

import time

import pytest

from tests.support import machine_watch
from tests.support.machine_watch import MachineWatch, Pause

pytest_plugins = ["pytester"]


@pytest.fixture
def watch(monkeypatch) -> MachineWatch:
    monkeypatch.setattr(machine_watch, "CALM_S", 0.1)
    return MachineWatch()


def test_it_waits_until_the_last_pause_is_a_while_ago(watch):
    began = time.monotonic()
    watch.pauses.append(Pause(began, 0.5, "the disk"))
    watch.wait_calm()
    assert time.monotonic() - began >= 0.1
    assert watch.waited_s >= 0.1


def test_it_does_not_wait_for_ever(watch, monkeypatch):
    monkeypatch.setattr(machine_watch, "MOST_WAIT_S", 0.1)
    watch.pauses.append(Pause(time.monotonic() + 3_600, 0.5, "the disk"))
    watch.wait_calm()
    assert watch.within(1)


def test_a_pause_is_noticed(watch, monkeypatch):
    monkeypatch.setattr(machine_watch, "PAUSE_S", 0.0)
    watch.start()
    deadline = time.monotonic() + 10
    while {pause.kind for pause in watch.pauses} < {"the processor", "the disk"}:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_failure_tells_whether_the_machine_ran(pytester):
    pytester.makeconftest('pytest_plugins = ["tests.support.machine_watch"]')
    pytester.makeini("[pytest]\nmarkers = real: drives a PBX")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.real
        def test_fails():
            assert False
        """
    )
    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.stdout.fnmatch_lines(["*the machine*"])
    outcome.assert_outcomes(failed=1)
