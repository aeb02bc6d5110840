"""How right the expected wait is, beside app_queue's: ``callcenter bench estimate``.

Whole days on the real pool and a virtual clock. Each caller who waits is asked about at entry and
every 45 seconds, of the estimate of this program and of app_queue's formula; both are compared with
the wait that came true (for those who gave up: of their patient twin, see ``estimate_floor``).
Callers who are served at once are not asked about: nobody tells them a wait.
"""

from collections.abc import Callable, Iterator, Sequence

from callcenter.benchmarks.estimate_floor import (
    EstimateFloor,
    Prediction,
    Scenario,
    Staff,
    Stream,
    all_day,
)
from callcenter.benchmarks.figures import Figure, mean

_HOUR = 3_600.0
_DAY_S = 4 * _HOUR
GOAL = 0.5
"""The mean absolute error is to be at most so much of app_queue's."""


def scenarios() -> tuple[Scenario, ...]:
    """Return the days of which the goal is asked.

    Twenty agents with calls of 180 s and 20 s of work after can take 5.9 calls a minute.
    """
    day = _DAY_S
    plain, twenty = all_day("a", 5.7), (Staff(20, ("a",)),)
    return (
        Scenario("stable", day, (plain,), twenty),
        Scenario("ramp", day, (_ramp(day, 3.0, 7.5),), twenty),
        Scenario("agents leaving", day, (all_day("a", 4.2),), (_leaving(day),)),
        Scenario("skills mixed", day, _SKILLED, _SKILLED_STAFF),
        Scenario("priority", day, (all_day("a", 4.3), all_day("a", 1.4, priority=5)), twenty),
        Scenario(
            "callbacks",
            day,
            (all_day("a", 4.8), all_day("a", 0.9, waited_s=(300.0, 1_800.0))),
            twenty,
        ),
    )


def further() -> tuple[Scenario, ...]:
    """Return days that show where the estimate gains more, and where less."""
    day, twenty = _DAY_S, (Staff(20, ("a",)),)
    return (
        Scenario("small team", day, (all_day("a", 1.05),), (Staff(4, ("a",)),)),
        Scenario("large", day, (all_day("a", 59.0),), (Staff(200, ("a",)),)),
        Scenario("overload", day, (all_day("a", 8.0),), twenty),
        Scenario("ragged talks", day, (_ramp(day, 3.0, 7.5),), twenty, talk_spread=1.25),
    )


_SKILLED = (
    all_day("a", 2.4),
    all_day("a", 0.85, requires=(("french", 3),)),
    all_day("b", 1.8, talk_s=240.0),
    all_day("c", 1.0, talk_s=120.0),
)
_SKILLED_STAFF = (
    Staff(8, ("a",)),
    Staff(4, ("a", "b"), (("french", 5),)),
    Staff(6, ("b",)),
    Staff(5, ("b", "c")),
)


def _ramp(day_s: float, low: float, high: float) -> Stream:
    """Return callers who become more until three eighths of the day, and fewer until six."""
    steps = (0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    rates = [(day_s * (n + 1) / 16, low + (high - low) * step) for n, step in enumerate(steps)]
    return Stream("a", (*rates, (day_s * 2, low)))


def _leaving(day_s: float) -> Staff:
    """Return twenty agents of whom six go home, one after the other, in the middle of the day."""
    return Staff(20, ("a",), leave_s=tuple(day_s * (0.4 + 0.04 * n) for n in range(6)))


def run_day(scenario: Scenario, seeds: Sequence[int]) -> list[Prediction]:
    """Return what was predicted in a scenario, over several days."""
    return [each for seed in seeds for each in EstimateFloor(scenario, seed).run()]


def run(
    seeds: Sequence[int],
    say: Callable[[str], None] = lambda _: None,
    days: Sequence[Scenario] | None = None,
) -> list[Figure]:
    """Measure and return, for each scenario, the ratio of errors and the coverage of the range.

    Args:
        seeds: One day each.
        say: Told what is going on.
        days: The scenarios; None for all.
    """
    figures: list[Figure] = []
    for scenario in (*scenarios(), *further()) if days is None else days:
        say(f"{scenario.name}: {len(seeds)} days of {scenario.day_s / _HOUR:g} hours")
        figures += _compared(scenario.name, run_day(scenario, seeds))
    return figures


def _compared(name: str, predictions: Sequence[Prediction]) -> Iterator[Figure]:
    known = [each for each in predictions if each.expected is not None]
    label = name.replace(" ", "_")
    at_entry = [each for each in known if each.at_entry]
    served = [each for each in known if each.served]
    yield Figure(
        metric=f"error_ratio.{label}",
        value=round(error_ratio(known), 3),
        unit="1",
        baseline=GOAL,
        note=(
            f"{_error_s(known, _ours):.1f} s against {_error_s(known, _app_queue):.1f} s over "
            f"{len(known)} questions, mean wait {mean([e.real_ms for e in known]) / 1000:.0f} s; "
            f"at entry {error_ratio(at_entry):.2f}, of the served {error_ratio(served):.2f}; "
            f"against its average unrounded {_error_s(known, _ours) / _error_s(known, _smooth):.2f}"
        ),
    )
    yield Figure(
        metric=f"coverage.{label}",
        value=round(coverage(known), 3),
        unit="1",
        baseline=0.6,
        note=f"real waits within p20 to p80; {len(predictions) - len(known)} without an estimate",
    )


def error_ratio(predictions: Sequence[Prediction]) -> float:
    """Return the mean absolute error of the likely wait over that of app_queue's formula."""
    return _error_s(predictions, _ours) / _error_s(predictions, _app_queue)


def coverage(predictions: Sequence[Prediction]) -> float:
    """Return the share of the real waits that lie within the expected range."""
    return mean([_is_within(each) for each in predictions])


def _is_within(each: Prediction) -> bool:
    expected = each.expected
    return expected is not None and expected.low_ms <= each.real_ms <= expected.high_ms


def _error_s(predictions: Sequence[Prediction], guess: Callable[[Prediction], float]) -> float:
    return mean([abs(guess(each) - each.real_ms) for each in predictions]) / 1_000


def _ours(each: Prediction) -> float:
    return each.expected.likely_ms if each.expected else 0.0


def _app_queue(each: Prediction) -> float:
    return each.app_queue_ms


def _smooth(each: Prediction) -> float:
    return each.smooth_ms
