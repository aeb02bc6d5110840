"""What can be promised, and what not."""

from dataclasses import replace

import pytest

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.overflow_rules import OverflowRule, ToFlow
from callcenter.core.call.callback_messages import AgentCallbackRequested
from callcenter.core.call.messages import Outcome
from callcenter.core.call.model import Phase
from callcenter.core.dialling import Outbound
from ivr_flows.model import Callback, Flow, HangUp, Node
from tests.core.call.called_back import busy_world
from tests.core.invariants import Watch, telephony_shows_what_is_wanted
from tests.support.callbacks import (
    CALLBACK_NUMBER,
    asks_for_callback,
    callback_plan,
    is_requested,
    open_customer,
)
from tests.support.playbook import MAIN, SALES, START, VIP_NUMBER, Agent, Caller, World


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


def test_a_rule_for_overflow_may_promise_it_with_what_the_caller_needs() -> None:
    nodes: dict[str, Node] = {
        "ask": Callback(SALES, "promised", "left"),
        "promised": HangUp(("we_will_call_back",)),
        "left": HangUp(("goodbye",)),
    }
    plan = callback_plan()
    rule = OverflowRule(ToFlow("call back", label="callback"), waited_ms=20_000)
    sales = replace(plan.queues[SALES], overflow=(rule,))
    flows = {**plan.flows, "call back": Flow("call back", "1", "ask", nodes)}
    world, _ = busy_world(replace(plan, queues={**plan.queues, SALES: sales}, flows=flows))
    caller = world.caller("bob").arrives(VIP_NUMBER)
    world.passes(21)
    assert caller.hears == ("we_will_call_back",)
    caller.hangs_up()
    terms = open_customer(world).state.arrived.callback
    assert terms is not None
    assert (terms.entered_at, terms.priority) == (START, 5)
    world.passes(60)
    assert open_customer(world).is_in(Phase.QUEUE), "no rule sends a callback away"


# ---------------------------------------------------------------- by an agent


def in_talk() -> tuple[World, Agent, Caller]:
    world, anna = busy_world(callback_plan(rules=CallbackRules(per_slot=1)))
    caller = world.caller("bob").arrives(CALLBACK_NUMBER)
    anna.ready().takes_the_call()
    return world, anna, caller


def test_an_agent_promises_a_callback_in_the_talk_and_is_asked_first() -> None:
    world, anna, caller = in_talk()
    turn = world.tell(AgentCallbackRequested(anna.agent_id, caller.call_id, 3_600_000))
    assert turn.refusal is None
    caller.hangs_up()
    assert caller.ended.outcome is Outcome.ANSWERED
    customer = open_customer(world)
    terms = customer.state.arrived.callback
    assert terms is not None
    assert (terms.of, terms.agent_id, terms.asked_by) == (caller.call_id, anna.agent_id, "agent")
    assert terms.due_at == world.now + 3_600_000
    assert terms.slot_at == terms.due_at - terms.due_at % 900_000


def test_an_agent_promises_nothing_for_calls_of_others_or_beyond_the_capacity() -> None:
    world, anna, caller = in_talk()
    other = world.agent("ben").logs_in()
    turn = world.tell(AgentCallbackRequested(other.agent_id, caller.call_id, 0))
    assert turn.refusal == "You are not in this call."
    assert is_requested(world, "+12025550150", world.now + 3_600_000) is None
    turn = world.tell(AgentCallbackRequested(anna.agent_id, caller.call_id, 3_600_000))
    assert turn.refusal == "No more callbacks can be promised for this time: choose another."
