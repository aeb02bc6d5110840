from random import Random
from statistics import fmean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.whatif.spreads import Empirical, Exponential, Fixed, Lognormal, Spread

SPREADS: list[Spread] = [
    Fixed(500),
    Exponential(90_000),
    Lognormal(240_000, 1.2),
    Empirical([3_000, 1_000, 9_000]),
]


@pytest.mark.parametrize("spread", SPREADS)
def test_the_mean_is_that_of_what_is_drawn(spread: Spread):
    random = Random(3)
    drawn = [spread.at(random.random()) for _ in range(40_000)]
    assert fmean(drawn) == pytest.approx(spread.mean_ms, rel=0.03)


def test_a_lognormal_spread_varies_as_it_is_told():
    random = Random(3)
    drawn = [Lognormal(240_000, 0.8).at(random.random()) for _ in range(40_000)]
    assert stdev(drawn) / fmean(drawn) == pytest.approx(0.8, rel=0.04)


def test_half_of_exponential_times_are_below_the_mean_times_the_logarithm_of_two():
    random = Random(3)
    drawn = [Exponential(1_000_000).at(random.random()) for _ in range(20_000)]
    assert median(drawn) == pytest.approx(693_147, rel=0.03)


def test_observed_times_come_equally_often():
    assert [Empirical([3, 1, 9]).at(share) for share in (0.0, 0.3, 0.34, 0.6, 0.67, 0.999)] == [
        1,
        1,
        3,
        3,
        9,
        9,
    ]


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_more_luck_never_takes_less_time(one: float, other: float):
    for spread in SPREADS:
        less, more = spread.at(min(one, other)), spread.at(max(one, other))
        assert 0 <= less <= more
