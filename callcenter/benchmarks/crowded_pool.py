"""What one input costs a routing pool, by how many agents, skill sets and waiting callers it has.

Skills overlap as in life: each agent has 1 to 5 of 40, each call needs 1 to 3 of those that some
agent has together. A pool is filled, then callers are served one after the other: each is four
inputs (a caller enters, an agent answers, hangs up, files the after-call work), with all facts,
what an offer records of its candidates, and the pool's own state kept. Only the decisions are
timed, in CPU time of this process.
"""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from callcenter.benchmarks.figures import Figure
from callcenter.core.acd.decide import decide
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    LogInRequested,
    OfferTaken,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

QUEUE = QueueId("main")
_SKILLS = tuple(f"skill-{number:02}" for number in range(40))
_KINDS = 300
"""Different requirements that calls have: as many as flows have queue nodes, and more."""
_IDLE = 0.3
"""The share of agents who are free where nobody waits."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The size of a pool."""

    agents: int
    skill_sets: int
    waiting: int
    """Callers in line; 0: three tenths of the agents are free instead."""

    @property
    def name(self) -> str:
        """For the figures."""
        return f"agents_{self.agents}.sets_{self.skill_sets}.waiting_{self.waiting}"


CROWDS = tuple(
    Crowd(agents, sets, waiting)
    for agents, sets in ((100, 100), (1_000, 1_000), (10_000, 1_000), (10_000, 10_000))
    for waiting in (0, 100, 10_000, 100_000)
)


def run(seed: int, crowds: tuple[Crowd, ...] = CROWDS, served: int = 4_000) -> Iterator[Figure]:
    """Yield the inputs a second of each crowd."""
    for crowd in crowds:
        pool = CrowdedPool(crowd, seed)
        cpu_s = pool.serve(served)
        yield Figure(
            metric=f"pool_inputs_per_s.{crowd.name}",
            value=round(pool.inputs / cpu_s),
            unit="1/s",
            note=f"{1e6 * cpu_s / pool.inputs:.1f} us an input, {len(pool.kinds)} kinds of calls",
        )


class CrowdedPool:
    """A pool that is filled, and callers who are served one after the other."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.pool = Pool("bench", PoolRules(), {QUEUE: _rules()})
        self._random = Random(seed)
        self._now: Ms = 1_000_000
        self._calls = 0
        self._lets_wait = crowd.waiting > 0
        self.inputs = 0
        sets = self._skill_sets(crowd.skill_sets)
        self.kinds = self._kinds(sets)
        self._offers: list[tuple[AgentId, CallId, OfferId]] = []
        self._fill(crowd, sets)

    def serve(self, callers: int) -> float:
        """Serve so many callers and return the CPU seconds of all decisions."""
        self.inputs = 0
        gc.collect()
        gc.freeze()
        began = time.process_time()
        for _ in range(callers):
            self._now += 7
            if not self._enter() or not self._offers:
                continue  # nobody for this caller, so nobody else is served for it
            index = self._random.randrange(len(self._offers))
            agent_id, call_id, offer_id = self._offers[index]
            self._offers[index] = self._offers[-1]
            self._offers.pop()
            self._tell(OfferTaken(offer_id))
            self._tell(AgentHungUp(agent_id, call_id))
            self._tell(WrapUpDone(agent_id, call_id))
        cpu_s = time.process_time() - began
        gc.unfreeze()
        return cpu_s

    def _tell(self, event: PoolInput) -> None:
        self.inputs += 1
        for told in decide(self.pool, event, self._now).tells:
            if isinstance(told, CallOfferedToAgent):
                self._offers.append((told.agent_id, told.call_id, told.offer_id))

    def _enter(self) -> bool:
        """Let a caller enter; say whether they were offered or wait."""
        self._calls += 1
        wants = self._random.choice(self.kinds)
        call_id = CallId(f"call-{self._calls}")
        self._tell(CallEntered(call_id, self._calls, QUEUE, self._random.choice((0, 0, 1)), wants))
        call = self.pool.waiting[call_id]
        if not self._lets_wait and call.offer_id is None:
            self._tell(CallWithdrawn(call_id))  # so that nobody waits beside the free agents
            return False
        return True

    def _fill(self, crowd: Crowd, sets: list[dict[str, int]]) -> None:
        agents = [AgentId(f"agent-{number:05}") for number in range(crowd.agents)]
        for number, agent_id in enumerate(agents):
            profile = AgentProfile(agent_id, "", "", (QUEUE,), sets[number % len(sets)])
            self._tell(LogInRequested(profile))
            self._tell(DeskFound(agent_id))
        if crowd.waiting:
            # So many that each agent finds somebody, and the line stays as long as wanted.
            for _ in range(crowd.waiting + crowd.agents):
                self._enter()
        for agent_id in agents:
            self._now += 1
            self._tell(ReadyRequested(agent_id))
        while not crowd.waiting and len(self._offers) < (1 - _IDLE) * crowd.agents:
            self._enter()

    def _skill_sets(self, count: int) -> list[dict[str, int]]:
        """Return so many different sets of skills."""
        found: dict[tuple[tuple[str, int], ...], None] = {}
        while len(found) < count:
            skills = self._random.sample(_SKILLS, self._random.randint(1, 5))
            found[tuple(sorted((skill, self._random.randint(1, 10)) for skill in skills))] = None
        return [dict(each) for each in found]

    def _kinds(self, sets: list[dict[str, int]]) -> list[tuple[tuple[str, int], ...]]:
        """Return what calls need: always what some agent has together, at half the level."""
        found: dict[tuple[tuple[str, int], ...], None] = {}
        for _ in range(20 * _KINDS):
            able = self._random.choice(sets)
            some = self._random.sample(sorted(able), min(len(able), self._random.randint(1, 3)))
            found[tuple(sorted((skill, max(1, able[skill] // 2)) for skill in some))] = None
            if len(found) == _KINDS:
                break
        return list(found)


def _rules() -> QueueRules:
    return QueueRules(QUEUE, "Main", max_wait_ms=8 * 3_600_000, announce_every_ms=0)
