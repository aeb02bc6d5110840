"""Callers who leave a queue without an agent: why, when, and where they go.

The first rule of the queue that holds is followed. Without one the caller goes back to the flow,
by the exit that the reason has there. A call that has overflowed ``MOST_OVERFLOWS`` times follows
no rules any more, so that no combination of settings sends it round for ever.
"""

from callcenter.core.acd import staffing
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.overflow_rules import MOST_OVERFLOWS, Moment, OverflowRule, Target
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import (
    CallDequeued,
    OverflowConsidered,
    QueueGaveUp,
    StaffFound,
    StaffMissed,
)
from callcenter.core.ids import CallId, Ms, QueueId
from ivr_flows.messages import QueueExit

_EXITS = {
    Moment.UNSTAFFED: QueueExit.UNSTAFFED,
    Moment.CLOSING: QueueExit.CLOSING,
    Moment.CLOSED: QueueExit.CLOSED,
    Moment.FULL: QueueExit.FULL,
}


def turned_away(todo: Decision, call: WaitingCall) -> bool:
    """Send away a caller who has just come to a queue that is closed, full or without staff."""
    moment = _closed_to(todo.pool, call, todo.now)
    if moment is None:
        return False
    _leave_at(todo, call, moment)
    return True


def _closed_to(pool: Pool, call: WaitingCall, now: Ms) -> Moment | None:
    rules = pool.queues[call.queue_id]
    if call.is_callback:
        return None if pool.doors.is_open(call.queue_id, now) else Moment.CLOSED
    if not call.comes_back:
        if not pool.doors.is_open(call.queue_id, now):
            return Moment.CLOSED
        if rules.max_waiting and pool.length(call.queue_id) > rules.max_waiting:
            return Moment.FULL
    is_staffed = staffing.is_staffed(pool, call, rules.join_with)
    return None if is_staffed else Moment.UNSTAFFED


def left_while_waiting(todo: Decision, call_id: CallId) -> bool:
    """Let a caller leave for whom it is time to; say whether that was so.

    To be asked on entry when nobody was free, at the caller's deadlines, and when an offer has come
    to nothing.
    """
    call = todo.pool.waiting[call_id]
    if call.is_callback:
        return _left_at_closing(todo, call)
    rule = _rule(todo.pool, call, Moment.WAITING, todo.now)
    if rule is not None:
        _leave(todo, call, _why(rule), rule.to)
    elif todo.now >= todo.pool.gives_up_at(call):
        _leave(todo, call, QueueExit.TIMED_OUT, None)
    elif call.leaves_at is not None and todo.now >= call.leaves_at:
        _leave_at(todo, call, Moment.UNSTAFFED)
    else:
        return _left_at_closing(todo, call)
    return True


def considered(todo: Decision, call: WaitingCall) -> None:
    """Record that rules were looked at in vain, so that they are not looked at again at once."""
    todo.record(OverflowConsidered(todo.now, call.call_id))


def give_up_unstaffed(todo: Decision) -> None:
    """Let callers leave whom nobody who is logged in may take, now or later.

    Queues that count only some agents as staff are left to ``look_at_staff``.
    """
    pool = todo.pool
    for call_id in list(pool.matcher.unstaffed_calls()):
        call = pool.waiting[call_id]
        if call.is_callback:
            continue
        if call.queue_id not in pool.staff.queues and not pool.is_staffed(call):
            _leave_at(todo, call, Moment.UNSTAFFED)


def close(todo: Decision, queue_id: QueueId) -> None:
    """Let those go who wait in a queue that closes, if a rule says where; others are served."""
    for call in todo.pool.line(queue_id):
        if call.offer_id is None:
            _left_at_closing(todo, call)


