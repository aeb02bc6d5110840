"""How many inputs a second the router can take: whole turns of the core, one process, one core.

A seeded floor makes the inputs: callers hear a menu, press a key, wait, talk, and the agents file
their after-call work. Only the turns are timed, in CPU time of this process, so a busy machine
does not spoil the figure. Journal, PBX and pages are not part of it.
"""

import time
from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from callcenter.benchmarks import crowded_pool
from callcenter.benchmarks.figures import Figure
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.wrap_up_messages import WrapUpStarted
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import (
    Announce,
    ConnectLegs,
    PlayPrompts,
    RingAgent,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    DigitPressed,
    LegAnswered,
    LegRinging,
    PlaybackEnded,
    Presentation,
    WrapUpSubmitted,
)
from callcenter.core.centre import Centre, take_turn, wake
from callcenter.core.ids import AgentId, CallId, LegId, Ms, PoolId, QueueId
from callcenter.core.plan import Plan, PoolRules, QueueRules, ServiceNumber
from callcenter.core.turn import Fact, Input, NotOurs, Turn
from ivr_flows.load import load_flow

_TALK_S = 180.0
_WRAP_UP_S = 20.0
_LOAD = 0.9
"""The share of their time for which the agents have work."""
_DAY_S = 8 * 3_600

_FLOW = """
flow: line-{n}
start: menu
nodes:
  menu: {{menu: {{prompts: [main_menu], keys: {{"1": line}}, otherwise: line}}}}
  line: {{queue: {{name: queue-{n}, timed_out: bye, unstaffed: bye}}}}
  bye: {{hang_up: []}}
"""


def run(seed: int = 1) -> list[Figure]:
    """Measure the router and return its figures."""
    figures = [_inputs_per_s(agents, seed) for agents in (220, 2_000, 10_000)]
    return [*figures, _fold_day_s(seed), *crowded_pool.run(seed)]


def _inputs_per_s(agents: int, seed: int, timed_calls: int = 3_000) -> Figure:
    gap_s = (_TALK_S + _WRAP_UP_S) / (agents * _LOAD)
    floor = BusyFloor(agents, gap_s, seed)
    floor.run(calls=agents + timed_calls, untimed=agents)
    return Figure(
        metric=f"inputs_per_s.agents_{agents}",
        value=round(floor.inputs / floor.cpu_s),
        unit="1/s",
        baseline=round(floor.inputs / floor.virtual_s, 1),
        note=f"{floor.inputs} inputs; the baseline is what this floor makes in a second",
    )


def _fold_day_s(seed: int, calls: int = 20_000) -> Figure:
    floor = BusyFloor(220, _DAY_S / calls, seed, keeps_facts=True)
    floor.run(calls=calls, untimed=0)
    began = time.process_time()
    fold(floor.centre.setting, floor.journal)
    return Figure(
        metric="fold_day_s",
        value=round(time.process_time() - began, 2),
        unit="s",
        baseline=None,
        note=f"{calls} calls, {len(floor.journal)} facts, without snapshots",
    )


def fold(setting: Setting, journal: list[tuple[str, Fact]]) -> Centre:
    """Return a centre folded from facts alone."""
    centre = Centre(setting)
    for stream, fact in journal:
        centre.evolve(stream, fact)
    return centre


def plan(queues: int) -> Plan:
    """Return a declaration with so many queues, each with a number and a flow of its own."""
    names = [QueueId(f"queue-{n}") for n in range(queues)]
    flows = [load_flow(_FLOW.format(n=n), f"line-{n}") for n in range(queues)]
    return Plan(
        queues={name: QueueRules(name, name, max_wait_ms=3_600_000) for name in names},
        numbers={str(n): ServiceNumber(str(n), f"Line {n}", f"line-{n}") for n in range(queues)},
        flows={flow.flow_id: flow for flow in flows},
        default_flow_id="line-0",
        pools={PoolId("main"): PoolRules()},
    )


