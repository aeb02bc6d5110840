"""A day on the floor without phones: callers and agents as events, any router in the middle.

It answers "what if I had two more agents?" and checks a router against the Erlang formulas. The
router is behind a small Protocol, so that the real routing pool and a plain queue both fit.
"""

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Match:
    """A caller got an agent."""

    call: int
    agent: int


class Router(Protocol):
    """Decides who talks with whom; instants are milliseconds since the start of the day.

    Each method returns the talks that begin because of it.
    """

    def ready(self, agent: int, now_ms: int) -> list[Match]:
        """An agent is free; at the start of the day all are announced this way, from 0."""
        ...

    def arrive(self, call: int, now_ms: int) -> list[Match]:
        """A caller begins to wait; calls are numbered from 0."""
        ...

    def abandon(self, call: int, now_ms: int) -> list[Match]:
        """A waiting caller gives up."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in, and how long it takes."""

    arrivals_per_s: float
    aht_s: float
    calls: int
    """How many callers come."""
    patience_s: float | None = None
    """Mean of the exponential patience; None for callers who never give up."""
    warm_up: float = 0.1
    """Share of the first calls that is not counted."""


@dataclass(slots=True)
class Result:
    """What happened to the counted callers."""

    waits_s: list[float] = field(default_factory=list)
    """Wait of each, also of those who gave up."""
    abandoned: int = 0

    @property
    def wait_probability(self) -> float:
        """Share of callers who waited at all."""
        return sum(wait > 0 for wait in self.waits_s) / len(self.waits_s)

    @property
    def asa_s(self) -> float:
        """Mean wait, seconds."""
        return sum(self.waits_s) / len(self.waits_s)

    @property
    def abandon_rate(self) -> float:
        """Share of callers who gave up."""
        return self.abandoned / len(self.waits_s)

    def service_level(self, threshold_s: float) -> float:
        """Share of callers whose wait was at most the threshold."""
        return sum(wait <= threshold_s for wait in self.waits_s) / len(self.waits_s)


_What = Literal["arrive", "free", "give_up"]


class Floor:
    """One simulated day."""

    def __init__(self, router: Router, agents: int, load: Load, random: Random) -> None:
        """Prepare the day.

        Args:
            router: Decides who talks with whom; used for this day only.
            agents: How many there are, all alike.
            load: What comes in.
            random: Chance, seeded by the caller.
        """
        self._router = router
        self._agents = agents
        self._load = load
        self._random = random
        self._order = itertools.count()
        self._events: list[tuple[int, int, _What, int]] = []
        self._waiting: dict[int, int] = {}
        """Callers who wait, and since when."""
        self._result = Result()

    def run(self) -> Result:
        """Run until the last caller has left and return what happened."""
        for agent in range(self._agents):
            self._begin(self._router.ready(agent, 0), 0)
        self._plan_arrival(0, 0)
        while self._events:
            now, _, what, who = heapq.heappop(self._events)
            self._happen(what, who, now)
        return self._result

    def _happen(self, what: _What, who: int, now: int) -> None:
        if what == "free":
            self._begin(self._router.ready(who, now), now)
        elif what == "give_up":
            self._give_up(who, now)
        else:
            self._arrive(who, now)

    def _arrive(self, call: int, now: int) -> None:
        if call + 1 < self._load.calls:
            self._plan_arrival(call + 1, now)
        self._waiting[call] = now
        self._begin(self._router.arrive(call, now), now)
        if call in self._waiting and self._load.patience_s is not None:
            self._plan(now, self._load.patience_s, "give_up", call)

    def _give_up(self, call: int, now: int) -> None:
        if call not in self._waiting:
            return
        if self._counts(call):
            self._result.abandoned += 1
        self._note(call, now)
        self._begin(self._router.abandon(call, now), now)

    def _begin(self, matches: list[Match], now: int) -> None:
        for match in matches:
            self._note(match.call, now)
            self._plan(now, self._load.aht_s, "free", match.agent)

    def _note(self, call: int, now: int) -> None:
        since = self._waiting.pop(call)
        if self._counts(call):
            self._result.waits_s.append((now - since) / 1_000)

    def _counts(self, call: int) -> bool:
        return call >= self._load.warm_up * self._load.calls

    def _plan_arrival(self, call: int, now: int) -> None:
        self._plan(now, 1 / self._load.arrivals_per_s, "arrive", call)

    def _plan(self, now: int, mean_s: float, what: _What, who: int) -> None:
        """Plan an event after an exponential time."""
        delay_ms = round(self._random.expovariate(1 / mean_s) * 1_000)
        heapq.heappush(self._events, (now + delay_ms, next(self._order), what, who))


class PlainQueue:
    """First come, first served; the agent who has been free longest. The yardstick."""

    def __init__(self) -> None:
        self._free: deque[int] = deque()
        self._calls: dict[int, None] = {}

    def ready(self, agent: int, now_ms: int) -> list[Match]:
        """Give the longest waiting caller, if any."""
        del now_ms
        self._free.append(agent)
        return self._match()

    def arrive(self, call: int, now_ms: int) -> list[Match]:
        """Give the agent who has been free longest, if any."""
        del now_ms
        self._calls[call] = None
        return self._match()

    def abandon(self, call: int, now_ms: int) -> list[Match]:
        """Forget the caller."""
        del now_ms
        del self._calls[call]
        return []

    def _match(self) -> list[Match]:
        if not self._free or not self._calls:
            return []
        call = next(iter(self._calls))
        del self._calls[call]
        return [Match(call, self._free.popleft())]
