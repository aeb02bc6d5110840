"""What a pool has learnt of each queue, folded from its facts, for the estimate of waits.

Talks, after-call work and ringing take time; callers give up; some come who go before others; and
what was told of waits was right or not. All of it is a few hundred numbers a queue however many
calls there were, decays so that the recent counts more, and is kept in the pool's snapshots.
"""

import math
from collections.abc import Callable, Mapping

from callcenter.core.acd.facts import CallQueued, OfferAccepted, PoolFact
from callcenter.core.acd.model import Agent, KeptExperience, Offer, PoolKept, WaitingCall
from callcenter.core.acd.offer_end_messages import OfferClosed
from callcenter.core.acd.people import Activity
from callcenter.core.acd.queue_messages import CallDequeued
from callcenter.core.acd.sketches import Durations, Rate, Renewals, renewals
from callcenter.core.acd.wrap_up_messages import WrapUpEnded, WrapUpStarted
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import QueueRules

PRIOR_TALK_MS = 180_000.0
PRIOR_WRAP_UP_MS = 20_000.0
PRIOR_RING_MS = 5_000.0
PRIOR_WEIGHT = 3.0
"""As how many calls the guesses count: they are overruled within the first hour."""
PRIOR_LEFT = 0.25
PRIOR_LINE_MS = 600_000.0
"""Until there is data: a quarter of a caller gives up in ten minutes of waiting."""
_LINE_HALVED_AT_MS = 12 * 3_600_000.0
_ACCURACY_HALVED_AT = 1_000
NORMAL_80 = 0.8416
"""The 80th percentile of the normal distribution."""
_BEND = 0.03
_NARROWEST_Z, _WIDEST_Z = 0.2, 3.0
_MOST_PRIORITIES = 16
CAME_BACK_MS = 1_000
"""A place so much older than the entry is that of one who came back."""


TAUGHT_BY = frozenset(
    (CallQueued, CallDequeued, OfferAccepted, OfferClosed, WrapUpStarted, WrapUpEnded)
)
"""The facts that something is learnt from; asked for each fact, so that the others cost nothing."""


class Accuracy:
    """How right the waits were that were expected at entry; about the last 1000 answered."""

    __slots__ = ("answered", "counted", "error_ms", "off_ms", "within")

    def __init__(self) -> None:
        self.answered = 0
        """All answered callers of whom a wait was expected."""
        self.counted = 0.0
        self.off_ms = 0.0
        self.error_ms = 0.0
        self.within = 0.0

    def add(self, off_ms: Ms, *, is_within: bool) -> None:
        """Count one.

        Args:
            off_ms: The likely wait less the real one.
            is_within: The real one was within the range.
        """
        if self.counted >= _ACCURACY_HALVED_AT:
            self.restore((self.answered, *(v / 2 for v in self.keep()[1:])))
        self.answered += 1
        self.counted += 1
        self.off_ms += off_ms
        self.error_ms += abs(off_ms)
        self.within += is_within

    @property
    def mean_error_ms(self) -> float:
        """Mean of how far off the likely wait was, to either side; 0 if nothing was counted."""
        return self.error_ms / self.counted if self.counted else 0.0

    @property
    def bias_ms(self) -> float:
        """Mean of the likely wait less the real one: over 0, too long was expected."""
        return self.off_ms / self.counted if self.counted else 0.0

    @property
    def coverage(self) -> float:
        """Share of the real waits within their range; 0.6 is to be expected of it."""
        return self.within / self.counted if self.counted else 0.0

    def keep(self) -> tuple[float, ...]:
        """Return all of it as a value."""
        return (self.answered, self.counted, self.off_ms, self.error_ms, self.within)

    def restore(self, kept: tuple[float, ...]) -> None:
        """Be as it was kept."""
        self.answered = int(kept[0])
        self.counted, self.off_ms, self.error_ms, self.within = kept[1:]


