"""A callback rings its agent and its customer, and survives what goes wrong."""

from dataclasses import replace

import pytest

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.people import Activity
from callcenter.core.call.callback_messages import (
    CallbackPutOff,
    CustomerDialled,
)
from callcenter.core.call.effects import AskMayCall
from callcenter.core.call.facts import AgentOffered, CallEnded, FollowUpOpened
from callcenter.core.call.messages import EndedBy, LegEnd, Outcome
from callcenter.core.call.model import Phase
from tests.core.call.called_back import answered_by_agent, asked_customer, busy_world, ended
from tests.core.invariants import Watch, telephony_shows_what_is_wanted
from tests.support.callbacks import (
    ANI,
    CUSTOMER_FIRST,
    Customer,
    asks_for_callback,
    callback_plan,
    talks_with,
)
from tests.support.playbook import SALES


def test_the_agent_answers_first_and_the_customer_is_called() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna)
    assert any(isinstance(each, AskMayCall) for each in world.effects)
    telephony_shows_what_is_wanted(world)
    customer.may_be_called()
    (dialled,) = world.facts(CustomerDialled)
    assert (dialled.station, dialled.caller_id) == (f"PJSIP/{ANI}@trunk", "+12025550100")
    telephony_shows_what_is_wanted(world)
    customer.phone_rings().picks_up()
    assert talks_with(anna, customer)
    telephony_shows_what_is_wanted(world)
    Watch(world).check()
    world.passes(30)
    customer.phone_ends()
    assert anna.activity is Activity.WRAP_UP
    telephony_shows_what_is_wanted(world)
    assert customer.state.wrapping_up == {anna.agent_id}
    world.passes(61)
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.ANSWERED] == ""


@pytest.mark.parametrize("says", [True, False])
def test_whom_the_store_does_not_know_in_time_is_called_later(says: bool) -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna)
    if says:
        customer.may_be_called(may=None)
    else:
        world.passes(3.1)
    assert customer.is_in(Phase.LATER)
    assert not world.facts(CustomerDialled)
    customer.may_be_called()
    assert customer.is_in(Phase.LATER), "the answer is late"


def test_a_ringing_customer_is_given_up_in_time() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    world.passes(24.9)
    assert customer.is_in(Phase.QUEUE)
    world.passes(0.2)
    assert customer.is_in(Phase.LATER)
    telephony_shows_what_is_wanted(world)


def test_a_customer_whose_agent_is_lost_waits_with_music_at_the_old_place() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().phone_rings().picks_up()
    anna.phone_ends(LegEnd.LOST)
    assert customer.is_in(Phase.QUEUE)
    telephony_shows_what_is_wanted(world)
    world.passes(60)
    anna.takes_the_call()
    assert talks_with(anna, customer)
    assert len(world.facts(CustomerDialled)) == 1
    telephony_shows_what_is_wanted(world)


def test_the_customer_may_be_asked_first_and_talks() -> None:
    world, anna, customer = asked_customer()
    assert customer.state.prompt is not None
    customer.presses("1")
    telephony_shows_what_is_wanted(world)
    anna.takes_the_call()
    assert talks_with(anna, customer)
    telephony_shows_what_is_wanted(world)
    Watch(world).check()


def test_the_customer_may_want_to_be_called_later() -> None:
    world, anna, customer = asked_customer()
    customer.presses("2")
    assert customer.is_in(Phase.LATER)
    assert customer.later_until == world.now + 1_800_000
    assert anna.state.is_free
    telephony_shows_what_is_wanted(world)


def test_the_customer_may_not_want_to_be_called_any_more() -> None:
    world, anna, customer = asked_customer()
    customer.presses("3")
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_CANCELLED] == "by key"
    assert anna.state.is_free
    telephony_shows_what_is_wanted(world)


def test_a_mailbox_presses_no_key() -> None:
    world, anna, customer = asked_customer()
    customer.presses("9")
    world.passes(31)
    assert customer.is_in(Phase.LATER)
    assert anna.state.is_free
    telephony_shows_what_is_wanted(world)


def test_a_reserved_agent_may_go_and_another_comes() -> None:
    world, anna = busy_world(CUSTOMER_FIRST)
    _, customer = asks_for_callback(world)
    world.passes(11)
    anna.ready()
    anna.loses_page()
    assert anna.activity is Activity.IDLE
    customer.may_be_called().picks_up().presses("1")
    assert not customer.state.rings
    ben = world.agent("ben").is_ready().takes_the_call()
    assert talks_with(ben, customer)
    Watch(world).check()


def test_no_more_customers_are_called_than_agents_are_there() -> None:
    for plan in (CUSTOMER_FIRST, callback_plan()):
        world, anna = busy_world(plan)
        for n in range(3):
            asks_for_callback(world, f"c{n}", f"+1202555014{n}")
        world.passes(11)
        anna.ready()
        if plan is not CUSTOMER_FIRST:
            anna.takes_the_call()
        for call_id in list(world.centre.setting.callbacks):
            Customer(world, call_id).may_be_called()
        assert len(world.facts(CustomerDialled)) == 1


