import pytest

from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    OfferFailed,
    OfferTaken,
)
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.call import agent
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.messages import (
    EndedBy,
    LegEnd,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import AgentId, OfferId
from tests.support.playbook import JOURNAL_ID, PLAN, World

SETTING = Setting(JOURNAL_ID, PLAN)
ANNA = AgentId("anna")


def ringing() -> Call:
    world = World()
    world.agent("anna").is_ready()
    return world.caller("bob").chooses("1").state


def talking() -> Call:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    return bob.state


def todo(call: Call) -> Decision:
    return Decision(call, 5_000_000, SETTING)


def test_each_offer_rings_a_leg_of_its_own() -> None:
    call = ringing()
    again = todo(call)
    event = CallOfferedToAgent(call.arrived.call_id, OfferId("o2"), 2, ANNA, "Anna", "PJSIP/1", 7)
    agent.offer(again, event)
    assert call.offer is not None
    assert len({ring.offer.leg_id for ring in again.call.rings}) == 2
    assert again.call.rings[-1].offer.ring_until == 5_000_007


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (LegEnd.REFUSED, OfferEnd.REFUSED),
        (LegEnd.NO_ANSWER, OfferEnd.NOT_RUNG),
        (LegEnd.NOT_RUNG, OfferEnd.NOT_RUNG),
        (LegEnd.NOT_SHOWN, OfferEnd.NOT_SHOWN),
        (LegEnd.PAGE_LOST, OfferEnd.PAGE_LOST),
        (LegEnd.UNREACHABLE, OfferEnd.UNREACHABLE),
        (LegEnd.HUNG_UP, OfferEnd.REFUSED),
        (LegEnd.CANCELLED, OfferEnd.LOST),
        (LegEnd.LOST, OfferEnd.LOST),
    ],
)
def test_the_pool_is_told_why_the_call_was_not_taken(end: LegEnd, reason: OfferEnd) -> None:
    failed = todo(ringing())
    offer = failed.call.offer
    assert offer is not None
    agent.offer_failed(failed, offer.leg_id, end)
    assert failed.tells == [OfferFailed(offer.offer_id, reason)]


def test_an_offer_can_fail_only_while_it_rings() -> None:
    late = todo(talking())
    assert late.call.offer is not None
    agent.offer_failed(late, late.call.offer.leg_id, LegEnd.NO_ANSWER)
    assert late.facts == []


def test_an_answer_is_told_to_the_pool_once() -> None:
    answered = todo(ringing())
    assert answered.call.offer is not None
    leg_id = answered.call.offer.leg_id
    agent.connect(answered, leg_id)
    agent.connect(answered, leg_id)
    assert [type(tell) for tell in answered.tells] == [OfferTaken]
    assert answered.call.phase is Phase.TALK


def test_a_caller_whose_agent_was_lost_enters_with_the_old_time_and_count() -> None:
    lost = todo(talking())
    agent.requeue(lost)
    hung_up, entered = lost.tells
    assert isinstance(hung_up, AgentHungUp)
    assert isinstance(entered, CallEntered)
    assert lost.call.queue is not None
    assert (entered.entered_at, entered.attempts) == (lost.call.queue.at, 1)
    assert lost.call.phase is Phase.QUEUE


def test_the_end_of_a_talk_leaves_the_call_open_for_the_after_call_work() -> None:
    ended = todo(talking())
    agent.end_talk(ended, EndedBy.CALLER)
    agent.close_if_done(ended)
    before = ended.call
    agent.wrap_up_ran_out(ended, ANNA, late=True)
    assert (before.phase, ended.call.phase) == (Phase.ENDED, Phase.CLOSED)


def test_after_call_work_of_somebody_else_changes_nothing() -> None:
    ended = todo(talking())
    agent.wrap_up_ran_out(ended, AgentId("ben"), late=True)
    assert ended.facts == []
