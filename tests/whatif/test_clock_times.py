import pytest

from callcenter.whatif.clock_times import clock_ms, span_ms

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("text", "hours"), [("00:00", 0), ("9:30", 9.5), ("09:30", 9.5), ("24:00", 24)]
)
def test_a_time_of_day_counts_from_midnight(text: str, hours: float):
    assert clock_ms(text) == hours * HOUR_MS


def test_a_span_has_two_ends():
    assert span_ms("09:00-17:30") == span_ms("9:00 - 17:30") == (9 * HOUR_MS, 17.5 * HOUR_MS)
