"""The limit follows the answers."""

from callcenter.core.vitals.limits import LimitRules, next_limit

RULES = LimitRules(lowest=8, highest=64, slow_s=0.05, step=2, shrink=0.7)


def test_it_grows_by_a_step_only_while_it_is_used():
    assert next_limit(32, 0.01, RULES, was_used=True) == 34
    assert next_limit(32, 0.01, RULES, was_used=False) == 32
    assert next_limit(64, 0.01, RULES, was_used=True) == 64


def test_it_shrinks_at_once_when_answers_are_slow_but_not_to_nothing():
    limit, seen = 64, []
    for _ in range(8):
        limit = next_limit(limit, 0.2, RULES, was_used=True)
        seen.append(limit)
    assert seen == [44, 30, 21, 14, 9, 8, 8, 8]


def test_without_answers_nothing_is_known():
    assert next_limit(32, None, RULES, was_used=True) == 32
