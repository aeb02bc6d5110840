import math

import pytest

from callcenter.simulation.erlang import (
    agents_needed,
    erlang_b,
    erlang_c,
    impatient_queue,
    patient_queue,
    two_priorities,
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


def test_the_service_level_with_patience_is_between_that_of_none_and_of_endless_patience():
    endless = impatient_queue(90.0, 100, 180.0, patience_s=1e6, threshold_s=20.0)
    exact = patient_queue(90.0, 100, 180.0, 20.0)
    assert endless.service_level == pytest.approx(exact.service_level, abs=1e-4)
    assert endless.answered_asa_s == pytest.approx(exact.asa_s, rel=1e-2)
    patient = impatient_queue(100.0, 100, 180.0, patience_s=60.0, threshold_s=20.0)
    assert 1 - patient.wait_probability < patient.service_level < 1 - patient.abandoned
    level = impatient_queue(100.0, 100, 180.0, patience_s=60.0, threshold_s=1e3).service_level
    assert level == pytest.approx(1 - patient.abandoned, abs=1e-6), "in the end all are answered"


def test_those_who_are_answered_waited_less_than_all_on_average():
    theory = impatient_queue(100.0, 100, 180.0, patience_s=60.0)
    assert theory.answered_asa_s == pytest.approx(2.846, abs=5e-4)
    assert theory.answered_asa_s is not None
    assert theory.answered_asa_s < theory.asa_s


def test_priorities_give_the_published_values():
    first, second = two_priorities((30.0, 70.0), 105, aht_s=180.0, threshold_s=20.0)
    assert first.asa_s == pytest.approx(1.238, abs=5e-4)
    assert second.asa_s == pytest.approx(25.99, abs=5e-3)
    assert first.wait_probability == second.wait_probability == pytest.approx(0.5157, abs=5e-5)


def test_priorities_only_share_out_the_wait_that_there_is():
    first, second = two_priorities((30.0, 70.0), 105, 180.0, 20.0)
    of_all = patient_queue(100.0, 105, 180.0, 20.0)
    assert 0.3 * first.asa_s + 0.7 * second.asa_s == pytest.approx(of_all.asa_s)


def test_the_waits_of_the_second_class_have_the_mean_that_the_formula_says():
    """Its distribution comes from a numerical inversion, its mean from a short formula."""
    step_s, mean_s = 2.0, 0.0
    for number in range(800):
        threshold_s = (number + 0.5) * step_s
        second = two_priorities((30.0, 70.0), 105, 180.0, threshold_s)[1]
        mean_s += step_s * (1 - second.service_level)
    assert mean_s == pytest.approx(25.99, rel=2e-3)


def test_a_first_class_of_nearly_nobody_leaves_the_second_alone():
    second = two_priorities((1e-9, 100.0), 105, 180.0, 20.0)[1]
    of_all = patient_queue(100.0, 105, 180.0, 20.0)
    assert second.service_level == pytest.approx(of_all.service_level, abs=1e-5)
    assert second.asa_s == pytest.approx(of_all.asa_s, rel=1e-6)
