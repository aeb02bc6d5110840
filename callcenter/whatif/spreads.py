"""How long things take: spreads that turn a share into a time.

Each is the inverse of a distribution function, and one uniform number makes one time. So two
scenarios that draw the same numbers have the same lucky and unlucky callers, also where a mean
is changed: what differs between them is then the change and not chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

from callcenter.core.ids import Ms

_NORMAL = NormalDist()
_ALMOST_ONE = 1 - 2**-53


class Spread(Protocol):
    """A distribution of times."""

    def at(self, share: float) -> Ms:
        """Return the time that this share of all does not exceed; 0 <= share < 1."""
        ...

    @property
    def mean_ms(self) -> float:
        """The mean, milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    time_ms: Ms

    def at(self, share: float) -> Ms:
        """Return the one time there is."""
        del share
        return self.time_ms

    @property
    def mean_ms(self) -> float:
        """The time itself."""
        return self.time_ms


@dataclass(frozen=True, slots=True)
class Exponential:
    """What has no memory: the usual model of patience, and of queueing theory for talks."""

    mean_ms: float

    def at(self, share: float) -> Ms:
        """Return the quantile."""
        return round(-self.mean_ms * math.log1p(-share))


class Lognormal:
    """What handle times of call centres look like (Brown et al., 2005)."""

    __slots__ = ("_mu", "_sigma", "mean_ms")

    def __init__(self, mean_ms: float, cv: float) -> None:
        """Take the mean and the coefficient of variation.

        Args:
            mean_ms: More than 0.
            cv: Standard deviation divided by the mean; more than 0.
        """
        self.mean_ms = mean_ms
        variance = math.log1p(cv * cv)
        self._sigma = math.sqrt(variance)
        self._mu = math.log(mean_ms) - variance / 2

    def at(self, share: float) -> Ms:
        """Return the quantile."""
        inside = min(max(share, 2**-53), _ALMOST_ONE)
        return round(math.exp(self._mu + self._sigma * _NORMAL.inv_cdf(inside)))


class Empirical:
    """One of the times that were observed, each as likely as the others."""

    __slots__ = ("_times",)

    def __init__(self, times: Sequence[Ms]) -> None:
        """Take the times, at least one, in any order."""
        self._times = sorted(times)

    def at(self, share: float) -> Ms:
        """Return the quantile, always an observed time."""
        return self._times[min(int(share * len(self._times)), len(self._times) - 1)]

    @property
    def mean_ms(self) -> float:
        """The mean of what was observed."""
        return math.fsum(self._times) / len(self._times)
