"""What a waiting caller is told of the place in line and of the wait.

The wait is estimated for each caller who enters, so that it can be compared with the real one; it
is told, and estimated again for each announcement, where the queue says so.

A caller is never told more than before without a cause: if the range has grown, it is told only
when fewer agents work than at the last telling or more callers are ahead, and then with a word that
it takes longer. Otherwise only the place is told; what grew was our uncertainty or our error.
"""

from callcenter.core.acd.estimate import estimate_or_reason
from callcenter.core.acd.facts import PositionTold
from callcenter.core.acd.messages import PositionDue
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.wait_range import NoEstimate, WaitRange
from callcenter.core.ids import Ms
from callcenter.core.records import replace
from ivr_flows.spoken import SpokenWait, spoken_wait


def announce(pool: Pool, call: WaitingCall, now: Ms) -> tuple[PositionTold, PositionDue]:
    """Return the fact and the message by which a caller is told the place, and maybe the wait."""
    position = pool.position(call)
    told = PositionTold(now, call.call_id, position)
    speaks = pool.queues[call.queue_id].announce_estimate
    if not speaks and call.expected_at is not None:
        return told, PositionDue(call.call_id, position)
    expects = estimate_or_reason(pool, call, now)
    if isinstance(expects, NoEstimate):
        return replace(told, unknown=expects.value), PositionDue(call.call_id, position)
    wait = _to_tell(call, expects) if speaks else None
    return (
        replace(told, expects=expects, is_told=wait is not None),
        PositionDue(call.call_id, position, wait),
    )


def _to_tell(call: WaitingCall, expects: WaitRange) -> SpokenWait | None:
    """Return the words for a range, or None if it is better not told."""
    wait = spoken_wait(expects.low_ms, expects.high_ms)
    before = spoken_wait(call.told.low_ms, call.told.high_ms) if call.told else None
    if wait is None or before is None or call.told is None or not wait.is_more_than(before):
        return wait
    has_cause = expects.agents < call.told.agents or expects.ahead > call.told.ahead
    return replace(wait, takes_longer=True) if has_cause else None
