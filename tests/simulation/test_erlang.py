import math

import pytest

from callcenter.simulation.erlang import (
    agents_needed,
    erlang_b,
    erlang_c,
    impatient_queue,
    patient_queue,
)


@pytest.mark.parametrize(
    ("agents", "waits", "asa_s", "service_level"),
    [(105, 0.5157, 18.57, 0.7041), (110, 0.2370, 4.266, 0.9220)],
)
def test_erlang_c_gives_the_published_values(agents, waits, asa_s, service_level):
    theory = patient_queue(100.0, agents, aht_s=180.0, threshold_s=20.0)
    assert theory.wait_probability == pytest.approx(waits, abs=5e-5)
    assert theory.asa_s == pytest.approx(asa_s, abs=5e-3)
    assert theory.service_level == pytest.approx(service_level, abs=5e-5)
    assert theory.occupancy == pytest.approx(100 / agents)


@pytest.mark.parametrize(
    ("agents", "patience_s", "waits", "abandoned", "asa_s"),
    [(100, 60.0, 0.3833, 0.0505, 3.031), (95, 120.0, 0.6416, 0.0736, 8.834)],
)
def test_erlang_a_gives_the_published_values(agents, patience_s, waits, abandoned, asa_s):
    theory = impatient_queue(100.0, agents, aht_s=180.0, patience_s=patience_s)
    assert theory.wait_probability == pytest.approx(waits, abs=5e-5)
    assert theory.abandoned == pytest.approx(abandoned, abs=6e-5)
    assert theory.asa_s == pytest.approx(asa_s, abs=5e-3)


def test_erlang_b_equals_its_definition():
    load, agents = 7.5, 10
    terms = [load**k / math.factorial(k) for k in range(agents + 1)]
    assert erlang_b(load, agents) == pytest.approx(terms[-1] / sum(terms))
    assert erlang_b(0, 0) == 1.0


def test_huge_loads_stay_finite():
    assert 0 < erlang_b(9_000.0, 10_000) < erlang_c(9_950.0, 10_000) < 1


def test_more_load_than_agents_means_that_all_wait():
    assert erlang_c(10.0, 10) == 1.0
    with pytest.raises(ValueError, match="need more than 10 agents"):
        patient_queue(10.0, 10, 180.0, 20.0)


def test_agents_needed_is_the_least_number():
    wanted = agents_needed(100.0, 180.0, 20.0, 0.80)
    assert patient_queue(100.0, wanted, 180.0, 20.0).service_level >= 0.80
    assert patient_queue(100.0, wanted - 1, 180.0, 20.0).service_level < 0.80