class QueueExperience:
    """What is known of one queue."""

    def __init__(self, rules: QueueRules) -> None:
        wrap_up_ms = min(PRIOR_WRAP_UP_MS, float(rules.wrap_up_ms))
        self.talks = Durations(PRIOR_TALK_MS, PRIOR_WEIGHT)
        self.wrap_ups = Durations(max(1.0, wrap_up_ms), PRIOR_WEIGHT)
        self.accuracy = Accuracy()
        self.priorities: dict[int, Rate] = {}
        """How many callers of a priority come."""
        self.came_back: Rate | None = None
        """Callers with an old place, and how old it was in ms."""
        self.low_z = self.high_z = NORMAL_80
        """How many standard deviations the ends of a range lie from its middle."""
        self._accepted = PRIOR_WEIGHT
        self._rang_ms = PRIOR_WEIGHT * min(PRIOR_RING_MS, rules.ring_ms)
        self._left = PRIOR_LEFT
        self._in_line_ms = PRIOR_LINE_MS

        self._renewals: Renewals | None = None
        self._renewed_for: tuple[float, ...] = ()

    def renewals(self) -> Renewals:
        """Return how often an agent who takes one caller after the other becomes free.

        Remembered until something else is learnt, so a state that was folded anew says the same.
        """
        besides_ms = self.ring_ms + self.wrap_ups.mean_ms
        known = (self.talks.weight, self.talks.mean_ms, self.talks.spread, besides_ms)
        if self._renewals is None or self._renewed_for != known:
            self._renewals = renewals(self.talks, besides_ms)
            self._renewed_for = known
        return self._renewals

    @property
    def ring_ms(self) -> float:
        """How long phones ring for a caller until one is picked up."""
        return self._rang_ms / self._accepted

    @property
    def handle_ms(self) -> float:
        """How long an agent is busy with a caller: ring, talk and after-call work."""
        return self.ring_ms + self.talks.mean_ms + self.wrap_ups.mean_ms

    @property
    def handle_square(self) -> float:
        """The mean of the squared handle time, ms²: talks and after-call work vary."""
        talks, wrap_ups = self.talks, self.wrap_ups
        varies = talks.spread * talks.mean_ms**2 + wrap_ups.spread * wrap_ups.mean_ms**2
        return varies + self.handle_ms**2

    @property
    def leave_per_ms(self) -> float:
        """How many of those in line leave it unserved in a millisecond, as a share."""
        return self._left / self._in_line_ms

    def come_per_ms(self, now: Ms) -> float:
        """Return how many callers enter in a millisecond, lately."""
        return sum(rate.per_ms(now) for rate in self.priorities.values())

    def overtake_per_ms(self, call: WaitingCall, part: Callable[[int], float], now: Ms) -> float:
        """Return how many come in a millisecond who go before a caller.

        Args:
            call: The caller.
            part: Says which part of those of a priority does, 0 to 1.
            now: The instant.
        """
        first = sum(rate.per_ms(now) * part(each) for each, rate in self.priorities.items())
        if self.came_back is None:
            return first
        age_ms = max(0, now - call.entered_at)
        older = math.exp(-age_ms / max(1.0, self.came_back.mean_amount))
        return first + self.came_back.per_ms(now) * older

    def came(self, fact: CallQueued) -> None:
        """Learn from a caller who enters."""
        if fact.at - fact.entered_at > CAME_BACK_MS:
            self.came_back = self.came_back or Rate(fact.at)
            self.came_back.add(fact.at, fact.at - fact.entered_at)
            return
        rate = self.priorities.get(fact.priority)
        if rate is None and len(self.priorities) < _MOST_PRIORITIES:
            rate = self.priorities[fact.priority] = Rate(fact.at)
        if rate is not None:
            rate.add(fact.at)

    def was_in_line(self, call: WaitingCall, at: Ms, *, gave_up: bool) -> None:
        """Learn from a caller who does not wait any more."""
        if self._in_line_ms > _LINE_HALVED_AT_MS:
            self._left, self._in_line_ms = self._left / 2, self._in_line_ms / 2
        self._left += gave_up
        self._in_line_ms += max(0, at - call.queued_at)

    def rang(self, ring_ms: Ms, *, accepted: bool) -> None:
        """Learn from an offer that is over."""
        if self._accepted > _ACCURACY_HALVED_AT:
            self._accepted, self._rang_ms = self._accepted / 2, self._rang_ms / 2
        self._accepted += accepted
        self._rang_ms += ring_ms

    def answered(self, call: WaitingCall, at: Ms) -> None:
        """Compare what was expected of a caller with what came true."""
        if call.expected is not None and call.expected_at is not None:
            wait_ms = at - call.expected_at
            is_below, is_above = wait_ms < call.expected.low_ms, wait_ms > call.expected.high_ms
            off_ms = call.expected.likely_ms - wait_ms
            self.accuracy.add(off_ms, is_within=not is_below and not is_above)
            self.low_z = _bent(self.low_z, is_beyond=is_below)
            self.high_z = _bent(self.high_z, is_beyond=is_above)

    def _sums(self) -> tuple[float, ...]:
        line = (self._accepted, self._rang_ms, self._left, self._in_line_ms)
        return (*line, self.low_z, self.high_z)

    def keep(self, queue_id: QueueId) -> KeptExperience:
        """Return all of it as a value."""
        return KeptExperience(
            queue_id,
            self.talks.keep(),
            self.wrap_ups.keep(),
            self._sums(),
            tuple((priority, rate.keep()) for priority, rate in sorted(self.priorities.items())),
            self.came_back.keep() if self.came_back else None,
            self.accuracy.keep(),
        )

    def restore(self, kept: KeptExperience) -> None:
        """Be as it was kept."""
        self.talks.restore(kept.talks)
        self.wrap_ups.restore(kept.wrap_ups)
        self._accepted, self._rang_ms, self._left, self._in_line_ms = kept.sums[:4]
        self.low_z, self.high_z = kept.sums[4:]
        for priority, rate in kept.priorities:
            self.priorities[priority] = Rate(rate.at)
            self.priorities[priority].restore(rate)
        if kept.came_back is not None:
            self.came_back = Rate(kept.came_back.at)
            self.came_back.restore(kept.came_back)
        self.accuracy.restore(kept.accuracy)


