import pytest

from callcenter.core.acd.filling import fill


def test_callers_whom_all_may_serve_are_spread_by_size():
    filled = fill([2, 6], [(16, [0, 1])], [0, 1])
    assert filled.groups == (0, 1)
    assert filled.callers == pytest.approx(16)


def test_a_caller_meets_the_group_that_is_ready_first():
    filled = fill([4, 4], [(12, [1]), (2, [0])], [0, 1])
    assert filled.groups == (0,)
    assert filled.callers == pytest.approx(2)


def test_who_can_be_served_by_others_makes_way():
    filled = fill([4, 4], [(8, [0]), (8, [0, 1])], [1])
    assert filled.callers == pytest.approx(8, abs=1)
    assert fill([4, 4], [(8, [0, 1])], [1]).callers == pytest.approx(4, abs=1)


def test_nobody_ahead_means_all_groups():
    filled = fill([1, 1, 1], [(0, [0, 1, 2])], [0, 2])
    assert (filled.groups, filled.callers) == ((0, 2), 0)


def test_callers_whom_nobody_may_serve_are_in_nobodys_way():
    assert fill([3], [(50, []), (3, [0])], [0]).callers == pytest.approx(3)
