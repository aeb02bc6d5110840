"""What is logged of faults."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from callcenter.adapters.logs import LogReports, set_up_logs


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
