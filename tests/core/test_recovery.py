"""Calls after a restart of the service or the PBX, and after an error of the program."""

import pytest

from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.people import Activity
from callcenter.core.call.effects import (
    ReleaseCaller,
)
from callcenter.core.call.facts import (
    AgentConnected,
    CallClosed,
    FollowUpOpened,
    TalkEnded,
)
from callcenter.core.call.messages import (
    EndedBy,
    Outcome,
)
from callcenter.core.call.model import Phase
from callcenter.core.plan import Plan
from callcenter.core.turn import Turn
from tests.support.playbook import (
    PLAN,
    World,
)

# ---------------------------------------------------------------- after a restart


def test_a_caller_in_the_flow_hears_the_present_prompt_again() -> None:
    world = World()
    bob = world.caller("bob").arrives().hears_the_end()
    world.restarts()
    world.looks()
    assert bob.hears == ("main_menu",)


def test_a_caller_who_is_gone_after_a_restart_has_ended_the_call() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    world.restarts()
    bob.is_found(present=False)
    assert (bob.ended.outcome, bob.ended.cause) == (Outcome.ABANDONED_IVR, "lost")


def test_a_restart_of_the_pbx_ends_all_calls_as_failed() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives()
    eve = world.caller("eve").chooses("1")
    world.restarts()
    for caller in (bob, eve):
        caller.is_found(present=False, pbx_restarted=True)
        assert (caller.ended.outcome, caller.ended.cause) == (Outcome.FAILED, "pbx_restart")
    assert anna.activity is Activity.IDLE


def test_each_caller_whom_the_pbx_cut_off_is_to_be_called_back_once() -> None:
    world = World()
    world.agent("anna").is_ready()
    talking = world.caller("bob").chooses("1")
    world.agent("anna").takes_the_call()
    waiting = world.caller("eve").chooses("1")
    listening = world.caller("ida").arrives()
    world.restarts()
    for caller in (talking, waiting, listening, talking):
        caller.is_found(present=False, pbx_restarted=True)
    assert [fact.subject for fact in world.facts(FollowUpOpened)] == [
        "Call back: cut off in the talk with Anna when the telephone system restarted",
        "Call back: cut off while waiting in Sales when the telephone system restarted",
        "Call back: cut off in the menu when the telephone system restarted",
    ]
    assert talking.ended.outcome is Outcome.ANSWERED


def test_a_caller_without_a_number_cannot_be_called_back() -> None:
    world = World()
    bob = world.caller("bob").arrives(ani=None)
    world.restarts()
    bob.is_found(present=False, pbx_restarted=True)
    assert world.facts(FollowUpOpened) == []


def test_a_caller_in_the_queue_waits_on_at_the_old_place() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob, eve = world.caller("bob").chooses("1"), world.caller("eve").chooses("1")
    world.restarts(after_s=3)
    world.looks()
    assert (bob.position, eve.position) == (1, 2)


def test_a_phone_that_still_rings_after_a_restart_goes_on_ringing() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    world.restarts()
    bob.is_found(ringing=[anna.leg_id])
    assert world.happened == ["AgentRang"]
    bob.is_found(ringing=[anna.leg_id])
    assert world.happened == []


def test_a_ring_that_is_gone_after_a_restart_is_lost_and_never_repeated() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    leg_id = anna.leg_id
    world.pbx.leaves(leg_id)
    world.restarts()
    world.looks()
    assert world.facts(OfferClosed)[0].reason is OfferEnd.LOST
    assert anna.call_id == bob.call_id
    assert anna.leg_id != leg_id


def test_an_answer_that_nobody_saw_connects_after_the_restart() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    world.restarts()
    bob.is_found(answered=[anna.leg_id])
    assert bob.phase is Phase.TALK
    assert len(world.facts(AgentConnected)) == 1


def test_a_talk_goes_on_over_a_restart() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    world.restarts()
    world.looks()
    assert world.happened == []
    assert bob.phase is Phase.TALK


def test_a_caller_whose_agent_is_gone_after_a_restart_waits_at_the_old_place() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    world.passes(30)
    eve = world.caller("eve").chooses("1")
    world.pbx.leaves(anna.leg_id)
    world.restarts()
    world.looks()
    assert world.facts(TalkEnded)[0].requeued
    assert (bob.position, eve.position) == (1, 2)
    assert anna.activity is Activity.WRAP_UP
    anna.wraps_up(bob)
    assert anna.call_id == bob.call_id


def test_a_call_with_only_after_call_work_left_needs_nothing_from_the_pbx() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    bob.hangs_up()
    world.restarts()
    bob.is_found(present=False)
    assert world.happened == []
    anna.wraps_up(bob)
    assert bob.phase is Phase.CLOSED


def test_facts_of_a_pool_that_is_gone_are_passed_over() -> None:
    world = World()
    world.agent("anna").is_ready()
    one = World(Plan(PLAN.queues, PLAN.numbers, PLAN.flows, "main", pools={}))
    for stream, fact in world.journal:
        one.centre.evolve(stream, fact)
    assert not one.centre.pools


# ---------------------------------------------------------------- program errors


@pytest.mark.parametrize("key", ["", "1"])
def test_a_quarantined_caller_goes_to_the_fallback(key: str) -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives()
    if key:
        bob.hears_the_end().presses(key)
    world.quarantines(bob.call_id)
    assert (bob.ended.outcome, bob.ended.ended_by) == (Outcome.FAILED, EndedBy.SYSTEM)
    assert ReleaseCaller(bob.call_id, bob.leg_id) in world.last.telephony
    assert bob.leg_id in world.pbx.released
    assert anna.state.is_free
    assert not world.pbx.leftovers([])


def test_a_quarantined_talk_frees_the_agent_through_the_wrap_up() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    world.quarantines(bob.call_id)
    assert bob.leg_id in world.pbx.released
    assert anna.activity is Activity.WRAP_UP
    world.passes(60)
    assert len(world.facts(CallClosed)) == 1


def test_a_call_that_is_over_cannot_be_quarantined() -> None:
    world = World()
    bob = world.caller("bob").arrives().hangs_up()
    assert world.quarantines(bob.call_id) == Turn()
