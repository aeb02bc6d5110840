"""How calls end is counted."""

from callcenter.core.call.facts import CallClosed, CallEnded
from callcenter.core.call.messages import CallerEnd, EndedBy, Outcome
from callcenter.core.turn import Turn
from callcenter.runtime.tally import Tally


def test_outcomes_and_expired_leases_are_counted():
    tally = Tally()
    lost = CallEnded(1, Outcome.FAILED, EndedBy.SYSTEM, CallerEnd.LEASE_EXPIRED.value)
    left = CallEnded(1, Outcome.ABANDONED_QUEUE, EndedBy.CALLER)
    tally.observe(Turn(facts=[("call/1", lost), ("call/1", CallClosed(1)), ("call/2", left)]))
    tally.observe(Turn())
    assert tally.lease_expiries == 1
    assert {outcome: count for outcome, count in tally.outcomes.items() if count} == {
        "failed": 1,
        "abandoned_queue": 1,
    }
