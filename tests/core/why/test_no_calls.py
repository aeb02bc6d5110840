from dataclasses import replace

import pytest

from callcenter.core.acd.messages import LogOutRequested, PauseRequested
from callcenter.core.acd.queue_messages import QueueCloseRequested
from callcenter.core.ids import AgentId, QueueId
from callcenter.core.plan import QueueRules, Strategy
from callcenter.core.why import no_calls
from tests.core.acd.test_decide import QUEUES, SALES, SUPPORT, Floor


def headline(floor: Floor, agent_id: AgentId) -> str:
    return no_calls.headline(floor.pool, floor.pool.agents[agent_id], floor.now, "Anna")


def of_sales(floor: Floor, agent_id: AgentId) -> list[str]:
    sentences = no_calls.queues(floor.pool, floor.pool.agents[agent_id])
    [sales] = [each for each in sentences if each.text.startswith("Sales")]
    return [sales.text, *sales.more]


def state(floor: Floor, agent_id: AgentId) -> list[str]:
    return [each.text for each in no_calls.state(floor.pool.agents[agent_id], floor.now)]


def sales(**changes: object) -> dict[QueueId, QueueRules]:
    return QUEUES | {SALES: replace(QUEUES[SALES], **changes)}  # type: ignore[arg-type]


def test_who_does_something_else_is_told_that_first() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(PauseRequested(anna, "lunch"))
    floor.now += 60_000
    assert headline(floor, anna) == "Anna is paused (lunch), for 1 min."
    assert state(floor, anna)[0] == "A page is connected."


def test_who_is_free_with_nobody_waiting_is_told_so() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    assert headline(floor, anna) == "Anna is free, and nobody waits in their queues."
    assert of_sales(floor, anna) == [
        "Sales (level 1): no callers waiting.",
        "Nobody is asked first; the order is: by level, then who has waited longest for a call.",
    ]


def test_who_is_asked_first_is_counted() -> None:
    floor = Floor()
    floor.ready("ben")
    floor.ready("carla", SUPPORT)
    floor.now += 1_000
    anna = floor.ready("anna")
    assert of_sales(floor, anna)[-1] == (
        "One free agent will be asked first; the order is: by level, then "
        "who has waited longest for a call."
    )


def test_callers_who_need_what_the_agent_lacks_are_told_with_what() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("ben", french=5), "tea"))
    anna = floor.ready("anna", french=2)
    floor.enters(1, french=3)
    floor.enters(2, french=3)
    assert headline(floor, anna) == "Anna is free, and nobody waits whom they may take."
    assert of_sales(floor, anna)[:2] == [
        "Sales (level 1): two callers waiting.",
        "Two callers: french 3 is needed, and this agent has 2.",
    ]


def test_callers_who_may_be_taken_wait_for_the_agent_to_be_free() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.enters(1)
    floor.enters(2)
    assert of_sales(floor, anna)[1:3] == [
        "One caller: this agent's phone rings.",
        "One caller: may be taken when this agent is free.",
    ]


def test_a_caller_whose_phone_rings_elsewhere_is_told_of() -> None:
    floor = Floor()
    floor.ready("ben")
    floor.enters(1)
    anna = floor.ready("anna")
    assert of_sales(floor, anna)[1] == "One caller: another phone rings."


@pytest.mark.parametrize(
    ("strategy", "last"),
    [
        (Strategy.MANUAL, "Callers of this queue are picked from the list, and offered to nobody."),
        (Strategy.RANDOM, "The queue asks first: anyone, all equally likely."),
    ],
)
def test_the_rule_of_the_queue_is_told(strategy: Strategy, last: str) -> None:
    floor = Floor(sales(strategy=strategy))
    anna = floor.ready("anna")
    assert of_sales(floor, anna)[-1] == last


def test_a_caller_to_be_picked_is_told_so() -> None:
    floor = Floor(sales(strategy=Strategy.MANUAL))
    anna = floor.ready("anna")
    floor.enters(1)
    assert "One caller: to be picked from the list." in of_sales(floor, anna)


def test_a_closed_queue_is_told_of() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(QueueCloseRequested(SALES, "Sue", "fire drill"))
    assert "The queue is closed." in of_sales(floor, anna)


def test_a_telephone_system_that_is_not_heard_comes_before_all_else() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.pool.holds_offers = True
    assert headline(floor, anna).startswith("The telephone system is not heard")


def test_an_agent_of_no_queue_is_told_whom_to_ask() -> None:
    floor = Floor()
    anna = floor.ready("anna", QueueId("gone"))
    assert headline(floor, anna) == "Anna works no queue, so no call can come."
    [said] = no_calls.queues(floor.pool, floor.pool.agents[anna])
    assert said.text == "gone: there is no such queue any more."


def test_the_state_has_page_phone_skills_and_what_follows_the_call() -> None:
    floor = Floor()
    anna = floor.ready("anna", tax=4, french=2)
    assert state(floor, anna) == [
        "Is free, for 0 s: a call is offered as soon as there is one.",
        "A page is connected.",
        "The phone is PJSIP/anna.",
        "Skills: french 2 and tax 4.",
    ]
    floor.enters(1)
    assert "After this call: ready again." in state(floor, anna)
    floor.tell(PauseRequested(anna, "lunch"))
    assert "After this call: paused (lunch)." in state(floor, anna)
    floor.tell(LogOutRequested(anna))
    assert "After this call: logged out." in state(floor, anna)


def test_misses_and_faults_are_counted() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    agent = replace(floor.pool.agents[anna], misses=2, faults=1, page_connected=False)
    said = [each.text for each in no_calls.state(agent, floor.now)]
    assert "No page is connected: open it." in said
    assert "Not answered in a row: two calls." in said
    assert "In a row a fault of phone or page ended one offer." in said
    assert "No skills are given." in said
