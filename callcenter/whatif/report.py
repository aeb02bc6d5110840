"""What a simulation has found, as one object that can be printed as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callcenter.whatif.intervals import SURE, Interval
from callcenter.whatif.measures import Measured
from callcenter.whatif.runs import Days, Difference, differences, estimates
from callcenter.whatif.scenario import Scenario

Estimates = Mapping[str, Mapping[str, Interval | None]]


@dataclass(frozen=True, slots=True)
class Found:
    """What came out of one scenario."""

    scenario: str
    service_level: str
    """The formula."""
    estimates: Estimates
    """By queue ("overall" for all) and measure."""
    recorded: Mapping[str, Measured] = field(default_factory=dict)
    """What was measured on the recorded day, if one was lived through again."""
    outside: tuple[str, ...] = ()
    """Measures of the recorded day that one such day would not have, such as "sales asa_s"."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How the second scenario differs from the first in one measure."""

    mean: float
    half: float
    is_significant: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result."""

    seed: int
    replications: int
    first: Found
    calls: int
    """How many calls were simulated and counted in all."""
    calls_per_cpu_s: int
    sure: float = SURE
    """The level of confidence of all intervals."""
    second: Found | None = None
    differences: Mapping[str, Mapping[str, Compared | None]] = field(default_factory=dict)
    """The second less the first."""


def found(scenario: Scenario, days: Days, recorded: Mapping[str, Measured]) -> Found:
    """Return what came out of a scenario."""
    estimated = estimates(days)
    return Found(
        scenario.name,
        scenario.counting.formula,
        estimated,
        recorded,
        tuple(_outside(estimated, recorded)),
    )


def _outside(estimated: Estimates, recorded: Mapping[str, Measured]) -> list[str]:
    outside = []
    for where, measured in recorded.items():
        for name, value in measured.items():
            one_day = estimated.get(where, {}).get(name)
            if value is not None and one_day is not None and not one_day.expects(value):
                outside.append(f"{where} {name}")
    return outside


def compared(first: Days, second: Days) -> dict[str, dict[str, Compared | None]]:
    """Return the differences of two scenarios."""
    return {
        where: {name: _compared(each) for name, each in measured.items()}
        for where, measured in differences(first, second).items()
    }


def _compared(difference: Difference | None) -> Compared | None:
    if difference is None:
        return None
    between = difference.interval
    return Compared(between.mean, between.half, difference.is_significant)