def _left_at_closing(todo: Decision, call: WaitingCall) -> bool:
    door = todo.pool.doors.of(call.queue_id)
    closed_meanwhile = door is not None and not door.is_open and call.queued_at <= door.since_at
    if call.is_callback:
        if closed_meanwhile:
            _leave_at(todo, call, Moment.CLOSING)
        return closed_meanwhile
    rule = _rule(todo.pool, call, Moment.CLOSING, todo.now) if closed_meanwhile else None
    if rule is not None:
        _leave(todo, call, QueueExit.CLOSING, rule.to)
    return rule is not None


# ---------------------------------------------------------------- staff


def look_at_staff(todo: Decision) -> None:
    """Let callers leave, at once or after the queue's delay, for whom nobody is there any more."""
    pool = todo.pool
    while pool.staff.changed:
        queue_id = min(pool.staff.changed)
        pool.staff.changed.discard(queue_id)
        rules = pool.queues[queue_id]
        answers: dict[object, bool] = {}
        for call in pool.line(queue_id):
            wants = (pool.demand(call), call.step)
            if wants not in answers:
                answers[wants] = staffing.is_staffed(pool, call, rules.stay_with)
            if call.offer_id is None or answers[wants]:
                _stay_or_leave(todo, call, is_staffed=answers[wants])


def stays(todo: Decision, call: WaitingCall) -> bool:
    """Say whether a caller who is not offered any more may wait on; else let them leave."""
    rules = todo.pool.queues[call.queue_id]
    found = staffing.is_staffed(todo.pool, call, rules.stay_with)
    _stay_or_leave(todo, call, is_staffed=found)
    return call.call_id in todo.pool.waiting


def _stay_or_leave(todo: Decision, call: WaitingCall, *, is_staffed: bool) -> None:
    delay_ms = todo.pool.queues[call.queue_id].leave_after_ms
    if call.is_callback:
        return
    if is_staffed:
        if call.leaves_at is not None:
            todo.record(StaffFound(todo.now, call.call_id))
    elif not delay_ms:
        _leave_at(todo, call, Moment.UNSTAFFED)
    elif call.leaves_at is None:
        todo.record(StaffMissed(todo.now, call.call_id, todo.now + delay_ms))


# ---------------------------------------------------------------- rules


def _rule(pool: Pool, call: WaitingCall, moment: Moment, now: Ms) -> OverflowRule | None:
    if call.is_callback:
        return None
    if call.overflows >= MOST_OVERFLOWS:
        return None
    for rule in pool.queues[call.queue_id].overflow:
        if rule.moment is moment and _holds(pool, call, rule, now):
            return rule
    return None


def _holds(pool: Pool, call: WaitingCall, rule: OverflowRule, now: Ms) -> bool:
    if now < call.queued_at + rule.waited_ms:
        return False
    if rule.position and pool.position(call) <= rule.position:
        return False
    return not rule.service_level or pool.levels.is_below(rule, call.queue_id, now)


def _why(rule: OverflowRule) -> QueueExit:
    if rule.service_level:
        return QueueExit.SERVICE_LEVEL
    return QueueExit.POSITION if rule.position else QueueExit.WAITED


def _leave_at(todo: Decision, call: WaitingCall, moment: Moment) -> None:
    rule = _rule(todo.pool, call, moment, todo.now)
    _leave(todo, call, _EXITS[moment], rule.to if rule else None)


def _leave(todo: Decision, call: WaitingCall, reason: QueueExit, to: Target | None) -> None:
    target = to.words if to else ""
    todo.record(CallDequeued(todo.now, call.call_id, call.queue_id, reason.value, target))
    todo.tell(QueueGaveUp(call.call_id, reason, to, _opens_at(todo, call)))


def _opens_at(todo: Decision, call: WaitingCall) -> Ms | None:
    """Return when a callback can come back into line; None: not known, or no callback."""
    if not call.is_callback:
        return None
    door = todo.pool.doors.of(call.queue_id)
    if door is not None and door.closed_by:
        return door.until
    hours = todo.pool.queues[call.queue_id].hours
    return hours.next_opening(todo.now) if hours is not None else None
