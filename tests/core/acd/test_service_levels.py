from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.acd.overflow_rules import OverflowRule, ToMailbox
from callcenter.core.acd.service_levels import MINUTE_MS, ServiceLevels
from callcenter.core.ids import QueueId
from callcenter.core.plan import QueueRules

SALES, OTHER = QueueId("sales"), QueueId("other")
RULE = OverflowRule(ToMailbox(), service_level=70, window_ms=5 * MINUTE_MS)
QUEUES = {
    SALES: QueueRules(SALES, "Sales", overflow=(RULE,)),
    OTHER: QueueRules(OTHER, "Other"),
}


def test_nobody_counted_is_not_below() -> None:
    assert not ServiceLevels(QUEUES).is_below(RULE, SALES, 0)


def test_a_queue_without_such_a_rule_is_not_counted() -> None:
    levels = ServiceLevels(QUEUES)
    levels.count(OTHER, 0, in_time=False)
    assert not levels.is_below(RULE, OTHER, 0)
    assert dict(levels.kept()) == {SALES: ()}


@given(st.lists(st.tuples(st.integers(0, 20 * MINUTE_MS), st.booleans()), max_size=60))
def test_the_share_is_of_the_minutes_in_the_window(served: list[tuple[int, bool]]) -> None:
    levels = ServiceLevels(QUEUES)
    for at, in_time in sorted(served):
        levels.count(SALES, at, in_time=in_time)
    now = max((at for at, _ in served), default=0)
    late = [in_time for at, in_time in served if at // MINUTE_MS > now // MINUTE_MS - 5]
    assert levels.is_below(RULE, SALES, now) == (100 * sum(late) < 70 * len(late))
    again = ServiceLevels(QUEUES)
    again.restore((*levels.kept(), (OTHER, ((1, 1, 1),))))
    assert again.kept() == levels.kept()
