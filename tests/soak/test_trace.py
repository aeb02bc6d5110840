"""The hash of all, and the last of it."""

from callcenter.soak.trace import Trace, TracedReports


def test_every_line_counts_and_only_the_last_are_shown() -> None:
    one, other = Trace(lambda: 1.5), Trace(lambda: 1.5)
    for trace in (one, other):
        trace.note("->", "GET /channels")
    assert one.digest() == other.digest()
    one.note("<-", "StasisStart")
    assert one.digest() != other.digest()
    assert one.last(1) == ["     1.500 s  <-       StasisStart"]
    assert one.last(0) == []


def test_faults_are_kept_for_the_oracles() -> None:
    trace = Trace(lambda: 0.0)
    reports = TracedReports(trace)
    reports.note("fine", calls=1)
    reports.fault("broken", ValueError("x"))
    assert [event for event, _ in reports.faults] == ["broken"]
    assert len(trace.last(9)) == 2
