from random import Random

import pytest

from callcenter.simulation.erlang import impatient_queue, patient_queue
from callcenter.simulation.floor import Floor, Load, Match, PlainQueue
from callcenter.simulation.pool_router import PoolRouter


def test_a_plain_queue_keeps_to_erlang_c():
    theory = patient_queue(8.0, 10, aht_s=180.0, threshold_s=20.0)
    result = Floor(PlainQueue(), 10, Load(8 / 180, 180.0, calls=60_000), Random(5)).run()
    assert result.wait_probability == pytest.approx(theory.wait_probability, abs=0.02)
    assert result.asa_s == pytest.approx(theory.asa_s, rel=0.08)
    assert result.service_level(20.0) == pytest.approx(theory.service_level, abs=0.02)


def test_a_plain_queue_keeps_to_erlang_a():
    theory = impatient_queue(20.0, 19, aht_s=180.0, patience_s=60.0)
    load = Load(20 / 180, 180.0, calls=40_000, patience_s=60.0)
    result = Floor(PlainQueue(), 19, load, Random(5)).run()
    assert result.abandon_rate == pytest.approx(theory.abandoned, abs=0.008)
    assert result.wait_probability == pytest.approx(theory.wait_probability, abs=0.02)
    assert result.asa_s == pytest.approx(theory.asa_s, rel=0.08)


def test_every_counted_caller_is_served_or_gives_up():
    load = Load(1.0, 30.0, calls=2_000, patience_s=10.0, warm_up=0.25)
    result = Floor(PlainQueue(), 20, load, Random(1)).run()
    assert len(result.waits_s) == 1_500
    assert 0 < result.abandoned < 1_500


def test_the_same_seed_gives_the_same_day():
    def day(seed: int) -> list[float]:
        return Floor(PlainQueue(), 5, Load(0.1, 40.0, calls=500), Random(seed)).run().waits_s

    assert day(1) == day(1)
    assert day(1) != day(2)


def test_the_agent_who_has_been_free_longest_gets_the_call():
    queue = PlainQueue()
    assert queue.ready(1, 0) == []
    assert queue.ready(0, 5) == []
    assert queue.arrive(7, 10) == [Match(7, 1)]
    assert queue.arrive(8, 11) == [Match(8, 0)]
    assert queue.arrive(9, 12) == []
    assert queue.abandon(9, 13) == []
    assert queue.ready(1, 14) == []


def test_the_pool_and_the_plain_queue_make_every_caller_wait_alike():
    """So what holds for the plain queue against the formulas holds for the pool."""

    def waits(router: PlainQueue | PoolRouter) -> list[float]:
        load = Load(0.1, 45.0, calls=2_500, patience_s=30.0)
        return Floor(router, 5, load, Random(3)).run().waits_s

    assert waits(PoolRouter()) == waits(PlainQueue())
