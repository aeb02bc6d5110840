"""Flows in which a program error lies in wait, for some time."""

from collections.abc import Iterator, Mapping
from random import Random

from typing_extensions import override

from callcenter.simulation.weather import Weather
from ivr_flows.model import Flow


class PlantedError(AssertionError):
    """A program error, as far as the service can know."""


class ShakyFlows(Mapping[str, Flow]):
    """The flows of a plan; looking one up fails as often as the weather says."""

    def __init__(self, flows: Mapping[str, Flow], weather: Weather, random: Random) -> None:
        self._flows = flows
        self._weather = weather
        self._random = random

    @override
    def __getitem__(self, flow_id: str) -> Flow:
        if self._weather.program_errors and self._random.random() < self._weather.program_errors:
            raise PlantedError(flow_id)
        return self._flows[flow_id]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._flows)

    @override
    def __len__(self) -> int:
        return len(self._flows)
