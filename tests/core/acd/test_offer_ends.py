import pytest

from callcenter.core.acd import offer_ends
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallWithdrawn,
    DeskLost,
    OfferFailed,
    OfferTaken,
    PauseRequested,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd, OfferRecalled
from callcenter.core.acd.people import AgentProfile, AgentStatus
from callcenter.core.ids import AgentId, CallId, OfferId
from callcenter.core.plan import PoolRules
from callcenter.core.records import replace
from tests.core.acd.test_decide import Floor

ANNA = AgentId("anna")
AGENT = Agent(
    AgentProfile(ANNA, "Anna", "PJSIP/anna", ()), AgentStatus.READY, 0, 0, page_connected=True
)


def closed(reason: OfferEnd) -> OfferClosed:
    return OfferClosed(5, OfferId("o"), CallId("c"), ANNA, reason, 5)


def ends(floor: Floor, number: int, reason: OfferEnd) -> list[str]:
    """Let a call come, ring, end for a reason, and leave."""
    call_id = floor.enters(number)
    happened = floor.tell(OfferFailed(floor.offer_of(call_id), reason))
    floor.tell(CallWithdrawn(call_id))
    return happened


def test_every_end_is_a_miss_a_refusal_a_fault_or_nobodys_doing() -> None:
    rest = set(OfferEnd) - offer_ends.FAULTS - offer_ends.NOBODYS_DOING
    assert rest == {OfferEnd.NO_ANSWER, OfferEnd.REFUSED}


def test_a_ring_that_nobody_could_see_is_no_miss() -> None:
    lost = replace(AGENT, page_connected=False)
    assert offer_ends.found_end(lost, OfferEnd.NO_ANSWER) is OfferEnd.PAGE_LOST
    assert offer_ends.found_end(AGENT, OfferEnd.NO_ANSWER) is OfferEnd.NO_ANSWER
    assert offer_ends.found_end(lost, OfferEnd.REFUSED) is OfferEnd.REFUSED


@pytest.mark.parametrize("reason", sorted(offer_ends.FAULTS))
def test_a_fault_never_counts_as_a_miss(reason: OfferEnd) -> None:
    counted = offer_ends.counted(AGENT, closed(reason))
    assert (counted.misses, counted.faults) == (0, 1)


def test_the_rest_doubles_with_each_fault_in_a_row_up_to_a_limit() -> None:
    rules = PoolRules(unreachable_rest_ms=1_000, longest_fault_rest_ms=10_000)
    rests = [
        offer_ends.rest_ms(rules, replace(AGENT, faults=faults), OfferEnd.NOT_RUNG)
        for faults in (0, 1, 2, 3, 4, 1_000)
    ]
    assert rests == [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]


def test_a_ring_that_is_seen_ends_the_row_of_faults() -> None:
    faulty = replace(AGENT, faults=4)
    assert offer_ends.counted(faulty, closed(OfferEnd.NO_ANSWER)).faults == 0
    assert offer_ends.counted(faulty, closed(OfferEnd.REFUSED)).faults == 0
    assert offer_ends.counted(faulty, closed(OfferEnd.ABANDONED)).faults == 4


def test_three_misses_in_a_row_pause_the_agent_visibly() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    for number in (1, 2):
        assert "AgentNotAnswering" not in ends(floor, number, OfferEnd.NO_ANSWER)
        floor.passes(10)
    assert "AgentNotAnswering" in ends(floor, 3, OfferEnd.NO_ANSWER)
    agent = floor.pool.agents[anna]
    assert (agent.status, agent.pause_reason) == (AgentStatus.PAUSED, "not answering")
    assert (agent.is_not_answering, agent.rest_until, agent.misses) == (True, None, 3)
    floor.passes(3_600)
    assert floor.agent_of(floor.enters(4)) is None


def test_a_talk_between_misses_begins_the_count_anew() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    for number in (1, 2):
        ends(floor, number, OfferEnd.NO_ANSWER)
        floor.passes(10)
    call_id = floor.enters(3)
    floor.tell(OfferTaken(floor.offer_of(call_id)))
    floor.tell(AgentHungUp(anna, call_id))
    floor.tell(WrapUpDone(anna, call_id))
    assert "AgentNotAnswering" not in ends(floor, 4, OfferEnd.NO_ANSWER)
    assert floor.pool.agents[anna].misses == 1


@pytest.mark.parametrize("reason", sorted(set(OfferEnd) - {OfferEnd.NO_ANSWER}))
def test_nothing_but_misses_pauses_an_agent(reason: OfferEnd) -> None:
    floor = Floor(rules=PoolRules(misses_before_pause=1))
    anna = floor.ready("anna")
    for number in range(1, 6):
        ends(floor, number, reason)
        floor.passes(3_600)
    assert floor.pool.agents[anna].status is AgentStatus.READY


def test_a_pause_that_was_chosen_is_not_replaced_by_a_miss() -> None:
    floor = Floor(rules=PoolRules(misses_before_pause=1))
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(PauseRequested(anna, "lunch"))
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    agent = floor.pool.agents[anna]
    assert (agent.pause_reason, agent.is_not_answering) == ("lunch", False)


def test_choosing_ready_or_a_pause_ends_not_answering() -> None:
    for request in (ReadyRequested(ANNA), PauseRequested(ANNA, "lunch")):
        floor = Floor(rules=PoolRules(misses_before_pause=1))
        anna = floor.ready("anna")
        ends(floor, 1, OfferEnd.NO_ANSWER)
        assert floor.pool.agents[anna].is_not_answering
        assert floor.tell(request) == ["StatusChosen"]
        agent = floor.pool.agents[anna]
        assert (agent.is_not_answering, agent.misses) == (False, 0)


def test_no_number_of_misses_pauses_where_the_pool_says_never() -> None:
    floor = Floor(rules=PoolRules(misses_before_pause=0))
    anna = floor.ready("anna")
    for number in range(1, 8):
        ends(floor, number, OfferEnd.NO_ANSWER)
        floor.passes(10)
    assert floor.pool.agents[anna].status is AgentStatus.READY


def test_a_page_lost_while_the_phone_rings_recalls_the_offer_but_not_at_a_restart() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(DeskLost(anna))
    assert floor.tells == [OfferRecalled(call_id, floor.offer_of(call_id))]

    floor = Floor()
    anna = floor.ready("anna")
    floor.enters(1)
    floor.tell(DeskLost(anna, by_restart=True))
    assert floor.tells == []
