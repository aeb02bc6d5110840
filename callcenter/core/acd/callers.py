"""How the record of a waiting caller changes with each fact."""

from typing import TYPE_CHECKING

from callcenter.core.acd.choice import CallBumped, NeedsEased, RingWidened
from callcenter.core.acd.facts import CallDequeued, CallQueued, PositionTold
from callcenter.core.acd.model import WaitingCall
from callcenter.core.ids import Ms, QueueId
from callcenter.core.records import replace

if TYPE_CHECKING:
    from callcenter.core.acd.pool import Pool

CallerFact = CallQueued | CallDequeued | PositionTold | CallBumped | NeedsEased | RingWidened


def evolve_caller(pool: "Pool", fact: CallerFact) -> None:
    """Apply a fact about one waiting caller."""
    match fact:
        case CallQueued():
            pool.put_call(_queued(pool, fact))
        case CallDequeued():
            pool.drop_call(fact.call_id)
        case _:
            pool.put_call(_changed(pool, pool.waiting[fact.call_id], fact))


def _queued(pool: "Pool", fact: CallQueued) -> WaitingCall:
    return WaitingCall(
        fact.call_id,
        fact.call_number,
        fact.queue_id,
        fact.priority,
        fact.requires,
        fact.entered_at,
        fact.at,
        fact.attempts,
        announce_at=_next_announcement(pool, fact.queue_id, fact.at),
        prefers=fact.prefers,
        forbids=fact.forbids,
        waits_for=fact.waits_for,
        waits_until=fact.waits_until,
    )


def _changed(
    pool: "Pool", call: WaitingCall, fact: PositionTold | CallBumped | NeedsEased | RingWidened
) -> WaitingCall:
    match fact:
        case PositionTold():
            return replace(call, announce_at=_next_announcement(pool, call.queue_id, fact.at))
        case CallBumped():
            return replace(call, bumped_at=fact.at)
        case NeedsEased():
            return replace(call, step=fact.step, waits_for=fact.waits_for)
        case RingWidened():
            queue = pool.queues[call.queue_id]
            goes_on = call.widened + 2 < queue.most_phones
            widens_at = fact.at + queue.widen_every_ms if goes_on else None
            return replace(call, widened=call.widened + 1, widens_at=widens_at)


def _next_announcement(pool: "Pool", queue_id: QueueId, at: Ms) -> Ms | None:
    every_ms = pool.queues[queue_id].announce_every_ms
    return at + every_ms if every_ms else None
