from callcenter.core.acd.comfort_messages import (
    ComfortDue,
    PositionAsked,
    PositionDue,
    PositionTold,
)
from callcenter.core.acd.messages import PauseRequested
from callcenter.core.ids import CallId
from callcenter.core.plan import AnnouncePosition, ComfortStep, QueueRules
from tests.core.acd.test_decide import SALES, Floor


def floor_with(rules: QueueRules) -> Floor:
    """A floor on which somebody works and takes nobody."""
    floor = Floor()
    floor.pool.queues = {**floor.pool.queues, SALES: rules}
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    return floor


def test_the_place_comes_before_prompts_that_are_due_at_the_same_time() -> None:
    steps = (ComfortStep(45_000, ("still_waiting",)),)
    always = AnnouncePosition.ALWAYS
    floor = floor_with(QueueRules(SALES, "Sales", comfort=steps, announce_position=always))
    call_id = floor.enters(1)
    floor.passes(45)
    assert floor.tells == [PositionDue(call_id, 1), ComfortDue(call_id, ("still_waiting",))]


def test_one_who_is_back_from_a_menu_hears_the_place_whatever_was_told() -> None:
    floor = floor_with(QueueRules(SALES, "Sales"))
    call_id = floor.enters(1)
    floor.tell(PositionAsked(call_id))
    assert floor.tells == [PositionDue(call_id, 1)]
    assert floor.tell(PositionAsked(CallId("gone"))) == []


def test_a_queue_that_tells_no_places_tells_none() -> None:
    floor = floor_with(QueueRules(SALES, "Sales", announce_position=AnnouncePosition.OFF))
    call_id = floor.enters(1)
    told = [fact for fact in floor.facts if isinstance(fact, PositionTold)]
    assert [fact.was_told for fact in told] == [False], "the wait is estimated all the same"
    assert floor.tells == []
    floor.tell(PositionAsked(call_id))
    assert floor.tells == []
    assert floor.passes(500) == []


def test_the_limit_goes_with_the_place() -> None:
    floor = floor_with(QueueRules(SALES, "Sales", announce_limit=3))
    call_id = floor.enters(1)
    assert floor.tells == [PositionDue(call_id, 1, 3)]


def test_nothing_is_told_while_a_phone_rings() -> None:
    steps = (ComfortStep(1_000, ("still_waiting",)),)
    floor = floor_with(QueueRules(SALES, "Sales", comfort=steps))
    floor.ready("ben")
    floor.enters(1)
    assert floor.passes(15) == []
