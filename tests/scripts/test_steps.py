import sys

import pytest

from scripts import steps
from scripts.steps import Step, StepFailed, run


@pytest.fixture(autouse=True)
def logs_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "LOGS", tmp_path / "log")
    monkeypatch.setattr(steps, "ROOT", tmp_path)


def python(code: str, **more) -> Step:
    return Step("a step (of a test)", [sys.executable, "-c", code], **more)


def test_success_is_one_line_with_its_time(capsys):
    took = run(python("print('chatter')"))
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert "a step (of a test)" in told
    assert "chatter" not in told
    assert f"{took:.1f} s" in told


def test_failure_shows_the_output_the_status_and_the_advice(capfd):
    code = "import sys; print('to out'); print('to err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(StepFailed):
        run(python(code, advice="Turn it off and on."))
    told = capfd.readouterr().out
    for part in ("to out", "to err", "exit status 3", "Turn it off and on."):
        assert part in told


def test_long_output_is_cut_and_kept_in_a_file(capsys, tmp_path):
    code = "import sys; [print('line', n) for n in range(500)]; sys.exit(1)"
    with pytest.raises(StepFailed):
        run(python(code))
    told = capsys.readouterr().out
    assert "line 499" in told
    assert "line 3\n" not in told
    [log] = (tmp_path / "log").iterdir()
    assert str(log.relative_to(tmp_path)) in told
    assert "line 3\n" in log.read_text(encoding="utf-8")


def test_missing_program_is_a_failed_step_and_no_traceback(capsys):
    with pytest.raises(StepFailed):
        run(Step("nothing", ["/does/not/exist"]))
    assert "/does/not/exist cannot be run" in capsys.readouterr().out


def test_live_step_shows_its_output_as_it_comes(capfd):
    run(python("print('chatter')", is_live=True))
    assert "chatter" in capfd.readouterr().out


def test_extra_environment_reaches_the_step(capfd):
    run(python("import os; print(os.environ['COLOUR'])", is_live=True), {"COLOUR": "blue"})
    assert "blue" in capfd.readouterr().out


def test_skips_are_allowed_only_by_a_one(monkeypatch):
    monkeypatch.setenv("ALLOW_SKIPS", "0")
    assert not steps.skips_allowed()
    monkeypatch.setenv("ALLOW_SKIPS", "1")
    assert steps.skips_allowed()
