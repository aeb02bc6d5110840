from dataclasses import replace

from callcenter.core.acd.asked import BumpRequested
from callcenter.core.acd.facts import OfferMade
from callcenter.core.acd.messages import CallEntered, OfferAnswered, PauseRequested
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import Strategy
from callcenter.core.why.waiting import where, who_could, why_waiting
from callcenter.core.why.words import MOST_NAMES, Names
from tests.core.acd.test_decide import QUEUES, SALES, SUPPORT, Floor

NAMES = Names(lambda agent_id: agent_id.title(), QUEUES)
HIDDEN = Names(queues=QUEUES, hides_agents=True)


def paused(floor: Floor, *names: str, **skills: int) -> None:
    for name in names:
        floor.tell(PauseRequested(floor.ready(name, **skills), "lunch"))


def why(floor: Floor, call_id: CallId, names: Names = NAMES) -> list[str]:
    said = why_waiting(floor.pool, floor.pool.waiting[call_id], floor.now, names)
    return [each.text for each in said]


def who(floor: Floor, call_id: CallId, names: Names = NAMES) -> list[str]:
    said = who_could(floor.pool, floor.pool.waiting[call_id], floor.now, names)
    return [each.text for each in said]


def test_where_a_caller_stands_is_place_length_and_time() -> None:
    floor = Floor()
    paused(floor, "anna")
    floor.enters(1)
    second = floor.enters(2)
    floor.passes(75)
    call = floor.pool.waiting[second]
    assert where(floor.pool, call, floor.now, NAMES) == (
        "The caller waits in Sales, at place 2 of 2, for 1 min 15 s."
    )


def test_nobody_free_says_of_how_many_and_what_each_does() -> None:
    floor = Floor()
    paused(floor, "anna")
    ben = floor.ready("ben")
    floor.enters(1)
    call_id = floor.enters(2)
    assert why(floor, call_id) == [
        "None of the 2 agents who may take the call is free.",
        "Callers who go first and wait for the same agents: 1 in Sales.",
    ]
    floor.now += 3_000
    assert who(floor, call_id) == [
        "Ben is being rung, for 3 s.",
        "Anna is paused (lunch), for 3 s.",
    ]
    assert ben in floor.pool.agents


def test_what_is_needed_and_who_lacks_it_is_told() -> None:
    floor = Floor()
    floor.ready("anna", french=1)
    paused(floor, "ben", french=5)
    call_id = floor.enters(1, french=3)
    assert why(floor, call_id) == [
        "The caller needs french 3.",
        "The one agent who may take the call is not free.",
    ]
    assert who(floor, call_id) == [
        "Ben is paused (lunch), for 0 s.",
        "One agent of the queue has less than french 3.",
    ]


def test_callers_of_other_queues_who_go_first_at_the_same_agents_are_counted() -> None:
    floor = Floor()
    paused(floor, "anna")
    floor.enters(1, SUPPORT)
    floor.passes(1)
    call_id = floor.enters(2)
    assert "Callers who go first and wait for the same agents: 1 in Support." in why(floor, call_id)


def test_a_phone_that_rings_is_told_and_an_answer_too() -> None:
    floor = Floor()
    floor.ready("anna")
    call_id = floor.enters(1)
    floor.now += 2_000
    assert why(floor, call_id) == ["The phone of Anna rings, for 2 s."]
    floor.tell(OfferAnswered(floor.offer_of(call_id)))
    assert why(floor, call_id) == ["Anna has answered and hears whose call it is."]
    call = floor.pool.waiting[call_id]
    assert where(floor.pool, call, floor.now, NAMES).endswith("for 2 s and is being offered.")


def test_a_telephone_system_that_is_not_heard_is_the_reason() -> None:
    floor = Floor()
    floor.ready("anna")
    floor.pool.holds_offers = True
    call_id = floor.enters(1)
    assert why(floor, call_id) == [
        "The telephone system is not heard: no phone is rung until it is back."
    ]


def test_a_queue_that_is_picked_from_gives_nobody_out() -> None:
    floor = Floor(QUEUES | {SALES: replace(QUEUES[SALES], strategy=Strategy.MANUAL)})
    floor.ready("anna")
    assert why(floor, floor.enters(1)) == [
        "Callers of this queue are not given out: agents pick them from the list."
    ]


def test_an_own_agent_is_waited_for() -> None:
    floor = Floor(QUEUES | {SALES: replace(QUEUES[SALES], agent_wait_ms=30_000)})
    anna = floor.ready("anna")
    floor.enters(1)
    floor.ready("ben")
    own = CallId("call-2")
    floor.tell(CallEntered(own, 2, SALES, 0, (), own_agents=(anna,)))
    floor.now += 10_000
    assert "The caller waits for Anna only, for 20 s more." in why(floor, own)
    said = why(floor, own, HIDDEN)
    assert "The caller waits for an agent of their own only, for 20 s more." in said


def test_a_bumped_caller_is_told_of() -> None:
    floor = Floor()
    paused(floor, "anna")
    floor.enters(1)
    call_id = floor.enters(2)
    floor.tell(BumpRequested(call_id, AgentId("boss")))
    assert "A supervisor has put this caller to the head of the line." in why(floor, call_id)


def test_a_free_agent_beside_a_caller_is_called_a_fault() -> None:
    """It cannot be; if it is all the same, nobody is to be told that all is well."""
    floor = Floor()
    floor.pool.holds_offers = True
    floor.ready("anna")
    call_id = floor.enters(1)
    floor.pool.holds_offers = False
    [said] = why(floor, call_id)
    assert said.startswith("One agent may take the call and is free. Please report this")
    assert not [fact for fact in floor.facts if isinstance(fact, OfferMade)]


def test_levels_that_are_not_asked_yet_are_told() -> None:
    floor = Floor(QUEUES | {SALES: replace(QUEUES[SALES], most_level=1)})
    paused(floor, "anna")
    assert why(floor, floor.enters(1))[0] == (
        "Only agents up to level 1 in the queue are asked at present."
    )


def test_of_many_agents_some_are_named_and_all_are_counted() -> None:
    floor = Floor()
    paused(floor, *(f"agent{number:02}" for number in range(MOST_NAMES + 3)))
    said = who(floor, floor.enters(1))
    assert said[0] == "15 agents are paused."
    assert said[-1] == "And three agents more."
    assert len(said) == MOST_NAMES + 2


def test_nobody_is_named_to_those_who_may_not_know() -> None:
    floor = Floor()
    paused(floor, "anna")
    floor.ready("ben")
    floor.enters(1)
    call_id = floor.enters(2)
    assert who(floor, call_id, HIDDEN) == [
        "One agent is in a call or being rung.",
        "One agent is paused.",
    ]
