"""Peaks, percentiles and how far one is behind."""

from callcenter.core.vitals.windows import ENOUGH, Lag, Peaks, Samples


def peaks_of(*turns: float) -> Peaks:
    peaks = Peaks()
    for value in turns:
        peaks.note(value)
        peaks.note(value / 2)
        peaks.turn()
    return peaks


def test_one_bad_second_is_not_sustained_but_two_are():
    assert peaks_of(0.0, 9.0, 0.0, 0.0, 0.0).sustained == 0.0
    assert peaks_of(0.0, 9.0, 0.0, 8.0, 0.0).sustained == 8.0
    assert peaks_of(9.0).sustained == 0.0


def test_what_was_five_seconds_ago_does_not_count_but_is_remembered():
    peaks = peaks_of(9.0, 9.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert (peaks.sustained, peaks.highest) == (1.0, 9.0)
    peaks.note(10.0)
    assert peaks.highest == 10.0
    for _ in range(70):
        peaks.turn()
    assert peaks.highest == 0.0


def test_the_percentile_is_a_measured_value_and_each_turn_begins_anew():
    samples = Samples()
    for value in range(1, 101):
        samples.note(float(value))
    assert samples.turn() == 95.0
    assert samples.turn() is None


def test_few_values_have_no_percentile_and_many_cost_no_more_memory():
    samples = Samples()
    for _ in range(ENOUGH - 1):
        samples.note(1.0)
    assert samples.turn() is None
    for value in range(10_000):
        samples.note(float(value))
    assert samples.turn() == 1_899.0


def test_a_lag_is_as_old_as_what_was_not_reached():
    lag = Lag()
    assert lag.look(0, 10, 10) == 0
    assert lag.look(1_000, 15, 10) == 0
    assert lag.look(2_000, 20, 10) == 1_000
    assert lag.look(3_000, 20, 15) == 1_000, "what came at 2 s is not reached"
    assert lag.look(4_000, 20, 20) == 0