class BusyFloor:
    """A centre, and the people and the PBX around it as a heap of events still to come."""

    def __init__(self, agents: int, gap_s: float, seed: int, *, keeps_facts: bool = False) -> None:
        self.queues = max(2, agents // 50)
        self.centre = Centre(Setting("bench", plan(self.queues)))
        self.journal: list[tuple[str, Fact]] = []
        """All facts, if they are kept: a node hands them on, and so do the timed turns."""
        self._keeps_facts = keeps_facts
        self.inputs = 0
        self.cpu_s = 0.0
        self.virtual_s = 0.0
        self._gap_s = gap_s
        self._random = Random(seed)
        self._now: Ms = 0
        self._order = 0
        self._coming: list[tuple[Ms, int, Input]] = []
        self._left = 0
        for event in self._staff(agents):
            self._turn(event)

    def run(self, calls: int, untimed: int) -> None:
        """Let callers come and go until all are served.

        Args:
            calls: How many callers in all.
            untimed: How many of them fill the floor before the clock runs.
        """
        self._left = calls
        self._plan(self._gap_s, self._caller())
        began_at: Ms | None = None
        while self._coming and (self._left or began_at is not None):
            if began_at is None and self._left <= calls - untimed:
                began_at, self.inputs, self.cpu_s = self._now, 0, 0.0
            self._step()
            if not self._left and untimed:
                break  # the floor runs empty: that is not what is measured
        self.virtual_s = (self._now - (began_at or 0)) / 1_000

    def _step(self) -> None:
        due = min(self.centre.deadlines(), default=None)
        if due is not None and due <= self._coming[0][0]:
            self._now = max(self._now, due)
            for who in list(self.centre.due(self._now)):
                self._turn(who)
            return
        self._now, _, event = heappop(self._coming)
        if isinstance(event, CallerArrived):
            self._left -= 1
            if self._left:
                self._plan(self._random.expovariate(1 / self._gap_s), self._caller())
        self._turn(event)

    def _turn(self, event: Input | CallId | PoolId) -> None:
        turn = Turn()
        began = time.process_time()
        try:
            if isinstance(event, str):
                wake(self.centre, event, self._now, turn)
            else:
                take_turn(self.centre, event, self._now, turn)
        except NotOurs:
            pass  # a key or the end of a prompt that came late, as in life
        self.cpu_s += time.process_time() - began
        self.inputs += 1
        if self._keeps_facts:
            self.journal += turn.facts
        for effect in turn.telephony:
            self._follow(effect)
        for _, fact in turn.facts:
            if isinstance(fact, WrapUpStarted):
                filed = WrapUpSubmitted(fact.agent_id, fact.call_id, "resolved", "")
                self._plan(min(50.0, self._random.expovariate(1 / _WRAP_UP_S)), filed)

    # ------------------------------------------------------------ people and PBX

    def _follow(self, effect: TelephonyEffect) -> None:
        match effect:
            case PlayPrompts():
                self._plan(2.0, DigitPressed(effect.leg_id, "1"))
            case Announce():
                self._plan(3.0, PlaybackEnded(effect.playback_id))
            case RingAgent():
                self._plan(0.005, LegRinging(effect.leg_id))
                self._plan(self._random.uniform(1, 6), LegAnswered(effect.leg_id))
            case ConnectLegs():
                gone = CallerGone(effect.leg_ids[0], CallerEnd.HUNG_UP)
                self._plan(self._random.expovariate(1 / _TALK_S), gone)
            case _:
                pass

    def _plan(self, after_s: float, event: Input) -> None:
        self._order += 1  # equal instants happen in the order in which they were planned
        heappush(self._coming, (self._now + round(after_s * 1_000), self._order, event))

    def _caller(self) -> CallerArrived:
        number = str(self._random.randrange(self.queues))
        leg_id = LegId(f"caller-{self._order}")
        return CallerArrived(leg_id, "+12025550123", Presentation.ALLOWED, "", number)

    def _staff(self, agents: int) -> Iterator[Input]:
        for number in range(agents):
            agent_id = AgentId(f"agent-{number:05}")
            first = number % self.queues
            serves = tuple(QueueId(f"queue-{(first + k) % self.queues}") for k in range(3))
            skills = {"french": 1 + number % 3} if number % 4 == 0 else {}
            profile = AgentProfile(agent_id, agent_id, f"PJSIP/{number}", serves[:3], skills)
            yield from (LogInRequested(profile), DeskFound(agent_id), ReadyRequested(agent_id))