def test_callbacks_wait_for_the_queue_to_open() -> None:
    hours = OpeningHours("UTC", dict.fromkeys(range(7), (Span(0, 20), Span(60, 80))))
    plan = callback_plan()
    sales = replace(plan.queues[SALES], hours=hours)
    world, _ = busy_world(replace(plan, queues={**plan.queues, SALES: sales}))
    world.passes(0)  # 16 min 40 s past midnight
    _, customer = asks_for_callback(world)
    world.passes(60)
    assert customer.is_in(Phase.QUEUE)
    world.passes(3 * 60)
    assert customer.is_in(Phase.LATER)
    assert customer.later_until == 60 * 60_000
    world.passes(45 * 60)
    assert customer.is_in(Phase.QUEUE)
    Watch(world).check()


def test_a_promise_that_cannot_be_kept_is_left_to_people() -> None:
    world, _ = busy_world(callback_plan(rules=CallbackRules(keep_ms=600_000)))
    _, customer = asks_for_callback(world)
    world.passes(620)
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_UNREACHED] == "expired"
    assert world.facts(FollowUpOpened)


def test_a_restart_while_the_customers_phone_rings_changes_nothing() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().phone_rings()
    world.restarts(after_s=1)
    world.looks()
    assert customer.is_in(Phase.QUEUE)
    telephony_shows_what_is_wanted(world)
    Watch(world).check()
    customer.picks_up()
    assert talks_with(anna, customer)
    assert len(world.facts(CustomerDialled)) == 1


def test_a_customer_who_answered_while_nobody_looked_is_connected() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    world.pbx.answers(customer.leg_id)
    world.restarts(after_s=1)
    world.looks()
    assert talks_with(anna, customer)


@pytest.mark.parametrize("whose", ["agent", "customer"])
def test_a_leg_that_went_while_nobody_looked_frees_the_other(whose: str) -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    leg_id = anna.leg_id if whose == "agent" else customer.leg_id
    world.pbx.leaves(leg_id)
    world.restarts(after_s=1)
    world.looks()
    assert customer.is_in(Phase.LATER)
    assert anna.activity is Activity.IDLE
    Watch(world).check()


def test_a_customer_who_left_a_talk_unseen_has_ended_it() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().picks_up()
    world.pbx.leaves(customer.leg_id)
    world.restarts(after_s=1)
    world.looks()
    assert customer.is_in(Phase.ENDED)
    (end,) = (f for f in world.facts(CallEnded) if f.outcome is Outcome.ANSWERED)
    assert end.ended_by is EndedBy.SYSTEM


def test_a_customer_who_is_asked_hears_it_again_after_a_restart() -> None:
    world, anna, customer = asked_customer()
    world.restarts(after_s=1)
    world.pbx.playing.clear()
    world.looks()
    assert customer.state.prompt is not None
    customer.presses("1")
    anna.takes_the_call()
    assert talks_with(anna, customer)


def test_a_program_error_leaves_the_promise_to_people() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    world.quarantines(customer.call_id)
    assert customer.is_in(Phase.CLOSED)
    assert any(ANI in task.subject for task in world.facts(FollowUpOpened))
    assert anna.activity is Activity.IDLE
    telephony_shows_what_is_wanted(world)


def test_a_customer_whom_a_restart_of_the_pbx_cuts_off_is_left_to_people() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().picks_up()
    world.pbx.leaves(customer.leg_id)
    world.looks(pbx_restarted=True)
    assert customer.is_in(Phase.ENDED)
    assert "cut off" in (customer.state.follow_up or "")


# ---------------------------------------------------------------- planned work


def test_no_callback_begins_before_planned_work_and_none_is_lost() -> None:
    world, anna = busy_world()
    _, waits = asks_for_callback(world)
    world.passes(11)
    _, comes = asks_for_callback(world, "eve", "+12025550199")
    world.centre.setting = replace(world.centre.setting, holds_callbacks=True)
    world.tell(CallbackPutOff(waits.call_id))
    assert waits.is_in(Phase.LATER)
    anna.ready()
    world.passes(600)
    assert anna.activity is Activity.IDLE
    assert comes.is_in(Phase.LATER)
    world.centre.setting = replace(world.centre.setting, holds_callbacks=False)
    world.passes(61)
    assert world.facts(AgentOffered), "they go on"
    assert {waits.is_in(Phase.QUEUE), comes.is_in(Phase.QUEUE)} == {True}


def test_who_rings_already_rings_on_before_planned_work() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna)
    world.tell(CallbackPutOff(customer.call_id))
    customer.may_be_called().picks_up()
    assert talks_with(anna, customer)
