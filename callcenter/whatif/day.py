"""One day on a virtual clock: the real pools route drawn callers to drawn agents.

Theory of operation. The only clock is the next thing that happens: a caller arrives or gives up,
a phone is picked up, a talk or the after-call work ends, a shift begins or ends, or a pool wants to
be woken. What follows from it is decided by ``callcenter.core.acd.decide`` exactly as in the
service; the day only answers what the pool tells its calls, and writes down what became of each
caller.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Any, NamedTuple

from callcenter.core.acd.decide import decide, wake
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import AgentLoggedIn, AgentLoggedOut, OfferAccepted
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
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
from callcenter.core.acd.offer_end_messages import AgentNotAnswering, OfferEnd
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import QueueGaveUp
from callcenter.core.acd.wrap_up_messages import WrapUpEnded, WrapUpStarted
from callcenter.core.addressees import pool_asked
from callcenter.core.ids import AgentId, CallId, Ms, PoolId, QueueId
from callcenter.whatif.scenario import Caller, Scenario, Shift

NOTICED_AFTER_MS: Ms = 60_000
"""So long it takes an agent to see that they were paused for missing calls."""
NEVER: Ms = 2**62
ANSWERED = "answered"
ABANDONED = "abandoned"


class Visit(NamedTuple):
    """What became of one caller."""

    at: Ms
    queue_id: QueueId
    kind: str
    wait_ms: Ms
    end: str
    """"answered", "abandoned", or why the queue gave the caller back: "timed_out", "unstaffed"."""


class Event(NamedTuple):
    """Something that is going to happen."""

    at: Ms
    order: int
    act: Callable[[Any, Ms], None]
    data: object


@dataclass(slots=True)
class Outcome:
    """What happened on a day."""

    visits: list[Visit] = field(default_factory=list)
    """In the order in which callers left their queue; only those who are counted."""
    busy_ms: Ms = 0
    """Talks and after-call work of all agents in the time that is counted."""
    staffed_ms: Ms = 0
    """How long all agents were logged in, in the time that is counted."""


class Day:
    """One day; run it once."""

    def __init__(self, scenario: Scenario, callers: Sequence[Caller], chance: Random) -> None:
        """Prepare the day.

        Args:
            scenario: The rules and the agents.
            callers: In the order of arrival.
            chance: For what is not drawn with the callers: second and later offers.
        """
        self._scenario = scenario
        self._callers = callers
        self._chance = chance
        self._pools = _pools(scenario)
        self._pool_of = {q: self._pools[rules.pool_id] for q, rules in scenario.queues.items()}
        self._events: list[Event] = []
        self._order = itertools.count()
        self._waiting: set[int] = set()
        """Numbers of the callers who wait."""
        self._since: dict[tuple[str, AgentId], Ms] = {}
        """Since when agents are "staffed" and "busy"."""
        self._outcome = Outcome()
        self._follow: Mapping[type, Callable[[Any, Pool], None]] = {
            OfferAccepted: self._talk,
            WrapUpStarted: self._wrap_up,
            WrapUpEnded: self._end_work,
            AgentLoggedIn: self._come,
            AgentLoggedOut: self._leave,
            CallOfferedToAgent: self._ring,
            QueueGaveUp: self._given_back,
            AgentNotAnswering: self._away,
        }
        """What to do about facts and messages; all others change nothing here."""
        self._now: Ms = scenario.midnight_at

    def run(self) -> Outcome:
        """Run until the last caller has left and return what happened."""
        midnight_at = self._scenario.midnight_at
        for shift in self._scenario.shifts:
            self._plan(midnight_at + shift.begins_at, self._begin_shift, shift)
            self._plan(midnight_at + shift.ends_at, self._end_shift, shift)
        for number, caller in enumerate(self._callers):
            self._run_until(midnight_at + caller.at)
            self._arrive(number, caller)
        self._run_until(NEVER)
        for what, agent_id in list(self._since):
            self._stop_clock(what, agent_id)
        return self._outcome

    # ------------------------------------------------------------ time

    def _run_until(self, until: Ms) -> None:
        """Let all happen that comes before an instant, and at it."""
        events, pools = self._events, self._pools.values()
        while events or self._waiting:
            at = events[0].at if events else NEVER
            due = at
            for pool in pools:
                alarm = pool.agenda.earliest()
                if alarm is not None and alarm < due:
                    due = alarm
            if due > until or due == NEVER:
                break
            self._now = max(self._now, due)
            if due < at:
                self._wake()
            else:
                event = heappop(events)
                event.act(event.data, event.at)
        self._now = max(self._now, until) if until < NEVER else self._now

    def _wake(self) -> None:
        for pool in self._pools.values():
            alarm = pool.agenda.earliest()
            if alarm is not None and alarm <= self._now:
                self._take_over(wake(pool, self._now))

    def _plan(self, at: Ms, act: Callable[[Any, Ms], None], data: object) -> None:
        heappush(self._events, Event(at, next(self._order), act, data))

    # ------------------------------------------------------------ inputs

    def _tell(self, pool: Pool, message: PoolInput) -> None:
        self._take_over(decide(pool, message, self._now))

    def _take_over(self, decision: Decision) -> None:
        follow = self._follow
        for said in itertools.chain(decision.facts, decision.tells):
            act = follow.get(type(said))
            if act is not None:
                act(said, decision.pool)

    def _begin_shift(self, shift: Shift, at: Ms) -> None:
        del at
        agent_id = shift.profile.agent_id
        for message in (
            LogInRequested(shift.profile),
            DeskFound(agent_id),
            ReadyRequested(agent_id),
        ):
            self._tell(pool_asked(self._pools, message), message)

    def _end_shift(self, shift: Shift, at: Ms) -> None:
        del at
        message = LogOutRequested(shift.profile.agent_id)
        self._tell(pool_asked(self._pools, message), message)

    def _arrive(self, number: int, caller: Caller) -> None:
        kind = caller.kind
        self._waiting.add(number)
        entered = CallEntered(
            CallId(str(number)), number + 1, kind.queue_id, kind.priority, kind.requires
        )
        self._tell(self._pool_of[kind.queue_id], entered)
        if caller.patience_ms is not None and number in self._waiting:
            self._plan(self._now + caller.patience_ms, self._give_up, number)

    def _give_up(self, number: int, at: Ms) -> None:
        del at
        if number in self._waiting:
            queue_id = self._callers[number].kind.queue_id
            self._note(number, ABANDONED)
            self._tell(self._pool_of[queue_id], CallWithdrawn(CallId(str(number))))

    def _pick_up(self, offer: tuple[Pool, PoolInput], at: Ms) -> None:
        del at
        self._tell(*offer)

    # ------------------------------------------------------------ what follows

    def _ring(self, offer: CallOfferedToAgent, pool: Pool) -> None:
        """Let the agent answer, at once if the phone need not ring, or not at all."""
        caller = self._callers[int(offer.call_id)]
        ring_ms, misses = caller.ring_ms, caller.is_missed
        if offer.attempt > 1:
            ring_ms = self._scenario.answering.ring_ms
            misses = self._scenario.answering.misses(self._chance)
        if misses or ring_ms >= offer.ring_ms:
            missed = (pool, OfferFailed(offer.offer_id, OfferEnd.NO_ANSWER))
            self._plan(self._now + offer.ring_ms, self._pick_up, missed)
        elif ring_ms:
            self._plan(self._now + ring_ms, self._pick_up, (pool, OfferTaken(offer.offer_id)))
        else:
            self._tell(pool, OfferTaken(offer.offer_id))

    def _talk(self, fact: OfferAccepted, pool: Pool) -> None:
        number = int(fact.call_id)
        self._note(number, ANSWERED)
        self._since["busy", fact.agent_id] = fact.at
        ended = AgentHungUp(fact.agent_id, fact.call_id)
        self._plan(self._now + self._callers[number].talk_ms, self._pick_up, (pool, ended))

    def _wrap_up(self, fact: WrapUpStarted, pool: Pool) -> None:
        """File the after-call work in time; what takes longer is ended by the pool."""
        done_at = fact.at + self._callers[int(fact.call_id)].wrap_up_ms
        if done_at < fact.until:
            self._plan(done_at, self._pick_up, (pool, WrapUpDone(fact.agent_id, fact.call_id)))

    def _end_work(self, fact: WrapUpEnded, pool: Pool) -> None:
        del pool
        self._stop_clock("busy", fact.agent_id)

    def _away(self, fact: AgentNotAnswering, pool: Pool) -> None:
        """Let an agent whom the pool has paused for missing calls see that, and be ready again."""
        back = (pool, ReadyRequested(fact.agent_id))
        self._plan(self._now + NOTICED_AFTER_MS, self._pick_up, back)

    def _come(self, fact: AgentLoggedIn, pool: Pool) -> None:
        del pool
        self._since.setdefault(("staffed", fact.profile.agent_id), fact.at)

    def _leave(self, fact: AgentLoggedOut, pool: Pool) -> None:
        del pool
        self._stop_clock("staffed", fact.agent_id)

    def _given_back(self, message: QueueGaveUp, pool: Pool) -> None:
        del pool
        self._note(int(message.call_id), message.reason.value)

    # ------------------------------------------------------------ notes

    def _note(self, number: int, end: str) -> None:
        """Write down that a caller does not wait any more."""
        self._waiting.discard(number)
        caller = self._callers[number]
        begins_at, ends_at = self._scenario.counted
        if begins_at <= caller.at < ends_at:
            wait_ms = self._now - self._scenario.midnight_at - caller.at
            visit = Visit(caller.at, caller.kind.queue_id, caller.kind.name, wait_ms, end)
            self._outcome.visits.append(visit)

    def _stop_clock(self, what: str, agent_id: AgentId) -> None:
        """Add what an agent did, as far as it lies in the time that is counted."""
        since = self._since.pop((what, agent_id), None)
        if since is None:
            return
        begins_at, ends_at = (self._scenario.midnight_at + at for at in self._scenario.counted)
        spent_ms = max(0, min(self._now, ends_at) - max(since, begins_at))
        if what == "busy":
            self._outcome.busy_ms += spent_ms
        else:
            self._outcome.staffed_ms += spent_ms


def _pools(scenario: Scenario) -> dict[PoolId, Pool]:
    """Return the pools, as ``core.centre`` makes them."""
    return {
        pool_id: Pool(
            "simulated",
            rules,
            {q: queue for q, queue in scenario.queues.items() if queue.pool_id == pool_id},
        )
        for pool_id, rules in scenario.pools.items()
    }
