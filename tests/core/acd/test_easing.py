"""Callers whose needs are eased, and callers who wait for their own agent."""

from dataclasses import replace

from callcenter.core.acd.choice import NeedsEased
from callcenter.core.acd.messages import CallEntered, OfferFailed, PauseRequested
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import QueueRules, Relaxation
from tests.core.acd.test_decide import QUEUES, SALES, Floor


def floor_with(**rules: object) -> Floor:
    sales: QueueRules = replace(QUEUES[SALES], **rules)  # type: ignore[arg-type]
    return Floor(QUEUES | {SALES: sales})


def own(floor: Floor, number: int, *agents: AgentId) -> CallId:
    call_id = CallId(f"call-{number}")
    floor.tell(CallEntered(call_id, number, SALES, 0, (), own_agents=agents))
    return call_id


def test_a_step_brings_the_caller_to_an_agent_who_was_free_all_along() -> None:
    floor = floor_with(relaxations=(Relaxation(30_000, skills=(("french", 3),)),))
    anna = floor.ready("anna", french=3)
    call_id = floor.enters(1, french=5)
    assert floor.agent_of(call_id) is None
    floor.passes(29.999)
    assert floor.agent_of(call_id) is None
    assert floor.passes(0.001) == ["NeedsEased", "OfferMade"]
    assert floor.agent_of(call_id) == anna


def test_a_caller_whose_needs_are_eased_keeps_the_place() -> None:
    floor = floor_with(relaxations=(Relaxation(30_000, most=0),))
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    first = floor.enters(1, french=5)
    assert first not in floor.pool.waiting or floor.pool.is_staffed(floor.pool.waiting[first])
    floor.passes(10)
    second = floor.enters(2)
    floor.passes(25)
    assert [floor.pool.position(floor.pool.waiting[c]) for c in (first, second)] == [1, 2]


def test_a_caller_waits_for_their_own_agent_and_then_for_anybody() -> None:
    floor = floor_with(agent_wait_ms=20_000)
    anna, ben = floor.ready("anna"), floor.ready("ben")
    floor.enters(1)
    assert floor.agent_of(own(floor, 2, ben)) == ben
    third = own(floor, 3, ben)
    carla = floor.ready("carla")
    assert floor.agent_of(third) is None, "ben may soon be free"
    floor.passes(20)
    assert floor.agent_of(third) == carla
    assert anna != ben


def test_an_own_agent_who_pauses_is_waited_for_no_longer() -> None:
    floor = floor_with(agent_wait_ms=20_000)
    ben = floor.ready("ben")
    floor.enters(1)
    second = own(floor, 2, ben)
    carla = floor.ready("carla")
    assert floor.tell(PauseRequested(ben, "break")) == ["StatusChosen", "NeedsEased", "OfferMade"]
    assert floor.agent_of(second) == carla


def test_an_own_agent_who_does_not_answer_leaves_the_caller_to_all() -> None:
    floor = floor_with(agent_wait_ms=20_000)
    ben = floor.ready("ben")
    call_id = own(floor, 1, ben)
    carla = floor.ready("carla")
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    assert NeedsEased(floor.now, call_id, 0) in floor.facts
    assert floor.agent_of(call_id) == carla
