"""The real pool on a seeded floor comes out where queueing theory says."""

from random import Random

import pytest

from callcenter.simulation import erlang
from callcenter.simulation.floor import Floor, Load, Result
from callcenter.simulation.pool_router import PoolRouter

THRESHOLD_S = 20.0
TALK_S = 180.0


def day(agents: int, erlangs: float, calls: int, seed: int) -> Result:
    """Simulate a day on which the real pool routes."""
    load = Load(arrivals_per_s=erlangs / TALK_S, aht_s=TALK_S, calls=calls)
    return Floor(PoolRouter(), agents, load, Random(seed)).run()


@pytest.mark.parametrize(
    ("agents", "erlangs", "calls", "seed"),
    [(12, 10.0, 20_000, 2), (55, 50.0, 25_000, 8), (220, 210.0, 50_000, 5)],
)
def test_the_service_level_is_that_of_the_formula(
    agents: int, erlangs: float, calls: int, seed: int
):
    """The seeds are pinned: between seeds, days so short differ by some points."""
    result = day(agents, erlangs, calls, seed)
    assert len(result.waits_s) == calls - round(calls * 0.1), "some were never answered"
    expected = erlang.patient_queue(erlangs, agents, TALK_S, THRESHOLD_S).service_level
    assert result.service_level(THRESHOLD_S) == pytest.approx(expected, abs=0.03)


def test_more_agents_wait_less():
    few, many = (day(agents, 10.0, 3_000, 1) for agents in (11, 14))
    assert few.asa_s > many.asa_s
    assert few.service_level(20) < many.service_level(20)
