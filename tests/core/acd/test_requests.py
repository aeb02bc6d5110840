from dataclasses import replace

import pytest

from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.choice import CallBumped
from callcenter.core.acd.comfort_messages import PositionDue
from callcenter.core.acd.facts import OfferMade
from callcenter.core.acd.messages import PauseRequested, ReadyRequested
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import Strategy
from tests.core.acd.test_decide import QUEUES, SALES, SUPPORT, Floor

BOSS = AgentId("boss")


@pytest.fixture
def floor() -> Floor:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    return floor


def test_a_bumped_caller_is_the_first_at_once(floor: Floor) -> None:
    floor.enters(1, priority=9)
    last = floor.enters(2)
    floor.tell(BumpRequested(last, BOSS))
    assert floor.facts == [CallBumped(floor.now, last, BOSS)]
    assert floor.pool.position(floor.pool.waiting[last]) == 1
    floor.tell(ReadyRequested(AgentId("anna")))
    assert floor.agent_of(last) == "anna"


def test_a_bump_that_makes_no_sense_is_refused_with_the_reason(floor: Floor) -> None:
    assert floor.tell(BumpRequested(CallId("nobody"), BOSS)) == []
    assert floor.refusal == "This caller does not wait any more."
    first = floor.enters(1)
    assert floor.tell(BumpRequested(first, BOSS)) == []
    assert floor.refusal == "This caller is the first in line already."
    floor.tell(ReadyRequested(AgentId("anna")))
    assert floor.tell(BumpRequested(first, BOSS)) == []
    assert floor.refusal == "This caller is being offered to an agent already."


def by_hand() -> Floor:
    return Floor(QUEUES | {SALES: replace(QUEUES[SALES], strategy=Strategy.MANUAL)})


def test_callers_of_a_queue_that_is_picked_from_are_offered_to_nobody() -> None:
    floor = by_hand()
    floor.ready("anna")
    call_id = floor.enters(1)
    assert floor.tells == [PositionDue(call_id, 1)]
    floor.ready("ben")
    assert floor.agent_of(call_id) is None


def test_an_agent_is_offered_the_caller_they_pick() -> None:
    floor = by_hand()
    anna = floor.ready("anna")
    floor.enters(1)
    second = floor.enters(2)
    floor.tell(PickRequested(anna, second))
    (made,) = floor.facts
    assert isinstance(made, OfferMade)
    assert made.considered is not None
    assert (made.agent_id, made.considered.chosen_by) == (anna, "picked")


def test_a_pick_that_cannot_be_is_refused_with_the_reason() -> None:
    floor = by_hand()
    anna, ben = floor.ready("anna", SALES), floor.ready("ben", SALES)
    skilled = floor.enters(1, french=0)
    given = floor.enters(2, SUPPORT)
    french = floor.enters(3, french=3)
    refusals = []
    for agent_id, call_id in (
        (AgentId("nobody"), skilled),
        (anna, CallId("gone")),
        (anna, french),
    ):
        assert floor.tell(PickRequested(agent_id, call_id)) == []
        refusals.append(floor.refusal)
    assert given not in floor.pool.waiting
    floor.tell(PickRequested(anna, skilled))
    floor.tell(PickRequested(ben, skilled))
    refusals.append(floor.refusal)
    floor.tell(PauseRequested(ben, "break"))
    fourth = floor.enters(4)
    floor.tell(PickRequested(ben, fourth))
    refusals.append(floor.refusal)
    assert refusals == [
        "You are not logged in.",
        "This caller does not wait any more.",
        "This caller does not wait any more.",
        "This caller is being offered to an agent already.",
        "Say that you are ready before you pick a caller.",
    ]


def test_callers_who_are_given_out_cannot_be_picked(floor: Floor) -> None:
    call_id = floor.enters(1)
    floor.tell(PickRequested(AgentId("anna"), call_id))
    assert floor.refusal == "Callers of this queue are given out; they cannot be picked."
