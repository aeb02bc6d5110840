"""Customers are called back: their place, their phone, and whatever goes wrong with it."""

from dataclasses import replace

import pytest

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.people import Activity
from callcenter.core.call.callback import OWN_CALL_LIMIT_MS
from callcenter.core.call.callback_messages import (
    CallbackCancelRequested,
    CustomerDialled,
    CustomerEnd,
)
from callcenter.core.call.effects import AskMayCall
from callcenter.core.call.facts import CallEnded, FollowUpOpened
from callcenter.core.call.messages import EndedBy, LegEnd, Outcome
from callcenter.core.call.model import Phase
from callcenter.core.dialling import Outbound
from callcenter.core.ids import Ms
from callcenter.core.plan import Plan
from tests.core.invariants import Watch, telephony_shows_what_is_wanted
from tests.support.callbacks import (
    ANI,
    CALLBACK_NUMBER,
    CUSTOMER_FIRST,
    Customer,
    asks_for_callback,
    callback_plan,
    is_requested,
    open_customer,
    talks_with,
)
from tests.support.playbook import MAIN, SALES, START, Agent, World


def busy_world(plan: Plan | None = None) -> tuple[World, Agent]:
    """Return a world with one agent, who pauses."""
    world = World(plan or callback_plan())
    return world, world.agent("anna").logs_in()


def ended(world: World) -> dict[Outcome, str]:
    return {fact.outcome: fact.cause for fact in world.facts(CallEnded)}


# ---------------------------------------------------------------- the promise


def test_who_asks_for_a_callback_may_hang_up_and_keeps_the_place() -> None:
    world, anna = busy_world()
    world.passes(0)
    first = world.caller("bob").arrives(CALLBACK_NUMBER)
    world.passes(30)
    second = world.caller("eve").arrives(CALLBACK_NUMBER, "+12025550199")
    first.presses("1")
    assert first.hears == ("we_will_call_back",)
    first.hangs_up()
    assert first.ended.outcome is Outcome.CALLBACK_REQUESTED
    customer = open_customer(world)
    assert (customer.phase, first.phase) == (Phase.LATER, Phase.CLOSED)
    world.passes(11)
    assert customer.is_in(Phase.QUEUE)
    assert world.centre.pools[MAIN].in_order()[0].call_id == customer.call_id
    anna.ready()
    assert anna.call_id == customer.call_id, "the older place goes first"
    assert second.phase is Phase.QUEUE
    assert customer.state.arrived.callback is not None
    assert customer.state.arrived.callback.of == first.call_id
    Watch(world).check()


@pytest.mark.parametrize(
    ("ani", "outbound"),
    [
        (None, None),
        ("+19005550123", None),
        ("+442079460000", None),
        ("+12025550100", None),
        ("+12025550123", Outbound()),
    ],
)
def test_who_cannot_be_called_is_told_so_and_waits_on(
    ani: str | None, outbound: Outbound | None
) -> None:
    world, _ = busy_world(callback_plan(outbound) if outbound else None)
    caller = world.caller("bob").arrives(CALLBACK_NUMBER, ani).presses("1")
    assert caller.hears == ("please_wait",)
    assert (caller.phase, caller.position) == (Phase.QUEUE, 1)
    assert not world.centre.setting.callbacks


def test_the_number_may_be_keyed_and_corrected() -> None:
    world, _ = busy_world()
    caller = world.caller("bob").arrives(CALLBACK_NUMBER, None).presses("2")
    for key in "99*2025550177#":
        caller.presses(key)
    assert caller.hears == ("we_will_call_back",)
    assert world.centre.setting.callbacks.of_number("+12025550177") is not None
    telephony_shows_what_is_wanted(world)


def test_too_short_a_number_is_asked_for_again_and_then_given_up() -> None:
    world, _ = busy_world()
    caller = world.caller("bob").arrives(CALLBACK_NUMBER, None).presses("2")
    for _ in range(2):
        caller.presses("1").presses("#")
        assert caller.hears == ("main_menu",)
    caller.presses("1")
    assert not caller.state.prompt, "a key ends the prompt"
    world.passes(9)
    assert caller.hears == ("please_wait",)


def test_a_second_callback_for_one_number_is_refused() -> None:
    world, _ = busy_world()
    asks_for_callback(world)
    assert is_requested(world) == "This customer will be called back already."


def test_a_callback_for_later_takes_up_its_slot() -> None:
    world, _ = busy_world(callback_plan(rules=CallbackRules(per_slot=1)))
    world.caller("bob").arrives(CALLBACK_NUMBER).presses("3").hangs_up()
    customer = open_customer(world)
    terms = customer.state.arrived.callback
    assert terms is not None
    assert (terms.due_at, terms.entered_at) == (START + 3_600_000, START + 3_600_000)
    again = is_requested(world, "+12025550150", START + 3_600_000)
    assert again == "No more callbacks can be promised for this time: choose another."
    assert is_requested(world, "+12025550150", START + 7_200_000) is None


# ---------------------------------------------------------------- agent first


def answered_by_agent(world: World, anna: Agent) -> Customer:
    """Let a callback come to its agent, who answers."""
    _, customer = asks_for_callback(world)
    world.passes(11)
    anna.ready().takes_the_call()
    return customer


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


