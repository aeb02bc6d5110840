"""Callers who come at random: a Poisson stream for each kind, with the profile of a day."""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from random import Random

from callcenter.core.ids import Ms
from callcenter.whatif.scenario import Caller, Kind
from callcenter.whatif.spreads import Fixed, Spread

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How many come from an instant on, until the next one."""

    begins_at: Ms
    per_hour: float


@dataclass(frozen=True, slots=True)
class Stream:
    """Callers of one kind."""

    kind: Kind
    rates: Sequence[Rate]
    """In order of time; the last one, which ends the stream, is 0 calls an hour."""
    talk: Spread
    wrap_up: Spread = Fixed(0)
    patience: Spread | None = None
    ring: Spread = Fixed(0)
    missed_share: float = 0.0

    def callers(self, seed: str) -> Iterator[Caller]:
        """Yield one day's callers in order of time.

        Instants and habits are drawn from two sequences: a caller keeps the habits where only the
        rate differs, and the other way round.
        """
        habits = Random(f"{seed}/{self.kind.name}/habits")
        draw = habits.random
        for at in self._instants(Random(f"{seed}/{self.kind.name}/instants")):
            talk, wrap_up, patience, ring, missed = draw(), draw(), draw(), draw(), draw()
            yield Caller(
                at,
                self.kind,
                self.talk.at(talk),
                self.wrap_up.at(wrap_up),
                None if self.patience is None else self.patience.at(patience),
                self.ring.at(ring),
                missed < self.missed_share,
            )

    def _instants(self, chance: Random) -> Iterator[Ms]:
        """Yield instants of arrival: a stream of one an hour, stretched by the rates."""
        left = -math.log1p(-chance.random())
        for rate, following in zip(self.rates, self.rates[1:], strict=False):
            at = float(rate.begins_at)
            while rate.per_hour > 0:
                then = at + left / rate.per_hour * HOUR_MS
                if then >= following.begins_at:
                    break
                yield round(then)
                at, left = then, -math.log1p(-chance.random())
            left -= rate.per_hour * (following.begins_at - at) / HOUR_MS


@dataclass(frozen=True, slots=True)
class RandomCrowd:
    """Implements ``scenario.Crowd``."""

    streams: Sequence[Stream]

    def callers(self, seed: str) -> Sequence[Caller]:
        """Return one day's callers."""
        return list(
            heapq.merge(*(stream.callers(seed) for stream in self.streams), key=attrgetter("at"))
        )
