from callcenter.core.acd.messages import PauseRequested
from callcenter.core.acd.model import Requirements, WaitingCall
from callcenter.core.acd.overflow_rules import ANYBODY, Staffed
from callcenter.core.acd.staffing import is_staffed
from callcenter.core.ids import CallId, QueueId
from tests.core.acd.test_decide import SALES, SUPPORT, Floor

READY = frozenset({Staffed.READY})
FRENCH = (("french", 3),)


def caller(queue: QueueId, requires: Requirements = ()) -> WaitingCall:
    return WaitingCall(CallId("call"), 1, queue, 0, requires, 0, 0, 0, None)


def test_agents_count_by_queue_skills_and_state() -> None:
    floor = Floor()
    assert not is_staffed(floor.pool, caller(SALES), ANYBODY)
    floor.ready("anna", SALES)
    ben = floor.ready("ben", SALES, french=5)
    assert is_staffed(floor.pool, caller(SALES, FRENCH), READY)
    floor.tell(PauseRequested(ben, "lunch"))
    assert is_staffed(floor.pool, caller(SALES, FRENCH), ANYBODY)
    assert not is_staffed(floor.pool, caller(SALES, FRENCH), READY), "anna has no French"
    assert is_staffed(floor.pool, caller(SALES), READY)
    assert not is_staffed(floor.pool, caller(SUPPORT), ANYBODY)
