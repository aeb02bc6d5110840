import sys

import pytest

from scripts import steps
from scripts.checks import Checks, python_tests, simulated_days, static, tools
from scripts.steps import Step, StepFailed


@pytest.fixture(autouse=True)
def logs_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "LOGS", tmp_path / "log")


def failing(*, may_skip: bool) -> Step:
    return Step("fails", [sys.executable, "-c", "raise SystemExit(1)"], may_skip=may_skip)


def test_failure_ends_the_run(monkeypatch):
    monkeypatch.delenv("ALLOW_SKIPS", raising=False)
    with pytest.raises(StepFailed):
        Checks().run(iter([failing(may_skip=True)]))


def test_allowed_failure_is_left_out_and_named(monkeypatch):
    monkeypatch.setenv("ALLOW_SKIPS", "1")
    checks = Checks()
    checks.run(iter([failing(may_skip=True)]))
    assert checks.left_out == ["fails"]


def test_failed_check_is_never_left_out(monkeypatch):
    monkeypatch.setenv("ALLOW_SKIPS", "1")
    with pytest.raises(StepFailed):
        Checks().run(iter([failing(may_skip=False)]))


def test_only_installations_may_be_left_out():
    assert all(step.may_skip for step in tools())
    assert not any(step.may_skip for step in [*static(), python_tests("all", [])])


def chosen(which: str) -> str:
    """Return the marks that a run chooses by."""
    options = python_tests(which, []).command[3:]
    return str(options[options.index("-m") + 1])


def test_quick_tests_need_no_server_and_all_tests_leave_out_only_what_takes_minutes():
    for needs in ("asterisk", "browser", "postgresql", "chaos"):
        assert f"not {needs}" in chosen("quick")
    assert "--ignore=tests/acceptance" in python_tests("quick", []).command
    assert chosen("all") == "not long"
    assert not any(str(part).startswith("--ignore") for part in python_tests("all", []).command)
    assert chosen("chaos") == "chaos"


def test_two_thousand_days_are_lived_through():
    command = [str(part) for part in simulated_days().command][1:]
    assert command == ["-m", "callcenter.soak", "--seeds", "2000"]