@pytest.mark.parametrize("end", [LegEnd.NO_ANSWER, LegEnd.REFUSED, LegEnd.UNREACHABLE])
def test_an_agent_is_free_at_once_when_the_customer_is_not_reached(end: LegEnd) -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    customer.phone_ends(end)
    assert anna.activity is Activity.IDLE
    assert anna.state.is_free, "no after-call work, no rest"
    assert customer.is_in(Phase.LATER)
    assert customer.later_until == world.now + 900_000
    telephony_shows_what_is_wanted(world)
    Watch(world).check()
    world.passes(901)
    assert anna.call_id == customer.call_id, "tried again after the rest"


def test_a_customer_who_is_never_reached_is_left_to_people() -> None:
    world, anna = busy_world(callback_plan(rules=CallbackRules(attempts=2, retry_ms=60_000)))
    customer = answered_by_agent(world, anna).may_be_called().phone_ends(LegEnd.NO_ANSWER)
    world.passes(61)
    anna.takes_the_call()
    customer.may_be_called().phone_ends(LegEnd.REFUSED)
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_UNREACHED] == CustomerEnd.BUSY
    (task,) = world.facts(FollowUpOpened)
    assert ANI in task.subject
    assert anna.activity is Activity.IDLE


def test_a_customer_who_wants_no_calls_is_not_called() -> None:
    world, anna = busy_world()
    answered_by_agent(world, anna).may_be_called(may=False)
    assert not world.facts(CustomerDialled)
    assert ended(world)[Outcome.CALLBACK_UNREACHED] == CustomerEnd.DO_NOT_CALL
    assert anna.activity is Activity.IDLE


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


def test_the_toll_rules_are_looked_at_again_before_each_dial() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna)
    world.replans(callback_plan(Outbound("PJSIP/{number}@trunk", allow=("+44",))))
    customer.may_be_called()
    assert not world.facts(CustomerDialled)
    assert ended(world)[Outcome.CALLBACK_UNREACHED] == CustomerEnd.NOT_ALLOWED


def test_an_agent_who_does_not_wait_costs_the_customer_nothing() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().phone_rings()
    anna.phone_ends()
    assert customer.is_in(Phase.LATER)
    assert customer.state.back is not None
    assert customer.state.back.misses == 0
    telephony_shows_what_is_wanted(world)
    Watch(world).check()


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


# ---------------------------------------------------------------- customer first


def asked_customer() -> tuple[World, Agent, Customer]:
    """Return a customer who hears what the keys are, while an agent is kept free."""
    world, anna = busy_world(CUSTOMER_FIRST)
    _, customer = asks_for_callback(world)
    world.passes(11)
    anna.ready()
    assert anna.activity is Activity.RINGING
    assert not customer.state.rings, "the agent is only kept free"
    customer.may_be_called().phone_rings().picks_up()
    telephony_shows_what_is_wanted(world)
    return world, anna, customer


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


# ---------------------------------------------------------------- opening hours


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


# ---------------------------------------------------------------- the customer calls again


def test_who_calls_again_has_the_old_place_and_is_not_called() -> None:
    world, anna = busy_world()
    _, customer = asks_for_callback(world)
    world.passes(11)
    other = world.caller("eve").arrives(CALLBACK_NUMBER, "+12025550199")
    world.passes(60)
    again = world.caller("bob").arrives(CALLBACK_NUMBER)
    assert (again.position, other.position) == (1, 2)
    assert customer.is_in(Phase.LATER)
    assert customer.later_until == world.now + OWN_CALL_LIMIT_MS
    anna.ready().takes_the_call()
    assert again.phase is Phase.TALK
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_CANCELLED] == "satisfied_by_inbound"
    Watch(world).check()


def test_who_calls_again_and_gives_up_is_called_back_all_the_same() -> None:
    world, _ = busy_world()
    _, customer = asks_for_callback(world)
    world.passes(11)
    world.caller("bob").arrives(CALLBACK_NUMBER).hangs_up()
    assert customer.later_until == world.now + 10_000
    world.passes(11)
    assert customer.is_in(Phase.QUEUE)


# ---------------------------------------------------------------- by others


def test_a_program_may_ask_for_a_callback_and_take_it_back() -> None:
    world, _ = busy_world()
    assert is_requested(world, "(202) 555-0123") is None
    customer = open_customer(world).is_cancelled()
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_CANCELLED] == "by an agent"


@pytest.mark.parametrize(
    ("number", "due_at", "words"),
    [
        ("what", None, "not a telephone number"),
        ("+19005550123", None, "are not called"),
        ("+12025550100", None, "our own"),
        (ANI, START - 1, "within the next thirty days"),
        (ANI, START + 40 * 86_400_000, "within the next thirty days"),
    ],
)
def test_what_cannot_be_promised_is_refused_in_words(
    number: str, due_at: Ms | None, words: str
) -> None:
    world, _ = busy_world()
    assert words in (is_requested(world, number, due_at) or "")


def test_who_is_talked_with_cannot_be_cancelled() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().picks_up()
    turn = world.tell(CallbackCancelRequested(customer.call_id, "an agent"))
    assert turn.refusal == "The customer has been reached already."
    inbound = world.caller("eve").arrives(CALLBACK_NUMBER, "+12025550199")
    turn = world.tell(CallbackCancelRequested(inbound.call_id, "an agent"))
    assert turn.refusal == "This is not a callback."


# ---------------------------------------------------------------- restarts


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
