"""What a waiting caller is told of the place in line and of the wait.

The wait is estimated for each caller who enters, so that it can be compared with the real one; it
is told, and estimated again for each announcement, where the queue says so.

A caller is never told more than before without a cause: if the range has grown, it is told only
when fewer agents work than at the last telling or more callers are ahead, and then with a word that
it takes longer. Otherwise only the place is told; what grew was our uncertainty or our error.

Where the place is not told because it has not improved, or never is, the wait is told if it sounds
other than before.
"""

from callcenter.core.acd import comfort
from callcenter.core.acd.comfort_messages import PositionDue, PositionTold
from callcenter.core.acd.estimate import estimate_or_reason
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.wait_range import NoEstimate, WaitRange
from callcenter.core.ids import Ms
from callcenter.core.records import replace
from ivr_flows.spoken import SpokenWait, spoken_wait


def announce(pool: Pool, call: WaitingCall, now: Ms) -> tuple[PositionTold, PositionDue | None]:
    """Return the fact and, unless there is nothing new to tell, the message to a caller."""
    rules = pool.queues[call.queue_id]
    position = pool.position(call)
    tells_position = comfort.tells_position(rules, call, position)
    fact = _with_estimate(
        pool, call, now, PositionTold(now, call.call_id, position, tells_position)
    )
    wait = _to_tell(call, fact.expects) if rules.announce_estimate and fact.expects else None
    if wait is not None and not tells_position and not _is_news(call, wait):
        wait = None
    if wait is None and not tells_position:
        return fact, None
    due = PositionDue(call.call_id, position, rules.announce_limit, wait, tells_position)
    return replace(fact, is_told=wait is not None), due


def _with_estimate(pool: Pool, call: WaitingCall, now: Ms, fact: PositionTold) -> PositionTold:
    if not pool.queues[call.queue_id].announce_estimate and call.expected_at is not None:
        return fact
    expects = estimate_or_reason(pool, call, now)
    if isinstance(expects, NoEstimate):
        return replace(fact, unknown=expects.value)
    return replace(fact, expects=expects)


def _is_news(call: WaitingCall, wait: SpokenWait) -> bool:
    """Say whether a wait sounds other than the one told last."""
    return call.told is None or wait != spoken_wait(call.told.low_ms, call.told.high_ms)


def _to_tell(call: WaitingCall, expects: WaitRange) -> SpokenWait | None:
    """Return the words for a range, or None if it is better not told."""
    wait = spoken_wait(expects.low_ms, expects.high_ms)
    before = spoken_wait(call.told.low_ms, call.told.high_ms) if call.told else None
    if wait is None or before is None or call.told is None or not wait.is_more_than(before):
        return wait
    has_cause = expects.agents < call.told.agents or expects.ahead > call.told.ahead
    return replace(wait, takes_longer=True) if has_cause else None
