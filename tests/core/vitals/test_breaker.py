"""Closed, open, and one who tries."""

from callcenter.core.vitals.breaker import Breaker, BreakerRules, after_failure, may_ask

RULES = BreakerRules(failures=3, pause_ms=5_000)


def failed(times: int, at: int = 0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = after_failure(breaker, at, RULES)
    return breaker


def test_it_opens_after_some_failures_in_a_row():
    assert may_ask(failed(2), 1, RULES) == (True, failed(2))
    assert failed(3).is_open
    assert may_ask(failed(3), 4_999, RULES)[0] is False


def test_after_the_pause_one_tries_and_keeps_the_others_out():
    may, trying = may_ask(failed(3), 5_000, RULES)
    assert may
    assert may_ask(trying, 5_001, RULES)[0] is False


def test_another_failure_begins_a_new_pause():
    _, trying = may_ask(failed(3), 5_000, RULES)
    again = after_failure(trying, 5_300, RULES)
    assert may_ask(again, 10_299, RULES)[0] is False
    assert may_ask(again, 10_300, RULES)[0] is True
