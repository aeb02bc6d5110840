"""Flows that fail only when they are told to."""

from random import Random

import pytest

from callcenter.simulation.shaky_flows import PlantedError, ShakyFlows
from callcenter.simulation.weather import Weather
from tests.support.playbook import PLAN


def test_they_are_the_flows_of_the_plan_until_errors_lie_in_wait() -> None:
    weather = Weather()
    flows = ShakyFlows(PLAN.flows, weather, Random(1))
    assert dict(flows) == dict(PLAN.flows)
    weather.program_errors = 1.0
    with pytest.raises(PlantedError):
        flows.get("main")
