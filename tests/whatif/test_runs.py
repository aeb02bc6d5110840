from dataclasses import replace

import pytest

from callcenter.whatif.crowd import RandomCrowd, Rate, Stream
from callcenter.whatif.runs import Days, differences, estimates, simulate
from callcenter.whatif.scenario import Scenario
from callcenter.whatif.spreads import Exponential
from tests.whatif.world import ORDERS, S, rules, scenario, shift

HOUR_MS = 3_600 * S


def floor(agents: int, talk_s: float = 60) -> Scenario:
    stream = Stream(
        ORDERS,
        [Rate(0, 150.0), Rate(2 * HOUR_MS, 0)],
        Exponential(talk_s * S),
        patience=Exponential(60 * S),
    )
    staff = [shift(f"agent {n}") for n in range(agents)]
    return replace(scenario([], staff, rules()), crowd=RandomCrowd([stream]))


def test_the_same_scenario_differs_in_nothing():
    days = simulate(floor(3), 4, seed=1)
    assert days == simulate(floor(3), 4, seed=1)
    for measured in differences(days, days).values():
        for difference in measured.values():
            assert difference is not None
            assert difference.interval.mean == difference.interval.half == 0.0
            assert not difference.is_significant


def test_another_agent_makes_a_difference_that_is_seen():
    found = differences(simulate(floor(3), 6, seed=1), simulate(floor(4), 6, seed=1))
    for name, is_better in (("service_level", 1), ("asa_s", -1), ("abandoned", -1)):
        difference = found["overall"][name]
        assert difference is not None
        assert difference.interval.mean * is_better > 0
        assert difference.is_significant, name
    callers = found["overall"]["callers"]
    assert callers is not None
    assert callers.interval.mean == 0, "the same people call"


def test_pairs_of_days_show_what_separate_days_do_not():
    usual, longer = floor(4), floor(4, talk_s=63)
    first, paired = simulate(usual, 8, seed=1), simulate(longer, 8, seed=1)
    apart = simulate(longer, 8, seed=99)
    by_pairs = differences(first, paired)["overall"]["asa_s"]
    by_chance = differences(first, apart)["overall"]["asa_s"]
    assert by_pairs is not None
    assert by_chance is not None
    assert by_pairs.interval.half < by_chance.interval.half / 2


def test_what_too_few_days_have_is_not_estimated():
    days: Days = [
        {"overall": {"asa_s": 1.0, "max_s": None}},
        {"overall": {"asa_s": 3.0, "max_s": 4.0}, "sales": {"asa_s": 2.0}},
    ]
    found = estimates(days)
    assert found["overall"]["asa_s"] is not None
    assert found["overall"]["asa_s"].mean == pytest.approx(2.0)
    assert found["overall"]["max_s"] is None
    assert found["sales"]["asa_s"] is None
