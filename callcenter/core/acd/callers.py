"""How the record of a waiting caller changes with each fact."""

from callcenter.core.acd import comfort
from callcenter.core.acd.choice import AgentAnswered, CallBumped, NeedsEased, RingWidened
from callcenter.core.acd.comfort_messages import ComfortGiven, PositionTold
from callcenter.core.acd.facts import CallQueued
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import (
    CallDequeued,
    CustomerWaits,
    OverflowConsidered,
    StaffFound,
    StaffMissed,
)
from callcenter.core.ids import Ms
from callcenter.core.records import replace

ChangeInLine = CallBumped | NeedsEased | RingWidened | AgentAnswered
ChangeOfWait = (
    PositionTold | ComfortGiven | OverflowConsidered | StaffMissed | StaffFound | CustomerWaits
)
CallerFact = CallQueued | CallDequeued | ChangeInLine | ChangeOfWait


def evolve_caller(pool: Pool, fact: CallerFact) -> None:
    """Apply a fact about one waiting caller."""
    match fact:
        case CallQueued():
            pool.put_call(_queued(pool, fact))
        case CallDequeued():
            pool.drop_call(fact.call_id)
            if fact.reason == "withdrawn":
                pool.levels.count(fact.queue_id, fact.at, in_time=False)
        case CallBumped() | NeedsEased() | RingWidened() | AgentAnswered():
            pool.put_call(_in_line(pool, pool.waiting[fact.call_id], fact))
        case _:
            pool.put_call(_waits_on(pool, pool.waiting[fact.call_id], fact))


def _queued(pool: Pool, fact: CallQueued) -> WaitingCall:
    return WaitingCall(
        fact.call_id,
        fact.call_number,
        fact.queue_id,
        fact.priority,
        fact.requires,
        fact.entered_at,
        fact.at,
        fact.attempts,
        announce_at=None
        if fact.is_callback
        else comfort.next_announcement(pool.queues[fact.queue_id], fact.at),
        comforted_until=fact.at,
        overflows=fact.overflows,
        comes_back=fact.comes_back,
        looked_at=fact.at,
        prefers=fact.prefers,
        forbids=fact.forbids,
        waits_for=fact.waits_for,
        waits_until=fact.waits_until,
        is_callback=fact.is_callback,
    )


def _in_line(pool: Pool, call: WaitingCall, fact: ChangeInLine) -> WaitingCall:
    match fact:
        case AgentAnswered():
            return replace(call, answered=fact.offer_id)
        case CallBumped():
            return replace(call, bumped_at=fact.at)
        case NeedsEased():
            return replace(call, step=fact.step, waits_for=fact.waits_for)
        case RingWidened():
            queue = pool.queues[call.queue_id]
            goes_on = call.widened + 2 < queue.most_phones
            widens_at = fact.at + queue.widen_every_ms if goes_on else None
            return replace(call, widened=call.widened + 1, widens_at=widens_at)


def _waits_on(pool: Pool, call: WaitingCall, fact: ChangeOfWait) -> WaitingCall:
    match fact:
        case PositionTold():
            announce_at = comfort.next_announcement(pool.queues[call.queue_id], fact.at)
            return _told(replace(call, announce_at=announce_at, looked_at=fact.at), fact)
        case ComfortGiven():
            return replace(call, comforted_until=fact.at, looked_at=fact.at)
        case OverflowConsidered():
            return replace(call, looked_at=fact.at)
        case StaffMissed():
            return replace(call, leaves_at=fact.leaves_at)
        case StaffFound():
            return replace(call, leaves_at=None)
        case CustomerWaits():
            announce_at = comfort.next_announcement(pool.queues[call.queue_id], fact.at)
            since = replace(call, queued_at=fact.at, looked_at=fact.at, comforted_until=fact.at)
            return replace(since, is_callback=False, comes_back=True, announce_at=announce_at)


def _told(call: WaitingCall, fact: PositionTold) -> WaitingCall:
    if fact.was_told:
        call = replace(call, told_position=fact.position)
    if fact.expects is None:
        return call
    if call.expected is None:
        call = replace(call, expected=fact.expects, expected_at=fact.at)
    return replace(call, told=fact.expects, told_at=fact.at) if fact.is_told else call


def restart_announcements(pool: Pool, at: Ms) -> None:
    """Let the time between announcements count from now, by the rules that hold now."""
    for call in [each for each in pool.waiting.values() if not each.is_callback]:
        announce_at = comfort.next_announcement(pool.queues[call.queue_id], at)
        pool.put_call(replace(call, announce_at=announce_at))
