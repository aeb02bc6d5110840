"""The goal of the estimate, on three pinned days of each scenario."""

import pytest

from callcenter.benchmarks.estimate import (
    GOAL,
    coverage,
    error_ratio,
    further,
    run,
    run_day,
    scenarios,
)
from callcenter.benchmarks.estimate_floor import Scenario
from callcenter.core.records import replace

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda each: each.name)
def test_the_error_is_at_most_half_of_app_queues(scenario: Scenario):
    predictions = run_day(scenario, SEEDS)
    assert all(each.expected is not None for each in predictions)
    assert len(predictions) > 1_000
    assert error_ratio(predictions) < GOAL
    assert error_ratio([each for each in predictions if each.at_entry]) < GOAL + 0.05
    assert 0.5 < coverage(predictions) < 0.7


def test_at_least_six_scenarios_are_measured_and_each_has_its_own_name():
    names = [each.name for each in (*scenarios(), *further())]
    assert len(scenarios()) >= 6
    assert len(set(names)) == len(names)


def test_the_figures_tell_the_ratio_and_the_coverage():
    hour = replace(scenarios()[0], day_s=3_600.0)
    ratio, inside = run([1], days=[hour])
    assert (ratio.metric, ratio.baseline) == ("error_ratio.stable", GOAL)
    assert inside.metric == "coverage.stable"
    assert 0 < inside.value < 1
    assert "against" in ratio.note
