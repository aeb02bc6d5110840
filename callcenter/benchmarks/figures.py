"""What a benchmark tells, and the little statistics that it takes."""

import math
from collections.abc import Sequence

import msgspec


class NothingMeasured(Exception):
    """A run gave no value where there must be some; the message says which."""


class BenchmarkFailed(Exception):
    """A benchmark cannot be run here, or its run was spoilt; the message says what to do."""


class Figure(msgspec.Struct, frozen=True):
    """One measured value."""

    metric: str
    value: float
    unit: str
    baseline: float | None = None
    """What it is compared with, in the same unit; None for nothing."""
    note: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed.

    The nearest-rank definition (ISO 3534-1, 1.15): always a measured value, never between two.

    Args:
        values: In any order.
        share: 0 < share <= 1; 0.5 is the median.

    Raises:
        NothingMeasured: There is no value.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share is above 0 and at most 1, not {share}")
    if not values:
        raise NothingMeasured("no value was measured")
    # Rounded first: 0.95 * 20 must be rank 19, not 19.000000000000004.
    rank = math.ceil(round(share * len(values), 9))
    return sorted(values)[rank - 1]


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean; raises NothingMeasured for no values."""
    if not values:
        raise NothingMeasured("no value was measured")
    return math.fsum(values) / len(values)


def drain_efficiency(calls: int, agents: int, handle_s: float, took_s: float) -> float:
    """Return the share of the drain of a backlog in which all agents could have been talking.

    Args:
        calls: How many callers waited and were served.
        agents: Who served them.
        handle_s: How long an agent is busy with each, from the first ring to the hang-up.
        took_s: From the first ring to the last hang-up.

    Returns:
        0 to 1; 1 if no agent ever waited for the next caller.
    """
    if took_s <= 0:
        raise NothingMeasured("the backlog was never drained")
    ideal_s = math.ceil(calls / agents) * handle_s
    return ideal_s / took_s
