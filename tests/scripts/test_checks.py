import subprocess
import sys

import pytest

from scripts import steps
from scripts.checks import Checks, python_tests, simulated_days, static, tools
from scripts.steps import ROOT, Step, StepFailed


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
    assert not any(step.may_skip for step in [*static(), *python_tests("all", [])])


def chosen(which: str, *arguments: str) -> list[str]:
    """Return the marks that the steps of a run choose by."""
    commands = [step.command for step in python_tests(which, list(arguments))]
    return [str(command[command.index("-m", 3) + 1]) for command in commands]


def test_all_tests_are_the_quick_ones_and_the_real_ones_but_those_that_take_minutes():
    assert chosen("quick") == ["not real"]
    assert chosen("all") == ["not real", "real and not long"]
    assert chosen("chaos") == ["chaos"]


def test_named_tests_are_run_in_one_step_whatever_they_are():
    assert chosen("all", "tests/core") == ["not long"]


def test_only_quick_tests_share_the_cores():
    quick, real = python_tests("all", [])
    assert "--numprocesses=auto" in quick.command
    assert "--numprocesses=auto" not in real.command


@pytest.mark.parametrize(
    ("file", "is_real"),
    [
        ("tests/core/test_ids.py", False),
        ("tests/adapters/sql/test_journal.py", False),
        ("tests/acceptance/test_why.py", True),
        ("tests/chaos/test_connection.py", True),
        ("tests/agent_ui/test_pages.py", True),
    ],
)
def test_what_starts_a_server_or_plays_a_whole_service_is_real(file, is_real):
    words = ["--collect-only", "-q", "-m", "not real", "-p", "no:cacheprovider", file]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=ROOT, capture_output=True, check=False
    )
    assert run.returncode == (5 if is_real else 0)  # 5: none is left


def test_two_thousand_days_are_lived_through():
    command = [str(part) for part in simulated_days().command][1:]
    assert command == ["-m", "callcenter.soak", "--seeds", "2000"]
