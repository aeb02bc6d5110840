"""What follows when the customer of a callback is not reached."""

import pytest

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.people import Activity
from callcenter.core.call.callback_messages import (
    CustomerDialled,
    CustomerEnd,
)
from callcenter.core.call.facts import FollowUpOpened
from callcenter.core.call.messages import LegEnd, Outcome
from callcenter.core.call.model import Phase
from callcenter.core.dialling import Outbound
from tests.core.call.called_back import answered_by_agent, busy_world, ended
from tests.core.invariants import Watch, telephony_shows_what_is_wanted
from tests.support.callbacks import (
    ANI,
    callback_plan,
)


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
