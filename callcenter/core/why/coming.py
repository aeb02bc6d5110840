"""What comes next for a caller who waits: relaxations, overflow, the ends of patience."""

from collections.abc import Iterator

from callcenter.core.acd.estimate import estimate_or_reason
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.needs import demand_of
from callcenter.core.acd.overflow_rules import MOST_OVERFLOWS, Moment, OverflowRule
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.wait_range import WaitRange
from callcenter.core.ids import Ms
from callcenter.core.plan import QueueRules, Strategy
from callcenter.core.why import reasons
from callcenter.core.why.explanation import Sentence
from callcenter.core.why.words import capital, count, duration, levels

Due = tuple[Ms, str]
"""When, and what."""


def what_comes(pool: Pool, call: WaitingCall, now: Ms) -> list[Sentence]:
    """Return what comes next for a caller who waits, the soonest first.

    Args:
        pool: The state.
        call: Who waits in it.
        now: The instant.
    """
    queue = pool.queues[call.queue_id]
    due = sorted([*_steps(pool, call), *_rules(call, queue, now), *_ends(pool, call, queue)])
    lines = [Sentence(f"In {duration(at - now)}: {text}") for at, text in due if at > now]
    return [
        Sentence(_expected(pool, call, now)),
        *lines,
        *(Sentence(t) for t in _always(call, queue, now)),
    ]


def _expected(pool: Pool, call: WaitingCall, now: Ms) -> str:
    if pool.queues[call.queue_id].strategy is Strategy.MANUAL:
        return "How long it will be is not known: it is for the agents to pick the caller."
    found = estimate_or_reason(pool, call, now)
    if isinstance(found, WaitRange):
        return f"Expected: {duration(found.low_ms)} to {duration(found.high_ms)} more."
    return f"How long it will be is not known: {reasons.no_estimate(found)}."


def _steps(pool: Pool, call: WaitingCall) -> Iterator[Due]:
    """Yield when the queue asks less, and how many more may take the caller then."""
    queue = pool.queues[call.queue_id]
    staff = pool.matcher.class_of(pool.demand(call)).staff
    for step, relaxation in enumerate(queue.relaxations[call.step :], call.step + 1):
        demand = demand_of(call, queue, step)
        needs = levels(demand.requires) if demand.requires else "no skill"
        upto = "" if demand.most_level is None else f", agents up to level {demand.most_level}"
        more = pool.matcher.class_of(demand).staff - staff
        who = f"{count(more, 'agent')} more" if more else "nobody more"
        text = f"{needs} will do{upto}; {who} may take the call then."
        yield call.queued_at + relaxation.after_ms, text
    if call.waits_for and call.waits_until is not None:
        yield call.waits_until, "all agents may be asked, not only the caller's own."
    if call.widens_at is not None:
        yield call.widens_at, "one phone more may ring."


def _rules(call: WaitingCall, queue: QueueRules, now: Ms) -> Iterator[Due]:
    for rule in _waiting_rules(call, queue):
        at = call.queued_at + rule.waited_ms
        if at > now:
            yield at, f"the caller goes on to {rule.to.words}{_if(rule)}."


def _ends(pool: Pool, call: WaitingCall, queue: QueueRules) -> Iterator[Due]:
    yield pool.gives_up_at(call), "the longest wait of the queue is over."
    if call.leaves_at is not None:
        yield call.leaves_at, "the caller leaves, unless somebody comes who counts as staff."
    door = pool.doors.of(call.queue_id)
    if door is not None and door.is_open and door.until is not None:
        rule = next((each for each in queue.overflow if each.moment is Moment.CLOSING), None)
        goes = f"goes on to {rule.to.words}" if rule else "is served all the same"
        yield door.until, f"the queue closes; who waits {goes}."


def _always(call: WaitingCall, queue: QueueRules, now: Ms) -> Iterator[str]:
    """Yield what may happen at any time."""
    for rule in _waiting_rules(call, queue):
        if call.queued_at + rule.waited_ms <= now and _if(rule):
            yield capital(f"the caller goes on to {rule.to.words}{_if(rule)}.")
    if call.overflows >= MOST_OVERFLOWS:
        yield "The call has overflowed too often: rules for overflow do not count any more."


def _waiting_rules(call: WaitingCall, queue: QueueRules) -> Iterator[OverflowRule]:
    if call.overflows < MOST_OVERFLOWS:
        yield from (rule for rule in queue.overflow if rule.moment is Moment.WAITING)


def _if(rule: OverflowRule) -> str:
    conditions = []
    if rule.position:
        conditions.append(f"at a place behind {rule.position}")
    if rule.service_level:
        window = duration(rule.window_ms)
        conditions.append(
            f"less than {rule.service_level} % were served in time in the last {window}"
        )
    return f", if {' and '.join(conditions)}" if conditions else ""
