"""The statistics of the benchmarks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.benchmarks.figures import NothingMeasured, drain_efficiency, mean, percentile

values_ms = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)
shares = st.floats(0.001, 1.0)


def test_the_median_of_an_odd_number_is_the_middle_one():
    assert percentile([5.0, 1.0, 9.0], 0.5) == 5.0


def test_the_95th_of_twenty_is_the_19th():
    assert percentile([float(n) for n in range(1, 21)], 0.95) == 19.0


def test_the_whole_share_is_the_largest():
    assert percentile([3.0, 8.0, 1.0], 1.0) == 8.0


@given(values_ms, shares)
def test_a_percentile_is_the_smallest_measured_value_that_covers_the_share(values, share):
    found = percentile(values, share)
    slack = 1e-6  # ranks are rounded
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - slack
    assert sum(value < found for value in values) < share * len(values) + slack


@pytest.mark.parametrize("share", [0.0, -0.5, 1.1])
def test_a_share_beyond_all_or_nothing_is_refused(share):
    with pytest.raises(ValueError, match="a share is"):
        percentile([1.0], share)


@pytest.mark.parametrize("work", [lambda: percentile([], 0.5), lambda: mean([])])
def test_no_values_give_no_figure(work):
    with pytest.raises(NothingMeasured):
        work()


def test_agents_who_never_wait_are_fully_efficient():
    assert drain_efficiency(calls=300, agents=10, handle_s=0.55, took_s=16.5) == pytest.approx(1.0)


def test_a_last_round_that_is_not_full_takes_as_long_as_a_full_one():
    assert drain_efficiency(calls=11, agents=10, handle_s=1.0, took_s=2.0) == pytest.approx(1.0)


def test_a_drain_that_never_began_gives_no_figure():
    with pytest.raises(NothingMeasured):
        drain_efficiency(calls=0, agents=10, handle_s=1.0, took_s=0.0)