def _bent(z: float, *, is_beyond: bool) -> float:
    """Move an end of the range so that in the long run one in five lies beyond it.

    The stochastic approximation of a quantile (Robbins and Monro, 1951).
    """
    return min(_WIDEST_Z, max(_NARROWEST_Z, z + _BEND * (is_beyond - 0.2)))


class Experience:
    """What is known of all queues of a pool."""

    def __init__(self, queues: Mapping[QueueId, QueueRules]) -> None:
        self._rules = queues
        self._queues = {queue_id: QueueExperience(rules) for queue_id, rules in queues.items()}

    def of(self, queue_id: QueueId) -> QueueExperience:
        """Return what is known of a queue, at first only guesses."""
        known = self._queues.get(queue_id)
        if known is None:
            known = self._queues[queue_id] = QueueExperience(self._rules[queue_id])
        return known

    def learn(
        self,
        fact: PoolFact | PoolKept,
        agents: Mapping[AgentId, Agent],
        waiting: Mapping[CallId, WaitingCall],
        offers: Mapping[OfferId, Offer],
    ) -> None:
        """Learn from a fact; the records are as they were before it."""
        match fact:
            case CallQueued():
                self.of(fact.queue_id).came(fact)
            case CallDequeued():
                call = waiting[fact.call_id]
                # Who is called back keeps the place: those behind gain nothing by it.
                stays = call.is_callback or fact.reason in ("unstaffed", "callback")
                self.of(fact.queue_id).was_in_line(call, fact.at, gave_up=not stays)
            case OfferAccepted() | OfferClosed():
                self._learn_from_offer(fact, waiting[fact.call_id], offers[fact.offer_id])
            case WrapUpStarted() | WrapUpEnded():
                self._learn_from_work(fact, agents[fact.agent_id])
            case _:
                pass

    def _learn_from_offer(
        self, fact: OfferAccepted | OfferClosed, call: WaitingCall, offer: Offer
    ) -> None:
        known = self.of(call.queue_id)
        accepted = isinstance(fact, OfferAccepted)
        known.rang(fact.at - offer.made_at, accepted=accepted)
        if accepted:
            known.was_in_line(call, fact.at, gave_up=False)
            known.answered(call, fact.at)

    def _learn_from_work(self, fact: WrapUpStarted | WrapUpEnded, agent: Agent) -> None:
        if agent.queue_id is None or agent.queue_id not in self._rules:
            return  # the queue was taken out of the settings meanwhile
        known = self.of(agent.queue_id)
        if isinstance(fact, WrapUpStarted):
            if agent.activity is Activity.TALKING:
                known.talks.add(fact.at - agent.since_at)
        else:
            known.wrap_ups.add(fact.at - agent.since_at)

    def keep(self) -> tuple[KeptExperience, ...]:
        """Return all of it as values, for a snapshot."""
        return tuple(known.keep(queue_id) for queue_id, known in sorted(self._queues.items()))

    def restore(self, kept: tuple[KeptExperience, ...]) -> None:
        """Be as it was kept; queues that are not declared any more are left out."""
        for each in kept:
            if each.queue_id in self._rules:
                self.of(each.queue_id).restore(each)
