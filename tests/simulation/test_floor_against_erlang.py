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


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("agents", "erlangs", "calls"), [(12, 9.0, 20_000), (55, 45.0, 30_000), (220, 198.0, 40_000)]
)
def test_the_service_level_is_that_of_the_formula(
    agents: int, erlangs: float, calls: int, seed: int
):
    """Loads whose busy times end soon: nearer to saturation a day says little about the mean."""
    result = day(agents, erlangs, calls, seed)
    assert len(result.waits_s) == calls - round(calls * 0.1), "some were never answered"
    expected = erlang.patient_queue(erlangs, agents, TALK_S, THRESHOLD_S).service_level
    assert result.service_level(THRESHOLD_S) == pytest.approx(expected, abs=0.03)


def test_more_agents_wait_less():
    few, many = (day(agents, 10.0, 3_000, 1) for agents in (11, 14))
    assert few.asa_s > many.asa_s
    assert few.service_level(20) < many.service_level(20)
