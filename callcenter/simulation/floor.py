"""Seeded callers and agents on a virtual clock, around the real pool.

Callers come at random, agents answer at once, talk for a random time and are free again. Only the
pool decides who talks with whom, so what comes out can be held against queueing theory, and a
staffing question is a function call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random

from callcenter.core.acd import decide as acd
from callcenter.core.acd.messages import (
    AgentHungUp,
    AgentProfile,
    CallEntered,
    CallOfferedToAgent,
    DeskFound,
    LogInRequested,
    OfferTaken,
    PoolInput,
    ReadyRequested,
)
from callcenter.core.acd.pool import Pool, deadlines
from callcenter.core.ids import AgentId, CallId, Ms, QueueId
from callcenter.core.plan import PoolRules, QueueRules

_QUEUE = QueueId("all")
_NEVER_MS = 10**12


@dataclass(frozen=True, slots=True)
class Staffing:
    """One queue, so many agents, so much to do."""

    agents: int
    load: float
    """In erlang: calls for a mean talk, on average."""
    talk_s: float = 180.0
    """The mean of the talk, exponential; there is no after-call work beside it."""

    @property
    def gap_s(self) -> float:
        """The mean time between two callers."""
        return self.talk_s / self.load


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each caller waited, in the order of arrival."""

    waits_ms: tuple[Ms, ...]

    def service_level(self, threshold_s: float) -> float:
        """Return the share of callers who waited no longer, 0 to 1."""
        limit_ms = threshold_s * 1000
        return sum(wait <= limit_ms for wait in self.waits_ms) / len(self.waits_ms)

    @property
    def mean_s(self) -> float:
        """The mean wait in seconds."""
        return sum(self.waits_ms) / len(self.waits_ms) / 1000


def simulate(staffing: Staffing, calls: int, seed: int, warm_up: float = 0.1) -> Waits:
    """Let callers come until so many have been counted.

    Args:
        staffing: Who works, and how much there is to do.
        calls: How many callers come in all. Near full load the floor needs many times
            ``talk_s`` / (sqrt(agents) - sqrt(load))^2 to forget how it began.
        seed: The same seed gives the same day.
        warm_up: The share of callers at the beginning who are not counted.

    Returns:
        The waits of the callers who were counted and answered.
    """
    floor = _Floor(staffing, calls, Random(seed))
    floor.run()
    first = round(calls * warm_up)
    return Waits(tuple(wait for number, wait in sorted(floor.waits) if number > first))


class _Floor:
    """The events still to come, and the pool."""

    def __init__(self, staffing: Staffing, calls: int, random: Random) -> None:
        rules = QueueRules(_QUEUE, "All", wrap_up_ms=0, max_wait_ms=_NEVER_MS, announce_every_ms=0)
        self.pool = Pool("simulation", PoolRules(), {_QUEUE: rules})
        self.waits: list[tuple[int, Ms]] = []
        """Call numbers and how long they waited."""
        self._staffing = staffing
        busy = min(calls - 1, round(staffing.load))
        """As many callers as talk on average are there from the beginning."""
        gaps_ms = _exponential(random, staffing.gap_s, calls - busy)
        self._gaps_ms = [0] * busy + gaps_ms
        self._talks_ms = _exponential(random, staffing.talk_s, calls)
        self._now: Ms = 0
        self._coming: list[tuple[Ms, int, PoolInput]] = []
        self._order = 0
        self._arrived: dict[CallId, tuple[int, Ms]] = {}

    def run(self) -> None:
        """Go on until nothing is left to happen."""
        for event in _staff(self._staffing.agents):
            self._tell(event)
        self._next_caller(1)
        while self._coming:
            at, _, event = heappop(self._coming)
            self._wake_until(at)
            self._now = at
            self._tell(event)
            if isinstance(event, CallEntered) and event.call_number < len(self._gaps_ms):
                self._next_caller(event.call_number + 1)

    def _next_caller(self, number: int) -> None:
        call_id = CallId(f"call-{number}")
        at = self._now + self._gaps_ms[number - 1]
        self._arrived[call_id] = (number, at)
        self._plan(at, CallEntered(call_id, number, _QUEUE, 0, ()))

    def _plan(self, at: Ms, event: PoolInput) -> None:
        self._order += 1  # equal instants happen in the order in which they were planned
        heappush(self._coming, (at, self._order, event))

    def _wake_until(self, at: Ms) -> None:
        while (due := min(deadlines(self.pool), default=None)) is not None and due <= at:
            self._now = max(self._now, due)
            self._follow(acd.wake(self.pool, self._now))

    def _tell(self, event: PoolInput) -> None:
        self._follow(acd.decide(self.pool, event, self._now))

    def _follow(self, decision: acd.Decision) -> None:
        for message in decision.tells:
            if isinstance(message, CallOfferedToAgent):
                self._answer(message)

    def _answer(self, offer: CallOfferedToAgent) -> None:
        number, arrived_at = self._arrived.pop(offer.call_id)
        self.waits.append((number, self._now - arrived_at))
        self._tell(OfferTaken(offer.offer_id))
        until = self._now + self._talks_ms[number - 1]
        self._plan(until, AgentHungUp(offer.agent_id, offer.call_id))


def _exponential(random: Random, mean_s: float, count: int) -> list[Ms]:
    """Return random times, stretched to have exactly the mean that was asked for.

    Near full load a percent more of work makes a multiple of the wait, so without this the figures
    of a day would say more about its seed than about its routing.
    """
    drawn = [random.expovariate(1.0) for _ in range(count)]
    stretch = mean_s * 1_000 * count / sum(drawn)
    return [round(one * stretch) for one in drawn]


def _staff(agents: int) -> Iterator[PoolInput]:
    for number in range(agents):
        agent_id = AgentId(f"agent-{number:04}")
        profile = AgentProfile(agent_id, agent_id, f"PJSIP/{number}", (_QUEUE,))
        yield from (LogInRequested(profile), DeskFound(agent_id), ReadyRequested(agent_id))
