"""What is logged, and how it is told."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from callcenter.adapters.logs import LogReports, set_up_logs

SCRIPT = """
import logging
from callcenter.adapters.logs import LogReports, set_up_logs
set_up_logs({level!r}, plain={plain})
reports = LogReports()
reports.note("in agreement with the PBX", open_calls=3, pbx_restarted=False)
reports.fault("a card could not be read", None, seq=7)
try:
    raise KeyError("planted")
except KeyError as error:
    reports.fault("a turn failed", error, call_id="abc")
logging.getLogger("callcenter.adapters.ari").warning("No connection to %s", "the PBX")
logging.getLogger("sqlalchemy.engine").info("SELECT secret")
"""


def logged(level: str = "info", *, plain: bool = False) -> list[str]:
    """Return what a process of its own logs: set_up_logs changes all logging of its process."""
    script = SCRIPT.format(level=level, plain=plain)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "", "standard output is for results"
    return done.stderr.splitlines()


def test_each_line_is_one_json_object_with_level_and_instant():
    lines = [json.loads(line) for line in logged()]
    assert [line["level"] for line in lines] == ["info", "error", "error", "warning"]
    assert lines[0]["event"] == "in agreement with the PBX"
    assert (lines[0]["open_calls"], lines[0]["pbx_restarted"]) == (3, False)
    assert lines[1]["seq"] == 7
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_an_error_comes_with_its_trace_in_the_same_line():
    failed = json.loads(logged()[2])
    assert "KeyError: 'planted'" in failed["exception"]
    assert failed["call_id"] == "abc"


def test_other_libraries_log_in_the_same_form_and_not_their_statements():
    lines = logged()
    assert json.loads(lines[-1])["event"] == "No connection to the PBX"
    assert "SELECT" not in "".join(lines)


def test_a_level_leaves_out_what_is_below_it():
    assert "in agreement" not in "".join(logged("warning"))


def test_people_get_text():
    text = "\n".join(logged(plain=True))
    assert "in agreement with the PBX" in text
    assert not text.startswith("{")


@pytest.fixture(autouse=True)
def logging_as_served() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up_logs("info", plain=False)
    yield
    root.handlers[:], level = before
    root.setLevel(level)


def _told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if isinstance(record.msg, dict)]


def _failure() -> Exception:
    try:
        int("no number")
    except ValueError as error:
        return error
    raise AssertionError


def test_a_fault_is_told_with_its_traceback(caplog):
    LogReports().fault("it broke", _failure(), call_id="c1")
    [line] = _told(caplog)
    assert (line["event"], line["level"], line["call_id"]) == ("it broke", "error", "c1")
    assert "Traceback" in line["exception"]


def test_a_fault_that_repeats_is_told_again_without_it(caplog):
    reports = LogReports()
    for call_id in ("c1", "c2"):
        reports.fault("it broke", _failure(), call_id=call_id)
    first, second = _told(caplog)
    assert "exception" in first
    assert "exception" not in second
    assert second["call_id"] == "c2"
    assert second["error"].startswith("ValueError: ")


def test_another_fault_has_its_own_traceback(caplog):
    reports = LogReports()
    reports.fault("it broke", _failure())
    reports.fault("something else broke", _failure())
    assert all("exception" in line for line in _told(caplog))


def test_a_time_out_is_told_in_one_line(caplog):
    LogReports().fault("nobody answered", TimeoutError())
    [line] = _told(caplog)
    assert "exception" not in line
    assert line["error"] == "TimeoutError: "
