import math
from random import Random

import pytest

from callcenter.core.acd.sketches import Durations, Rate, renewals


def exponential(mean_ms: float, count: int = 390) -> Durations:
    known, random = Durations(1.0, 1e-9), Random(7)
    for _ in range(count):
        known.add(round(random.expovariate(1 / mean_ms)))
    return known


def test_a_guess_holds_until_there_is_data():
    known = Durations(180_000, 3)
    assert known.mean_ms == pytest.approx(180_000)
    assert known.spread == pytest.approx(1)
    for _ in range(300):
        known.add(60_000)
    assert known.mean_ms == pytest.approx(60_000, rel=0.03)
    assert known.spread < 0.2


def test_the_recent_outweighs_the_old_and_the_memory_is_bounded():
    known = Durations(180_000, 3)
    for _ in range(5_000):
        known.add(60_000)
    for _ in range(1_000):
        known.add(120_000)
    assert known.weight <= 401
    assert known.mean_ms == pytest.approx(120_000, rel=0.1)


def test_how_long_it_has_lasted_tells_nothing_of_exponential_times():
    known = exponential(100_000)
    fresh, mean = known.ends_within(0, 50_000)
    old, _ = known.ends_within(80_000, 50_000)
    assert fresh == pytest.approx(1 - math.exp(-0.5), abs=0.05)
    assert old == pytest.approx(fresh, abs=0.08)
    assert mean == pytest.approx(100_000 * (1 - math.exp(-0.5)), rel=0.1)


def test_what_always_takes_as_long_ends_then():
    known = Durations(1.0, 1e-9)
    for _ in range(50):
        known.add(100_000)
    assert known.ends_within(0, 50_000) == pytest.approx((0, 50_000), abs=1e-3)
    ends, mean = known.ends_within(80_000, 60_000)
    assert ends == pytest.approx(1)
    assert 5_000 < mean < 30_000


def test_what_lasts_longer_than_anything_known_may_end_at_any_time():
    known = Durations(1.0, 1e-9)
    known.add(100_000)
    ends, mean = known.ends_within(10_000_000, 100_000)
    assert ends == pytest.approx(1 - math.exp(-1))
    assert 0 < mean < 100_000
    known.add(10**12)  # a wait of years counts as the longest there is
    assert known.mean_ms < 10_000_000


def test_renewals_of_exponential_times_are_a_straight_line():
    again = renewals(exponential(100_000), 0)
    for means in (0.5, 1, 2, 3, 8):
        assert again.by(again.mean_ms * means) == pytest.approx(means, rel=0.1)


def test_renewals_of_what_always_takes_as_long_are_steps():
    known = Durations(1.0, 1e-9)
    for _ in range(100):
        known.add(100_000)
    again = renewals(known, 20_000)
    assert again.by(0.5 * again.mean_ms) == pytest.approx(0, abs=1e-6)
    assert again.by(1.5 * again.mean_ms) == pytest.approx(1, abs=0.1)


def test_a_kept_sketch_goes_on_as_if_nothing_had_been():
    one, other = exponential(100_000), Durations(5, 5)
    other.restore(one.keep())
    one.add(5_000)
    other.add(5_000)
    assert one.keep() == other.keep()
    assert one.ends_within(1_000, 9_000) == other.ends_within(1_000, 9_000)


def test_a_rate_follows_what_happens_and_fades_when_nothing_does():
    rate = Rate(0)
    for second in range(0, 3_600, 10):
        rate.add(second * 1_000, 500.0)
    assert rate.per_ms(3_600_000) == pytest.approx(1 / 10_000, rel=0.1)
    assert rate.mean_amount == pytest.approx(500)
    assert rate.per_ms(3_600_000 + 5_400_000) < 1 / 1_000_000


def test_a_rate_is_not_taken_from_one_arrival():
    rate = Rate(1_000)
    rate.add(1_000)
    assert rate.per_ms(1_001) <= 1 / 60_000


def test_a_kept_rate_goes_on_as_if_nothing_had_been():
    one, other = Rate(0), Rate(9)
    one.add(4_000, 7)
    other.restore(one.keep())
    assert other.per_ms(9_000) == one.per_ms(9_000)
    assert other.keep() == one.keep()
