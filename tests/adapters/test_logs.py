"""What is logged of faults."""

import json
import logging

import pytest

from callcenter.adapters.logs import LogReports, set_up_logs


@pytest.fixture
def log(capsys):
    before = logging.getLogger().handlers[:], logging.getLogger().level
    set_up_logs("info", plain=False)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.getLogger().handlers[:] = before[0]
    logging.getLogger().setLevel(before[1])


def _failure() -> ValueError:
    try:
        raise ValueError("no such thing")
    except ValueError as error:
        return error


def test_a_fault_is_told_with_its_traceback(log):
    LogReports().fault("it broke", _failure(), call_id="c1")
    [line] = log()
    assert (line["event"], line["level"], line["call_id"]) == ("it broke", "error", "c1")
    assert "Traceback" in line["exception"]


def test_a_fault_that_repeats_is_told_again_without_it(log):
    reports = LogReports()
    for call_id in ("c1", "c2"):
        reports.fault("it broke", _failure(), call_id=call_id)
    first, second = log()
    assert "exception" in first
    assert "exception" not in second
    assert (second["call_id"], second["error"]) == ("c2", "ValueError: no such thing")


def test_another_fault_has_its_own_traceback(log):
    reports = LogReports()
    reports.fault("it broke", _failure())
    reports.fault("something else broke", _failure())
    assert all("exception" in line for line in log())
