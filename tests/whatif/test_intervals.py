from random import Random

import pytest

from callcenter.whatif.intervals import Interval, interval, student_t


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 63.657), (2, 9.925), (3, 5.841), (9, 3.250), (10, 3.169), (29, 2.756)]
)
def test_t_is_that_of_the_printed_tables(freedom: int, t: float):
    assert student_t(freedom, 0.99) == pytest.approx(t, abs=6e-4)


def test_t_for_other_levels():
    assert student_t(9, 0.95) == pytest.approx(2.262, abs=6e-4)
    assert student_t(10_000, 0.95) == pytest.approx(1.960, abs=1e-3)


def test_the_interval_of_known_values():
    found = interval([1.0, 2.0, 3.0, 4.0])
    assert found.mean == 2.5
    assert found.half == pytest.approx(5.841 * 1.29099 / 2, rel=1e-4)
    assert found.spread == pytest.approx(5.841 * 1.29099 * 1.25**0.5, rel=1e-4)
    assert found.holds(found.mean + 0.999 * found.half)
    assert not found.holds(found.mean + 1.01 * found.half)
    assert found.expects(found.mean - 1.5 * found.half)
    assert not found.expects(found.mean - 3 * found.half)


def test_one_value_says_nothing():
    with pytest.raises(ValueError, match="at least two"):
        interval([1.0])


def test_values_that_are_all_the_same_leave_no_doubt():
    assert interval([2.0, 2.0]) == Interval(2.0, 0.0, 0.0)


def test_about_one_of_a_hundred_intervals_misses_the_mean():
    random = Random(7)
    samples = [[random.gauss(5.0, 2.0) for _ in range(8)] for _ in range(2_000)]
    missed = sum(not interval(sample).holds(5.0) for sample in samples)
    further = sum(not interval(sample[:-1]).expects(sample[-1]) for sample in samples)
    assert 8 <= missed <= 34
    assert 8 <= further <= 34
