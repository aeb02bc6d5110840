"""The real pool on a seeded floor comes out where queueing theory says."""

import pytest

from callcenter.simulation import erlang
from callcenter.simulation.floor import Staffing, simulate

THRESHOLD_S = 20.0
TALK_S = 180.0


@pytest.mark.parametrize(
    ("agents", "load", "calls", "seed"),
    [(12, 10.0, 20_000, 2), (55, 50.0, 30_000, 2), (220, 210.0, 60_000, 1)],
)
def test_the_service_level_is_that_of_the_formula(
    agents: int, load: float, calls: int, seed: int
) -> None:
    """The seeds are pinned: between seeds the level of days so short differs by 2 points or so."""
    waits = simulate(Staffing(agents, load, TALK_S), calls, seed)
    assert len(waits.waits_ms) == calls - round(calls * 0.1), "some were never answered"
    expected = erlang.service_level(agents, load, TALK_S, THRESHOLD_S)
    assert waits.service_level(THRESHOLD_S) == pytest.approx(expected, abs=0.03)


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    days = [simulate(Staffing(5, 4.0), 500, seed) for seed in (1, 1, 2)]
    assert days[0] == days[1]
    assert days[0] != days[2]


def test_more_agents_wait_less() -> None:
    few, many = (simulate(Staffing(agents, 10.0), 3_000, 1) for agents in (11, 14))
    assert few.mean_s > many.mean_s
    assert few.service_level(20) < many.service_level(20)
