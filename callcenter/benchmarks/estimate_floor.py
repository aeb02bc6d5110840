"""A day on the floor for ``callcenter bench estimate``: the real pool, seeded callers and agents.

Every caller who gives up leaves a patient twin behind: one who would have stayed. The twin takes
nobody's time; when an agent who may serve it turns to somebody behind it, or is free, its wait is
over. So waits are known of all callers, not of the patient or lucky ones only.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from random import Random

from callcenter.core.acd.comfort_messages import PositionTold
from callcenter.core.acd.decide import decide, wake
from callcenter.core.acd.facts import OfferAccepted, OfferMade, PoolFact
from callcenter.core.acd.line import Place
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallWithdrawn,
    DeskFound,
    LogInRequested,
    LogOutRequested,
    OfferFailed,
    OfferTaken,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.model import Requirements, WaitingCall
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.order import place
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool, deadlines
from callcenter.core.acd.queue_messages import CallDequeued
from callcenter.core.acd.wait_range import WaitRange
from callcenter.core.acd.wrap_up_messages import WrapUpStarted
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

_MISSES = 0.02
"""Share of offers that are not answered."""
_WRAP_UP_S = 20.0
_ANNOUNCED_EVERY_MS = 45_000


@dataclass(frozen=True, slots=True)
class Stream:
    """Callers of one kind."""

    queue: str
    rates: Sequence[tuple[float, float]]
    """(until which second of the day, callers a minute)."""
    priority: int = 0
    requires: Requirements = ()
    waited_s: tuple[float, float] | None = None
    """How old their place is when they enter, between these: one who is called back."""
    talk_s: float = 180.0


def all_day(
    queue: str,
    a_minute: float,
    *,
    priority: int = 0,
    requires: Requirements = (),
    waited_s: tuple[float, float] | None = None,
    talk_s: float = 180.0,
) -> Stream:
    """Return callers who come as often all day."""
    return Stream(queue, ((math.inf, a_minute),), priority, requires, waited_s, talk_s)


@dataclass(frozen=True, slots=True)
class Staff:
    """Agents of one kind, all from the start of the day."""

    count: int
    queues: tuple[str, ...]
    skills: tuple[tuple[str, int], ...] = ()
    leave_s: tuple[float, ...] = ()
    """When one of them goes home."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day."""

    name: str
    day_s: float
    streams: Sequence[Stream]
    staff: Sequence[Staff]
    talk_spread: float = 0.8
    """Standard deviation of talks over their mean; they are log-normal."""
    patience_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected of a caller's wait, by whom, and what came true."""

    at_entry: bool
    expected: WaitRange | None
    app_queue_ms: float
    smooth_ms: float
    """app_queue's average less the wait so far, not rounded to minutes and not below 0."""
    real_ms: Ms
    served: bool


@dataclass(slots=True)
class _Caller:
    call: WaitingCall
    pick_up_ms: Ms
    talk_ms: Ms
    told: list[tuple[Ms, WaitRange | None, float, float]] = field(default_factory=list)


