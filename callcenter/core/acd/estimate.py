"""How much longer a caller will wait: a range, from the state of the pool as it is.

Theory of operation. A caller is served when those ahead are gone and one more agent is free. Those
ahead go in two ways: an agent who may serve both takes them, or they give up. So the wait is the
sum of A + 1 steps, A being the callers ahead, and the step with i of them left takes on average

    1 / (R + i * g - o)

with R the rate at which the agents who may serve the caller become free, g the rate at which one
caller in line gives up, and o the rate at which callers come who go before this one. (Without o,
and with exponential times, this is exact: the descent of a birth-death chain.)

* **Who is ahead** is counted at the agents in reach: of a queue half of whose agents cannot serve
  the caller, half of the callers ahead count.
* **R** is the number of agents over the mean handle time (ring, talk, after-call work). Of up to 24
  agents each is looked at: who has talked for long is soon free, or not, as the talks of this
  queue have shown. R is then the mean rate over the wait itself.
* **The range.** The steps' variances add up; regular handle times make a long wait more certain,
  callers who go first and few observations make it less so. A gamma distribution of this mean and
  variance gives the quantiles (Wilson and Hilferty's formula, 1931). How far out the ends lie is
  learnt: each answered caller who was beyond one moves it out, each who was not, in.

What it does not know: who will come to work or go home, and what callers and agents will do
otherwise than lately. docs/estimates.md says how far off that makes it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from callcenter.core.acd.experience import QueueExperience
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.people import Activity
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.sketches import Durations, Renewals
from callcenter.core.acd.standing import Reach
from callcenter.core.acd.wait_range import NoEstimate, WaitRange
from callcenter.core.ids import Ms, QueueId
from callcenter.core.records import replace

_LONGEST_MS = 8 * 3_600_000
_CLOSE = 1.04
"""The horizon is found when it is known to 4 %."""
_WIDEST = 0.37
"""The gamma distribution is not taken wider than for a shape of 0.3: the formula fails beyond."""
_SUMMED = 128
"""So many steps are added up one by one; of more the integral is taken."""
_MIX_MS = 600_000
"""The handle times of callers who come in so long count beside those of callers in line."""
_DRIFT = 0.15
"""How far off, as a share of the wait, staff and callers make it by not staying as they are."""


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What lies between a caller and an agent."""

    callers: float
    """Callers ahead who will be served by the agents in reach."""
    overtake_per_ms: float
    """Callers who come and go first, by the same agents."""
    leave_per_ms: float
    handle_ms: float
    spread: float
    """Variance over squared mean of the handle time."""
    known: float
    """How many talks the handle time was learnt from."""


def estimate_wait(pool: Pool, call: WaitingCall, now: Ms) -> WaitRange | None:
    """Return how much longer a caller waits until an agent answers, or None.

    Args:
        pool: The state; it is not changed.
        call: Someone in line, or who would be: only the class and the place count.
        now: The instant.
    """
    estimate = estimate_or_reason(pool, call, now)
    return estimate if isinstance(estimate, WaitRange) else None


def estimate_or_reason(pool: Pool, call: WaitingCall, now: Ms) -> WaitRange | NoEstimate:
    """Return how much longer a caller waits until an agent answers, or why that is not known."""
    if pool.holds_offers:
        return NoEstimate.PBX_UNHEARD
    known = pool.experience.of(call.queue_id)
    ring_ms = known.ring_ms
    if call.offer_id is not None or pool.agent_for(call) is not None:
        return _range(known, ring_ms, ring_ms**2, 0, 1)

    def in_line(queue_id: QueueId) -> int:
        return max(0, pool.ahead(queue_id, call) - pool.standing.offered(queue_id))

    def as_mine(queue_id: QueueId) -> float:
        """Count those whose talks are longer as more."""
        if queue_id not in pool.queues:
            return 0.0
        return in_line(queue_id) * pool.experience.of(queue_id).handle_ms / known.handle_ms

    reach = pool.standing.reach(pool.demand(call), as_mine, now)
    if not reach.agents:
        return NoEstimate.NOBODY_READY
    ahead = _ahead(pool, call, reach, in_line, now)
    found = _wait(pool, call, reach, ahead, now)
    if found is None:
        return NoEstimate.OVERTAKEN
    mean_ms, variance = found
    if mean_ms > _LONGEST_MS:
        return NoEstimate.TOO_LONG
    mean_ms, variance = mean_ms + ring_ms, variance + ring_ms**2
    return _range(known, mean_ms, variance, round(ahead.callers), reach.agents)


