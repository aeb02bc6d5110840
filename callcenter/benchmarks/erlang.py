"""Whether the real routing agrees with queueing theory: simulated intervals around exact values.

The days of ``callcenter simulate`` with exponential talks: Erlang C, Erlang A, and two strict
classes of priority, where theory knows the answer. A run is one long stretch of time. It starts
with as many talks as there are on average, its first part is thrown away, and the rest is cut into
batches that are long against the memory of the queue, so that their means are as good as
independent.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from callcenter.benchmarks.figures import Figure
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, Ms, PoolId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from callcenter.simulation.erlang import (
    QueueTheory,
    impatient_queue,
    patient_queue,
    relaxation_s,
    two_priorities,
)
from callcenter.whatif.crowd import RandomCrowd, Rate, Stream
from callcenter.whatif.day import ABANDONED, ANSWERED, Day, Visit
from callcenter.whatif.intervals import Interval, interval
from callcenter.whatif.scenario import Caller, Kind, Scenario, Shift
from callcenter.whatif.spreads import Exponential

AHT_S = 180.0
LINE = QueueId("line")
ENDLESS_MS: Ms = 10**12
FIRST, SECOND = "first", "second"


@dataclass(frozen=True, slots=True)
class Case:
    """One queue that theory knows."""

    agents: int
    load: float
    """Erlangs; with strict priorities three tenths of it are of the first class."""
    patience_s: float | None = None
    has_priorities: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports."""
        model = (
            "priorities" if self.has_priorities else "erlang_a" if self.patience_s else "erlang_c"
        )
        return f"{model}.agents_{self.agents}"

    @property
    def relaxation_s(self) -> float:
        """How long the queue remembers."""
        return relaxation_s(self.load, self.agents, AHT_S, self.patience_s)

    @property
    def loads(self) -> dict[str, float]:
        """Erlangs of each kind of callers."""
        if not self.has_priorities:
            return {FIRST: self.load}
        return {FIRST: 0.3 * self.load, SECOND: 0.7 * self.load}

    def theory(self) -> dict[str, QueueTheory]:
        """Return what is exact, by kind of callers."""
        return {kind: self._exact(kind, self.threshold_s(kind)) for kind in self.loads}

    def threshold_s(self, kind: str) -> float:
        """Return the limit of the service level: a third of the mean wait of those who wait.

        A wait of whole milliseconds, as the simulated ones are.
        """
        exact = self._exact(kind, 1.0)
        return round(exact.asa_s / exact.wait_probability / 3, 3)

    def _exact(self, kind: str, threshold_s: float) -> QueueTheory:
        if self.has_priorities:
            first, second = self.loads.values()
            exact = two_priorities((first, second), self.agents, AHT_S, threshold_s)
            return exact[list(self.loads).index(kind)]
        if self.patience_s is None:
            return patient_queue(self.load, self.agents, AHT_S, threshold_s)
        return impatient_queue(self.load, self.agents, AHT_S, self.patience_s, threshold_s)


