"""Tokens come back with time, in bounded memory."""

from callcenter.adapters.web.limits import Buckets


def test_burst_then_one_per_interval():
    buckets = Buckets(capacity=2, refill_ms=1000)
    assert [buckets.take("a", 0) for _ in range(3)] == [0, 0, 1000]
    assert buckets.take("a", 400) == 600
    assert buckets.take("a", 1000) == 0
    assert buckets.take("a", 1000) > 0


def test_keys_do_not_share_tokens():
    buckets = Buckets(capacity=1, refill_ms=1000)
    assert buckets.take("a", 0) == buckets.take("b", 0) == 0


def test_token_given_back_can_be_taken_again():
    buckets = Buckets(capacity=1, refill_ms=1000)
    buckets.take("a", 0)
    buckets.give_back("a")
    buckets.give_back("unknown")
    assert buckets.take("a", 0) == 0


def test_there_are_never_more_tokens_than_the_capacity():
    buckets = Buckets(capacity=1, refill_ms=1000)
    buckets.take("a", 0)
    buckets.take("a", 1_000_000)
    buckets.give_back("a")
    buckets.give_back("a")
    assert [buckets.take("a", 1_000_000) == 0 for _ in range(2)] == [True, False]


def test_keys_unused_for_longest_are_forgotten():
    buckets = Buckets(capacity=1, refill_ms=1000, max_keys=3)
    for key in ("a", "b", "c", "a", "d"):
        buckets.take(key, 0)
    assert len(buckets) == 3
    assert buckets.take("a", 0) > 0
    assert buckets.take("b", 0) == 0
