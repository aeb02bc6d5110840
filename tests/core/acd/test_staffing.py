from callcenter.core.acd.messages import PauseRequested
from callcenter.core.acd.overflow_rules import ANYBODY, Staffed
from callcenter.core.acd.staffing import is_staffed
from tests.core.acd.test_decide import SALES, SUPPORT, Floor

READY = frozenset({Staffed.READY})
FRENCH = (("french", 3),)


def test_agents_count_by_queue_skills_and_state() -> None:
    floor = Floor()
    assert not is_staffed(floor.pool, SALES, (), ANYBODY)
    floor.ready("anna", SALES)
    ben = floor.ready("ben", SALES, french=5)
    assert is_staffed(floor.pool, SALES, FRENCH, READY)
    floor.tell(PauseRequested(ben, "lunch"))
    assert is_staffed(floor.pool, SALES, FRENCH, ANYBODY)
    assert not is_staffed(floor.pool, SALES, FRENCH, READY), "anna has no French"
    assert is_staffed(floor.pool, SALES, (), READY)
    assert not is_staffed(floor.pool, SUPPORT, (), ANYBODY)
