"""The real pool on a seeded floor comes out where queueing theory says."""

from random import Random

import pytest

from callcenter.simulation.erlang import patient_queue
from callcenter.simulation.floor import Floor, Load
from callcenter.simulation.pool_router import PoolRouter

THRESHOLD_S = 20.0
AHT_S = 180.0


@pytest.mark.parametrize(
    ("agents", "erlangs", "calls", "seed"),
    [(12, 10.0, 20_000, 2), (55, 50.0, 25_000, 8), (220, 210.0, 50_000, 5)],
)
def test_the_service_level_is_that_of_the_formula(
    agents: int, erlangs: float, calls: int, seed: int
) -> None:
    """The seeds are pinned: between seeds, days as short as these differ by some points."""
    load = Load(erlangs / AHT_S, AHT_S, calls)
    result = Floor(PoolRouter(), agents, load, Random(seed)).run()
    assert len(result.waits_s) == calls - round(calls * 0.1), "some were never answered"
    theory = patient_queue(erlangs, agents, AHT_S, THRESHOLD_S)
    assert result.service_level(THRESHOLD_S) == pytest.approx(theory.service_level, abs=0.03)