class AppQueueAverage:
    """app_queue's estimated hold time: of 22.x, apps/app_queue.c, recalc_holdtime and its use."""

    def __init__(self) -> None:
        self.average_s = 0

    def answered(self, wait_ms: Ms) -> None:
        """Count an answered caller; whole seconds, the last one counts a quarter."""
        self.average_s = (3 * self.average_s + wait_ms // 1_000) >> 2

    def announced_ms(self, waited_ms: Ms) -> float:
        """Return the minutes it announces: |average + 30 s - waited| / 60, in ms."""
        return abs(self.average_s + 30 - waited_ms // 1_000) // 60 * 60_000.0

    def smooth_ms(self, waited_ms: Ms) -> float:
        """Return what it might announce without its rounding and without its sign error."""
        return max(0.0, self.average_s * 1_000.0 - waited_ms)


class EstimateFloor:
    """One scenario on the real pool."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.predictions: list[Prediction] = []
        self.pool = Pool("estimate", PoolRules(misses_before_pause=0), dict(_rules(scenario)))
        self._random = Random(f"{scenario.name}/{seed}")
        self._now: Ms = 0
        self._coming: list[tuple[Ms, int, Callable[[], None]]] = []
        self._order = 0
        self._calls = 0
        self._callers: dict[CallId, _Caller] = {}
        self._twins: dict[CallId, _Caller] = {}
        self._averages = {queue_id: AppQueueAverage() for queue_id in self.pool.queues}

    def run(self) -> list[Prediction]:
        """Run the day and return what was predicted in it; the first tenth of it is left out."""
        for number, staff in enumerate(self.scenario.staff):
            self._hire(number, staff)
        for stream in self.scenario.streams:
            self._plan_next(stream, 0.0)
        while self._step():
            pass
        return self.predictions

    # ------------------------------------------------------------ events

    def _step(self) -> bool:
        due = min(deadlines(self.pool), default=None)
        if due is not None and (not self._coming or due <= self._coming[0][0]):
            if due > self._day_ms * 2:
                return False
            self._now = max(self._now, due)
            self._follow(wake(self.pool, self._now).facts, ())
            return True
        if not self._coming:
            return False
        self._now, _, happen = heappop(self._coming)
        happen()
        return True

    @property
    def _day_ms(self) -> Ms:
        return round(self.scenario.day_s * 1_000)

    def _plan(self, after_ms: float, happen: Callable[[], None]) -> None:
        self._order += 1
        heappush(self._coming, (self._now + round(after_ms), self._order, happen))

    def _turn(self, event: PoolInput) -> None:
        decision = decide(self.pool, event, self._now)
        self._follow(decision.facts, decision.tells)

    def _follow(self, facts: Sequence[PoolFact], tells: Sequence[object]) -> None:
        del tells
        for fact in facts:
            match fact:
                case PositionTold():
                    self._predict(fact)
                case OfferMade():
                    self._ring(fact)
                case OfferAccepted():
                    self._answered(fact)
                case CallDequeued():
                    self._callers.pop(fact.call_id, None)
                case WrapUpStarted():
                    self._wrap_up(fact)
                case _:
                    pass
        self._end_twins()

    # ------------------------------------------------------------ callers

    def _plan_next(self, stream: Stream, from_s: float) -> None:
        """Plan the next arrival, by thinning a Poisson stream of the highest rate."""
        highest = max(rate for _, rate in stream.rates) / 60
        at_s = from_s
        while at_s < self.scenario.day_s:
            at_s += self._random.expovariate(highest)
            rate = next((rate for until, rate in stream.rates if at_s < until), 0.0) / 60
            if self._random.random() * highest < rate:
                self._plan(at_s * 1_000 - self._now, partial(self._arrive, stream, at_s))
                return

    def _arrive(self, stream: Stream, at_s: float) -> None:
        self._plan_next(stream, at_s)
        self._calls += 1
        call_id = CallId(f"{self._calls:06}")
        aged_ms = round(self._random.uniform(*stream.waited_s) * 1_000) if stream.waited_s else 0
        entered_at = self._now - aged_ms
        call = WaitingCall(
            call_id, self._calls, QueueId(stream.queue), stream.priority, stream.requires,
            entered_at, self._now, 0, None,
        )  # fmt: skip
        pick_up_ms = round(self._random.uniform(2, 6) * 1_000)
        self._callers[call_id] = _Caller(call, pick_up_ms, self._talk_ms(stream.talk_s))
        patience_ms = self._random.expovariate(1 / self.scenario.patience_s) * 1_000
        self._plan(patience_ms, lambda: self._give_up(call_id))
        self._turn(
            CallEntered(
                call_id, self._calls, call.queue_id, call.priority, call.requires,
                entered_at=entered_at,
            )
        )  # fmt: skip

    def _talk_ms(self, mean_s: float) -> Ms:
        variance = math.log(1 + self.scenario.talk_spread**2)
        return round(
            self._random.lognormvariate(math.log(mean_s) - variance / 2, math.sqrt(variance)) * 1000
        )

    def _give_up(self, call_id: CallId) -> None:
        if call_id in self.pool.waiting:
            self._twins[call_id] = self._callers[call_id]
            self._turn(CallWithdrawn(call_id))

    # ------------------------------------------------------------ agents

    def _hire(self, number: int, staff: Staff) -> None:
        for count in range(staff.count):
            agent_id = AgentId(f"{number}-{count:03}")
            profile = AgentProfile(
                agent_id, agent_id, f"PJSIP/{agent_id}",
                tuple(QueueId(name) for name in staff.queues), dict(staff.skills),
            )  # fmt: skip
            for event in (LogInRequested(profile), DeskFound(agent_id), ReadyRequested(agent_id)):
                self._turn(event)
            if count < len(staff.leave_s):
                gone = LogOutRequested(agent_id)
                self._plan(staff.leave_s[count] * 1_000, partial(self._turn, gone))

    def _ring(self, fact: OfferMade) -> None:
        offer_id = fact.offer_id
        call = self._callers[fact.call_id]
        self._pass_by(call.call, fact.agent_id)
        if self._random.random() < _MISSES:
            ring_ms = self.pool.queues[call.call.queue_id].ring_ms
            self._plan(ring_ms, lambda: self._missed(offer_id))
        else:
            self._plan(call.pick_up_ms, lambda: self._turn(OfferTaken(offer_id)))

    def _missed(self, offer_id: OfferId) -> None:
        self._turn(OfferFailed(offer_id, OfferEnd.NO_ANSWER))

    def _answered(self, fact: OfferAccepted) -> None:
        caller = self._callers.pop(fact.call_id)
        self._averages[fact.queue_id].answered(fact.at - caller.call.queued_at)
        self._note(caller, fact.at, served=True)
        hung_up = AgentHungUp(fact.agent_id, fact.call_id)
        self._plan(caller.talk_ms, lambda: self._turn(hung_up))

    def _wrap_up(self, fact: WrapUpStarted) -> None:
        done = WrapUpDone(fact.agent_id, fact.call_id)
        self._plan(self._random.expovariate(1 / _WRAP_UP_S) * 1_000, lambda: self._turn(done))

    # ------------------------------------------------------------ what is expected, what is true

    def _predict(self, fact: PositionTold) -> None:
        caller = self._callers[fact.call_id]
        average = self._averages[caller.call.queue_id]
        waited_ms = self._now - caller.call.queued_at
        caller.told.append(
            (self._now, fact.expects, average.announced_ms(waited_ms), average.smooth_ms(waited_ms))
        )

    def _note(self, caller: _Caller, answered_at: Ms, *, served: bool) -> None:
        for told_at, expected, app_queue_ms, smooth_ms in caller.told:
            if told_at >= self._day_ms / 10:
                at_entry = told_at == caller.call.queued_at
                real_ms = answered_at - told_at
                self.predictions.append(
                    Prediction(at_entry, expected, app_queue_ms, smooth_ms, real_ms, served)
                )

    def _pass_by(self, call: WaitingCall, agent_id: AgentId) -> None:
        """End the waits of the twins before whom an agent takes somebody else."""
        pool, taken = self.pool, self._place(call)
        for call_id, twin in list(self._twins.items()):
            is_able = pool.matcher.serves(agent_id, pool.demand(twin.call))
            if self._place(twin.call) < taken and is_able:
                self._end_twin(call_id)

    def _place(self, call: WaitingCall) -> Place:
        return place(call, self.pool.rules, self.pool.queues[call.queue_id])

    def _end_twins(self) -> None:
        for call_id, twin in list(self._twins.items()):
            if self.pool.agent_for(twin.call) is not None:
                self._end_twin(call_id)

    def _end_twin(self, call_id: CallId) -> None:
        twin = self._twins.pop(call_id)
        self._note(twin, self._now + twin.pick_up_ms, served=False)


def _rules(scenario: Scenario) -> Iterator[tuple[QueueId, QueueRules]]:
    for name in sorted({stream.queue for stream in scenario.streams}):
        queue_id = QueueId(name)
        yield (
            queue_id,
            QueueRules(
                queue_id,
                name,
                max_wait_ms=86_400_000,
                announce_every_ms=_ANNOUNCED_EVERY_MS,
                announce_estimate=True,
            ),
        )
