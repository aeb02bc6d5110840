"""Many days of a scenario, what they have in common, and how two scenarios differ.

The days of two scenarios are pairs: day 3 of both has the same arrivals and the same habits of
callers, as far as the scenarios agree. The interval of the differences of pairs is narrower than
that of each, so small differences show sooner (common random numbers; Law, "Simulation Modeling and
Analysis", 11.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from callcenter.whatif.day import Day
from callcenter.whatif.intervals import Interval, interval
from callcenter.whatif.measures import Measured, measure
from callcenter.whatif.scenario import Scenario

Days = Sequence[Mapping[str, Measured]]
"""What was measured on each day, by queue ("overall" for all)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The second scenario less the first, in one measure."""

    interval: Interval

    @property
    def is_significant(self) -> bool:
        """Whether no difference at all lies outside of the interval."""
        return not self.interval.holds(0.0)


def simulate(scenario: Scenario, replications: int, seed: int) -> Days:
    """Live through days of a scenario; the same seed gives the same days."""
    days = []
    for number in range(replications):
        name = f"{seed}/{number}"
        callers = scenario.crowd.callers(name)
        outcome = Day(scenario, callers, Random(f"{name}/offers")).run()
        days.append(measure(outcome, scenario.queues, scenario.counting))
    return days


def estimates(days: Days) -> dict[str, dict[str, Interval | None]]:
    """Return the interval of each measure, None where fewer than two days have it."""
    return {
        where: {name: _interval(values) for name, values in measured.items()}
        for where, measured in _columns(days).items()
    }


def differences(first: Days, second: Days) -> dict[str, dict[str, Difference | None]]:
    """Return the interval of the paired differences of what both measure."""
    columns, others = _columns(first), _columns(second)
    return {
        where: {
            name: _difference(values, others[where][name])
            for name, values in measured.items()
            if name in others[where]
        }
        for where, measured in columns.items()
        if where in others
    }


def _columns(days: Days) -> dict[str, dict[str, list[float | None]]]:
    """Return the values of all days by queue and measure, None for a day without."""
    names: dict[str, dict[str, None]] = {}
    for day in days:
        for where, measured in day.items():
            names.setdefault(where, {}).update(dict.fromkeys(measured))
    return {
        where: {name: [day.get(where, {}).get(name) for day in days] for name in measured}
        for where, measured in names.items()
    }


def _interval(values: Sequence[float | None]) -> Interval | None:
    found = [value for value in values if value is not None]
    return interval(found) if len(found) > 1 else None


def _difference(first: Sequence[float | None], second: Sequence[float | None]) -> Difference | None:
    pairs = zip(first, second, strict=True)
    found = [b - a for a, b in pairs if a is not None and b is not None]
    return Difference(interval(found)) if len(found) > 1 else None
