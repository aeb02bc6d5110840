import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [("5 s", 5_000), ("300 ms", 300), ("2 min", 120_000), ("1 h", 3_600_000), ("  10s ", 10_000)],
)
def test_a_duration_is_a_number_and_a_unit(text, expected_ms):
    assert parse_duration(text) == expected_ms


@pytest.mark.parametrize("text", ["5", "s", "", "-1 s", "1.5 s", "5 sec", "5 s 3", "٣ s", "1e3 s"])
def test_what_is_no_duration_says_how_to_write_one(text):
    with pytest.raises(ValueError, match='"5 s"'):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_a_written_duration_reads_back_the_same(duration_ms):
    assert parse_duration(format_duration(duration_ms)) == duration_ms


def test_a_duration_is_written_in_the_largest_unit_without_rest():
    written = [format_duration(ms) for ms in (0, 250, 5_000, 61_000, 120_000, 7_200_000)]
    assert written == ["0 s", "250 ms", "5 s", "61 s", "2 min", "2 h"]