def _range(
    known: QueueExperience, mean_ms: float, variance: float, ahead: int, agents: int
) -> WaitRange:
    """Return the quantiles of the gamma distribution of a mean and a variance.

    The outer ones lie where they should have lain for the callers answered lately.
    """
    if mean_ms <= 0:
        return WaitRange(0, 0, 0, agents, ahead)
    third = min(_WIDEST, variance / mean_ms**2 / 9)
    low, likely, high = (
        max(0, round(mean_ms * max(0.0, 1 - third + z * math.sqrt(third)) ** 3))
        for z in (-known.low_z, 0.0, known.high_z)
    )
    return WaitRange(low, likely, high, agents, ahead)


# ---------------------------------------------------------------- who is ahead, who overtakes


def _ahead(
    pool: Pool, call: WaitingCall, reach: Reach, in_line: Callable[[QueueId], int], now: Ms
) -> _Ahead:
    callers = weight = handle = square = 0.0
    shares = {q: s for q, s in reach.shares.items() if s >= 0.01 and q in pool.queues}
    for queue_id, share in shares.items():
        known = pool.experience.of(queue_id)
        theirs = share * in_line(queue_id)
        callers += theirs
        part = 1e-9 + theirs + share * known.come_per_ms(now) * _MIX_MS
        weight += part
        handle += part * known.handle_ms
        square += part * known.handle_square
    mine = pool.experience.of(call.queue_id)
    handle_ms = handle / weight if weight else mine.handle_ms
    if reach.callers is not None:
        callers = reach.callers * mine.handle_ms / handle_ms
    spread = max(0.0, square / weight / handle_ms**2 - 1) if weight and handle_ms else 1.0
    likely_ms = (callers + 1) * handle_ms / reach.agents
    overtake = sum(s * _overtake_per_ms(pool, call, q, likely_ms, now) for q, s in shares.items())
    return _Ahead(callers, overtake, mine.leave_per_ms, handle_ms, spread, mine.talks.weight)


def _overtake_per_ms(
    pool: Pool, call: WaitingCall, queue_id: QueueId, likely_ms: float, now: Ms
) -> float:
    """Return how many callers of a queue come in a millisecond who go before a caller.

    Whoever has more points of priority does so only if they come soon enough (``order``): of a
    likely wait longer than that, a part counts.
    """
    mine = call.priority + pool.queues[call.queue_id].weight

    def part(priority: int) -> float:
        more = priority + pool.queues[queue_id].weight - mine
        if pool.rules.strict_priorities:
            return float(more > 0)
        left_ms = call.entered_at + more * pool.rules.priority_step_ms - now
        return min(1.0, max(0.0, left_ms / likely_ms))

    return pool.experience.of(queue_id).overtake_per_ms(call, part, now)


# ---------------------------------------------------------------- the steps


def _wait(
    pool: Pool, call: WaitingCall, reach: Reach, ahead: _Ahead, now: Ms
) -> tuple[float, float] | None:
    """Return mean and variance of the time until an agent is free for the caller."""
    rate = reach.agents / max(1.0, ahead.handle_ms)
    found = _steps(rate, ahead)
    if reach.few:
        found = _look_at_each(pool, call, reach, ahead, now)
    if found is None:
        return None
    mean, variance = found
    turns = mean / max(1.0, ahead.handle_ms)
    regular = (1 + ahead.spread * turns) / (1 + turns)
    unsure = ahead.spread / ahead.known + _DRIFT**2
    return mean, variance * regular + unsure * mean**2


