from callcenter.core.acd.messages import AgentHungUp, OfferTaken, WrapUpDone
from callcenter.core.acd.people import Activity
from callcenter.core.acd.wrap_up_messages import (
    DispositionChosen,
    WrapUpExtensionRequested,
    WrapUpRanOut,
)
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import PoolRules
from tests.core.acd.test_decide import SUPPORT, Floor

RULES = PoolRules(wrap_up_by_disposition={"long": 300_000})


def at_work(floor: Floor, number: int = 1) -> tuple[AgentId, CallId]:
    anna = floor.ready("anna")
    call_id = floor.enters(number)
    floor.tell(OfferTaken(floor.offer_of(call_id)))
    floor.tell(AgentHungUp(anna, call_id))
    return anna, call_id


def test_after_call_work_ends_late_at_its_limit() -> None:
    floor = Floor()
    anna, call_id = at_work(floor)
    assert floor.passes(59.999) == []
    assert floor.passes(0.001) == ["WrapUpEnded"]
    assert floor.tells == [WrapUpRanOut(call_id, anna, late=True)]


def test_each_extension_puts_the_end_off_and_there_are_three() -> None:
    floor = Floor()
    anna, call_id = at_work(floor)
    for _ in range(3):
        assert floor.tell(WrapUpExtensionRequested(anna, call_id)) == ["WrapUpExtended"]
    assert floor.tell(WrapUpExtensionRequested(anna, call_id)) == []
    assert floor.refusal == "This after-call work cannot be extended any more."
    assert floor.passes(239.999) == []
    assert floor.passes(0.001) == ["WrapUpEnded"]


def test_the_next_after_call_work_has_its_extensions_again() -> None:
    floor = Floor()
    anna, call_id = at_work(floor)
    floor.tell(WrapUpExtensionRequested(anna, call_id))
    floor.tell(WrapUpDone(anna, call_id))
    assert floor.pool.agents[anna].wrap_up_extensions == 0


def test_the_outcome_chosen_sets_the_limit() -> None:
    floor = Floor(rules=RULES)
    anna, call_id = at_work(floor)
    assert floor.tell(DispositionChosen(anna, call_id, "long")) == ["WrapUpLimited"]
    assert floor.passes(100) == []
    assert floor.tell(DispositionChosen(anna, call_id, "another")) == ["WrapUpLimited"]
    assert floor.activity(anna) is Activity.WRAP_UP
    assert floor.passes(9.999) == []
    assert floor.passes(0.001) == ["WrapUpEnded"]


def test_only_who_has_after_call_work_can_extend_it() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    assert floor.tell(WrapUpExtensionRequested(anna, CallId("call-1"))) == []
    assert floor.refusal == "There is no after-call work of yours to extend."
    assert floor.tell(DispositionChosen(anna, CallId("call-1"), "long")) == []
    assert floor.refusal is None


def test_a_queue_without_after_call_work_has_none_to_extend() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1, SUPPORT)
    floor.tell(OfferTaken(floor.offer_of(call_id)))
    assert floor.tell(AgentHungUp(anna, call_id)) == ["WrapUpStarted", "WrapUpEnded"]
    assert floor.activity(anna) is Activity.IDLE
