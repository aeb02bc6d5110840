"""Small summaries of what happened lately: bounded, decaying, the same for the same facts."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

from callcenter.core.ids import Ms

_FIRST_EDGE_MS = 1_000.0
_GROWTH = 1.25
_BINS = 44
_EDGES = (0.0, *(_FIRST_EDGE_MS * _GROWTH**n for n in range(_BINS)))
"""Edges of the bins: up to 1 s, then each a quarter wider than the one before, up to 4.1 h."""
_HALVED_AT = 400.0
"""So many durations count at most; then each counts half, and the recent outweigh the old."""
_COUNTS_S = 900.0
"""What happened so long ago counts e times less in a rate."""


@dataclass(frozen=True, slots=True)
class KeptTimes:
    """A sketch of durations as it is stored."""

    counts: tuple[float, ...]
    total: float
    sum_ms: float
    square_sum: float


class Durations:
    """How long something takes: mean, spread, and how much longer when it has lasted a while."""

    __slots__ = ("_counts", "_square_sum", "_sum_ms", "_survival", "_total")

    def __init__(self, prior_mean_ms: float, prior_weight: float) -> None:
        """Begin with a guess.

        Args:
            prior_mean_ms: What to expect before there is data, exponentially spread; over 0.
            prior_weight: As how many durations the guess counts.
        """
        tail = [math.exp(-edge / prior_mean_ms) for edge in (*_EDGES[:-1], math.inf)]
        self._counts = [prior_weight * (a - b) for a, b in pairwise(tail)]
        self._total = prior_weight
        self._sum_ms = prior_weight * prior_mean_ms
        self._square_sum = 2 * prior_weight * prior_mean_ms**2
        self._survival: tuple[list[float], list[float]] | None = None

    @property
    def weight(self) -> float:
        """As how many durations all that is known counts."""
        return self._total

    @property
    def mean_ms(self) -> float:
        """The mean duration."""
        return self._sum_ms / self._total

    @property
    def spread(self) -> float:
        """The variance over the squared mean: 0 if all take the same, 1 if exponential."""
        mean = self.mean_ms
        if mean <= 0:
            return 0.0
        return max(0.0, self._square_sum / self._total / mean**2 - 1)

    def add(self, duration_ms: Ms) -> None:
        """Count one more."""
        if self._total >= _HALVED_AT:
            self._counts = [count / 2 for count in self._counts]
            self._total /= 2
            self._sum_ms /= 2
            self._square_sum /= 2
        bounded = min(max(0.0, duration_ms), _EDGES[-1])
        self._counts[max(0, bisect_left(_EDGES, bounded) - 1)] += 1
        self._total += 1
        self._sum_ms += bounded
        self._square_sum += bounded**2
        self._survival = None

    def ends_within(self, elapsed_ms: float, horizon_ms: float) -> tuple[float, float]:
        """Say of one that has lasted so long whether it ends within a horizon.

        Returns:
            The probability that it does, and the mean of what it still takes, at most the horizon.
        """
        return self.ends_from(self.lasts(elapsed_ms), elapsed_ms, horizon_ms)

    def lasts(self, elapsed_ms: float) -> tuple[float, float]:
        """Return the share that lasts longer than so long, and the integral of it up to there."""
        return _at(elapsed_ms, *self._tables())

    def ends_from(
        self, so_far: tuple[float, float], elapsed_ms: float, horizon_ms: float
    ) -> tuple[float, float]:
        """Return what ``ends_within`` does, where ``lasts`` of what has elapsed is known."""
        alive, past = so_far
        if alive < 1e-6:  # longer than anything known: as likely to end as at any time
            mean = self.mean_ms
            ends = 1 - math.exp(-horizon_ms / mean) if mean > 0 else 1.0
            return ends, mean * ends
        later, until = _at(elapsed_ms + horizon_ms, *self._tables())
        return 1 - later / alive, (until - past) / alive

    def _tables(self) -> tuple[list[float], list[float]]:
        """Return at each edge the share that lasts longer, and the integral of it up to there."""
        if self._survival is None:
            lasts, area, left = [1.0], [0.0], self._total
            for (begin, end), count in zip(pairwise(_EDGES), self._counts, strict=True):
                left = max(0.0, left - count)
                lasts.append(left / self._total)
                area.append(area[-1] + (end - begin) * (lasts[-2] + lasts[-1]) / 2)
            self._survival = lasts, area
        return self._survival

    def keep(self) -> KeptTimes:
        """Return all of it as a value."""
        return KeptTimes(tuple(self._counts), self._total, self._sum_ms, self._square_sum)

    def restore(self, kept: KeptTimes) -> None:
        """Be as it was kept; one of another version of the bins is left out."""
        if len(kept.counts) == len(self._counts):
            self._counts = list(kept.counts)
            self._total, self._sum_ms = kept.total, kept.sum_ms
            self._square_sum = kept.square_sum
            self._survival = None


def _at(instant_ms: float, lasts: list[float], area: list[float]) -> tuple[float, float]:
    """Return the share that lasts longer, and the integral up to there; straight between edges."""
    if instant_ms >= _EDGES[-1]:
        return lasts[-1], area[-1]
    place = max(0, bisect_left(_EDGES, instant_ms) - 1)
    begin, end = _EDGES[place], _EDGES[place + 1]
    part = (instant_ms - begin) / (end - begin)
    share = lasts[place] + (lasts[place + 1] - lasts[place]) * part
    return share, area[place] + (instant_ms - begin) * (lasts[place] + share) / 2


_STEPS_A_MEAN = 8
_STEPS = 32


@dataclass(frozen=True, slots=True)
class Renewals:
    """How often something that begins anew whenever it ends has ended by an instant.

    The solution of the renewal equation m = F + f * m (Feller, 1941) in steps of an eighth of the
    mean; after four means a straight line, one more in each mean.
    """

    mean_ms: float
    table: tuple[float, ...]

    def by(self, duration_ms: float) -> float:
        """Return how often by then, counted from a beginning; straight between the steps."""
        place = duration_ms / self.mean_ms * _STEPS_A_MEAN
        whole = int(place)
        if whole >= _STEPS:
            return self.table[-1] + (place - _STEPS) / _STEPS_A_MEAN
        here, there = self.table[whole], self.table[whole + 1]
        return here + (there - here) * (place - whole)


def renewals(talks: Durations, besides_ms: float) -> Renewals:
    """Return the renewals of a talk and what always comes with it.

    Args:
        talks: The part that varies.
        besides_ms: The part that is taken as always the same.
    """
    mean = max(1.0, talks.mean_ms + besides_ms)
    step = mean / _STEPS_A_MEAN
    ends = [talks.ends_within(0.0, max(0.0, step * n - besides_ms))[0] for n in range(_STEPS + 1)]
    ends = [end if step * n > besides_ms else 0.0 for n, end in enumerate(ends)]
    shares = [later - sooner for sooner, later in pairwise(ends)]
    table, middles = [0.0], [0.0]
    for n in range(1, _STEPS + 1):
        # The end lies anywhere within its step; the latest step is not known further than so far.
        further = sum(map(mul, shares[1:n], reversed(middles[1:])), shares[0] * table[n - 1])
        table.append(ends[n] + further)
        middles.append((table[n - 1] + table[n]) / 2)
    return Renewals(mean, tuple(table))


@dataclass(frozen=True, slots=True)
class KeptRate:
    """A rate as it is stored."""

    count: float
    at: Ms
    since_at: Ms
    amount: float


class Rate:
    """How often something happens lately; each time may carry an amount."""

    __slots__ = ("_amount", "_at", "_count", "_since_at")

    def __init__(self, at: Ms) -> None:
        """Begin to count."""
        self._count = 0.0
        self._at = at
        self._since_at = at
        self._amount = 0.0

    def add(self, at: Ms, amount: float = 0.0) -> None:
        """Count one more."""
        fade = self._fade(at)
        self._count = self._count * fade + 1
        self._amount = self._amount * fade + amount
        self._at = max(self._at, at)

    def per_ms(self, now: Ms) -> float:
        """Return how many there are in a millisecond, by what was seen since it began."""
        seen_s = (now - self._since_at) / 1_000
        window_s = _COUNTS_S * (1 - math.exp(-seen_s / _COUNTS_S)) if seen_s > 0 else 0.0
        return self._count * self._fade(now) / max(window_s, 60.0) / 1_000

    @property
    def mean_amount(self) -> float:
        """The mean of what they carry."""
        return self._amount / self._count if self._count > 0 else 0.0

    def _fade(self, now: Ms) -> float:
        return math.exp(-max(0, now - self._at) / 1_000 / _COUNTS_S)

    def keep(self) -> KeptRate:
        """Return all of it as a value."""
        return KeptRate(self._count, self._at, self._since_at, self._amount)

    def restore(self, kept: KeptRate) -> None:
        """Be as it was kept."""
        self._count, self._at = kept.count, kept.at
        self._since_at, self._amount = kept.since_at, kept.amount