PATIENT = ((10, 6.9), (55, 47.5), (220, 205.0), (1000, 967.0))
IMPATIENT = ((10, 7.8), (55, 50.0), (220, 209.0), (1000, 976.0))
CASES = (
    *(Case(agents, load) for agents, load in PATIENT),
    *(Case(agents, load, patience_s=120.0) for agents, load in IMPATIENT),
    *(Case(agents, load, has_priorities=True) for agents, load in PATIENT),
)
"""The share of callers who wait is between 0.2 and 0.4 in each."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is, in relaxation times of its queue."""

    warm_up: float = 10.0
    batch: float = 20.0
    batches: int = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of one case."""

    name: str
    exact: float
    simulated: Interval

    @property
    def agrees(self) -> bool:
        """Whether the exact value lies within the simulated interval."""
        return self.simulated.holds(self.exact)


def run(seed: int, say: Callable[[str], None]) -> list[Figure]:
    """Simulate all cases at full length and return what came out."""
    figures, calls, began = [], 0, time.process_time()
    for case in CASES:
        visits = simulate(case, Length(), seed)
        calls += len(visits)
        figures += [_figure(check) for check in checks(case, Length(), visits)]
        say(f"{case.name}: {len(visits):,} calls")
    spent_s = time.process_time() - began
    note = f"{calls:,} calls that were counted"
    return [*figures, Figure("calls_per_cpu_s", round(calls / spent_s), "1/s", None, note)]


def _figure(check: Check) -> Figure:
    verdict = "agrees" if check.agrees else "DISAGREES"
    note = f"{verdict}: 99 % interval ± {check.simulated.half:.3g}; the baseline is exact"
    return Figure(check.name, check.simulated.mean, "", check.exact, note)


# ---------------------------------------------------------------- the run


def simulate(case: Case, length: Length, seed: int) -> list[Visit]:
    """Return the counted visits of one run, in the order in which they ended."""
    begins_at, ends_at = _counted(case, length)
    streams = [
        Stream(
            Kind(name, LINE, priority=1 if case.has_priorities and name == FIRST else 0),
            (Rate(0, load / AHT_S * 3_600), Rate(ends_at, 0)),
            Exponential(AHT_S * 1_000),
            patience=Exponential(case.patience_s * 1_000) if case.patience_s else None,
        )
        for name, load in case.loads.items()
    ]
    scenario = Scenario(
        name=case.name,
        queues={LINE: endless_line()},
        pools={PoolId("main"): PoolRules(strict_priorities=True)},
        crowd=BusyAtFirst(RandomCrowd(streams), round(case.load)),
        shifts=[Shift(_profile(n), 0, ENDLESS_MS) for n in range(case.agents)],
        counted=(begins_at, ends_at),
    )
    return Day(scenario, scenario.crowd.callers(str(seed)), Random(seed)).run().visits


def endless_line() -> QueueRules:
    """Return the rules of a queue as theory knows it: no rings, no limits."""
    return QueueRules(LINE, "Line", wrap_up_ms=0, max_wait_ms=ENDLESS_MS, announce_every_ms=0)


def _profile(number: int) -> AgentProfile:
    return AgentProfile(AgentId(f"{number:04}"), f"Agent {number}", f"PJSIP/{number}", (LINE,))


def _counted(case: Case, length: Length) -> tuple[Ms, Ms]:
    """Return the time that is counted, in milliseconds since the start."""
    unit_ms = case.relaxation_s * 1_000
    begins_at = round(length.warm_up * unit_ms)
    return begins_at, begins_at + round(length.batch * unit_ms) * length.batches


@dataclass(frozen=True, slots=True)
class BusyAtFirst:
    """A crowd of whom some come at the very start, so that a long run need not fill up first."""

    crowd: RandomCrowd
    count: int

    def callers(self, seed: str) -> Sequence[Caller]:
        """Return the callers; those of the start have talks as all others."""
        chance, stream = Random(f"{seed}/first"), self.crowd.streams[-1]
        first = [
            Caller(0, stream.kind, stream.talk.at(chance.random()), 0) for _ in range(self.count)
        ]
        return [*first, *self.crowd.callers(seed)]


# ---------------------------------------------------------------- what came out


def checks(case: Case, length: Length, visits: Sequence[Visit]) -> Iterator[Check]:
    """Yield the figures of a run beside their exact values."""
    begins_at, ends_at = _counted(case, length)
    for kind, exact in case.theory().items():
        batches: list[list[Visit]] = [[] for _ in range(length.batches)]
        for visit in visits:
            if visit.kind == kind:
                place = (visit.at - begins_at) * length.batches // (ends_at - begins_at)
                batches[place].append(visit)
        name = f"{case.name}.{kind}" if case.has_priorities else case.name
        for figure, true, measure in _measures(case, kind, exact):
            yield Check(f"{name}.{figure}", true, interval([measure(each) for each in batches]))


def _measures(
    case: Case, kind: str, exact: QueueTheory
) -> Iterator[tuple[str, float, Callable[[Sequence[Visit]], float]]]:
    asa_s = exact.asa_s if exact.answered_asa_s is None else exact.answered_asa_s
    limit_ms = round(case.threshold_s(kind) * 1_000)

    def in_time(visits: Sequence[Visit]) -> float:
        served = sum(v.wait_ms <= limit_ms and v.end == ANSWERED for v in visits)
        return served / len(visits)

    yield "service_level", exact.service_level, in_time
    yield "wait_probability", exact.wait_probability, _waited
    yield "asa_s", asa_s, _asa_s
    yield "abandoned", exact.abandoned, _abandoned


def _waited(visits: Sequence[Visit]) -> float:
    return sum(v.wait_ms > 0 for v in visits) / len(visits)


def _asa_s(visits: Sequence[Visit]) -> float:
    waits = [v.wait_ms for v in visits if v.end == ANSWERED]
    return sum(waits) / len(waits) / 1_000


def _abandoned(visits: Sequence[Visit]) -> float:
    return sum(v.end == ABANDONED for v in visits) / len(visits)
