"""How sure a mean is: confidence intervals by Student's t."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev

SURE = 0.99
"""The share of such intervals that hold the true mean."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and how far the true one may be from it."""

    mean: float
    half: float
    """Half the width of the interval of the mean."""
    spread: float = 0.0
    """Half the width of the interval in which one further value lies (prediction interval)."""

    def holds(self, value: float) -> bool:
        """Say whether the true mean may be this value."""
        return abs(value - self.mean) <= self.half

    def expects(self, value: float) -> bool:
        """Say whether one further value may be this."""
        return abs(value - self.mean) <= self.spread


def interval(values: Sequence[float], sure: float = SURE) -> Interval:
    """Return the confidence interval of the mean of independent values.

    Args:
        values: At least two; from independent replications or long batches.
        sure: The level of confidence, 0 < sure < 1.

    Raises:
        ValueError: Fewer than two values say nothing of how sure their mean is.

    Source: Student (1908); for simulations Law, "Simulation Modeling and Analysis", 9.4.
    """
    if len(values) < 2:
        raise ValueError("an interval needs at least two values")
    deviation = stdev(values)
    factor = student_t(len(values) - 1, sure)
    half = factor * deviation / math.sqrt(len(values))
    return Interval(fmean(values), half, factor * deviation * math.sqrt(1 + 1 / len(values)))


@cache
def student_t(freedom: int, sure: float) -> float:
    """Return t so that a share of Student's distribution lies between -t and t.

    Args:
        freedom: Degrees of freedom, at least 1.
        sure: The share, 0 < sure < 1.
    """
    least, most = 0.0, 1.0
    while _share_within(most, freedom) < sure:
        most *= 2
    for _ in range(80):
        middle = (least + most) / 2
        if _share_within(middle, freedom) < sure:
            least = middle
        else:
            most = middle
    return (least + most) / 2


def _share_within(t: float, freedom: int) -> float:
    """Return the share between -t and t.

    Source: Abramowitz and Stegun, 26.7.3 and 26.7.4: finite sums for whole degrees of freedom.
    """
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = freedom % 2 == 1
    term = cosine if is_odd else 1.0
    total = 0.0 if freedom == 1 else term
    for step in range(3 if is_odd else 2, freedom - 1, 2):
        term *= cosine * cosine * (step - 1) / step
        total += term
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total