def _look_at_each(
    pool: Pool, call: WaitingCall, reach: Reach, ahead: _Ahead, now: Ms
) -> tuple[float, float] | None:
    """Return what ``_wait`` does, from how long each agent has been at work.

    The rate at which they become free depends on how long one looks ahead; it is the rate over the
    likely wait that counts, and that is found by bisection: the longer the horizon, the more become
    free within it.
    """
    works = [_work(pool, pool.agents[agent_id], now) for agent_id in reach.few]
    again = replace(pool.experience.of(call.queue_id).renewals(), mean_ms=ahead.handle_ms)

    def within(horizon: float) -> tuple[float, float] | None:
        freed = sum(_times_free(work, horizon, again) for work in works)
        return _steps(freed / horizon, ahead)

    short, long = 500.0, max(1_000.0, ahead.handle_ms / 4)
    found = within(long)
    while found is None or _median(*found) > long:
        if long > _LONGEST_MS:
            return found
        short, long = long, 2 * long
        found = within(long)
    while long > _CLOSE * short:
        middle = math.sqrt(short * long)
        nearer = within(middle)
        if nearer is None or _median(*nearer) > middle:
            short = middle
        else:
            long, found = middle, nearer
    by = math.sqrt(short * long) / _median(*found)
    return found[0] * by, found[1] * by**2


def _median(mean: float, variance: float) -> float:
    """Return the median of the gamma distribution of a mean and a variance; above 0."""
    return max(1e-6, mean * (1 - min(_WIDEST, variance / mean**2 / 9)) ** 3) if mean > 0 else 1e-6


def _steps(rate: float, ahead: _Ahead) -> tuple[float, float] | None:
    """Return mean and variance of the sum of the steps; None if it has no end."""
    net = rate - ahead.overtake_per_ms
    if net <= 0.02 * rate:
        return None
    leave, callers = ahead.leave_per_ms, ahead.callers
    if callers > _SUMMED:
        return _many_steps(net, rate, ahead)
    whole = int(callers)
    mean = variance = 0.0
    for left in range(whole + 1):
        step = 1 / (net + left * leave)
        mean += step
        variance += step**2
    step = 1 / (net + (whole + 0.5) * leave)
    mean += (callers - whole) * step
    variance += (callers - whole) * step**2
    return mean, variance * _busier(net, rate, ahead)


def _many_steps(net: float, rate: float, ahead: _Ahead) -> tuple[float, float]:
    """Return what ``_steps`` does, by the integral over the callers ahead."""
    leave, count = ahead.leave_per_ms, ahead.callers + 1
    last = net + count * leave
    if leave * count < 0.01 * net:
        return count / net, count / net**2 * _busier(net, rate, ahead)
    mean = math.log(last / net) / leave
    return mean, (1 / net - 1 / last) / leave * _busier(net, rate, ahead)


def _busier(net: float, rate: float, ahead: _Ahead) -> float:
    """Return by how much callers who overtake widen a step.

    A step is then a busy period: its variance is (rate + o) / (rate - o)^3 (M/M/1).
    """
    return (rate + ahead.overtake_per_ms) / net


@dataclass(frozen=True, slots=True)
class _Work:
    """What an agent is at."""

    shift: float
    """What is sure to come before the agent is free, beside the rest."""
    rest: Durations | None = None
    """How long the rest takes as a rule; None: there is none."""
    elapsed: float = 0.0
    so_far: tuple[float, float] = (1.0, 0.0)
    """What ``Durations.lasts`` says of it."""


def _work(pool: Pool, agent: Agent, now: Ms) -> _Work:
    """Return what an agent is at."""
    queue_id = agent.queue_id
    known = pool.experience.of(queue_id) if queue_id and queue_id in pool.queues else None
    if known is None or agent.activity is Activity.IDLE:
        return _Work(float(max(0, (agent.rest_until or now) - now)))
    elapsed, shift, rest = float(now - agent.since_at), known.wrap_ups.mean_ms, known.talks
    if agent.activity is Activity.WRAP_UP:
        shift, rest = 0.0, known.wrap_ups
    elif agent.activity is Activity.RINGING:
        elapsed, shift = 0.0, shift + known.ring_ms / 2
    return _Work(shift, rest, elapsed, rest.lasts(elapsed))


def _times_free(work: _Work, horizon: float, again: Renewals) -> float:
    """Return how often, on average, an agent becomes free within a horizon."""
    left = horizon - work.shift
    if left <= 0:
        return 0.0
    ends, mean = 1.0, 0.0
    if work.rest is not None:
        ends, mean = work.rest.ends_from(work.so_far, work.elapsed, left)
    if ends <= 0:
        return 0.0
    # Those who become free at all have, on average, so long for the next callers.
    return ends * (1 + again.by(max(0.0, left - mean) / ends))
