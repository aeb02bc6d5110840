"""Callbacks at the moments that the tests begin with."""

from callcenter.core.acd.people import Activity
from callcenter.core.call.facts import CallEnded
from callcenter.core.call.messages import Outcome
from callcenter.core.plan import Plan
from tests.core.invariants import telephony_shows_what_is_wanted
from tests.support.callbacks import (
    CUSTOMER_FIRST,
    Customer,
    asks_for_callback,
    callback_plan,
)
from tests.support.playbook import Agent, World


def busy_world(plan: Plan | None = None) -> tuple[World, Agent]:
    """Return a world with one agent, who pauses."""
    world = World(plan or callback_plan())
    return world, world.agent("anna").logs_in()


def ended(world: World) -> dict[Outcome, str]:
    return {fact.outcome: fact.cause for fact in world.facts(CallEnded)}


def answered_by_agent(world: World, anna: Agent) -> Customer:
    """Let a callback come to its agent, who answers."""
    _, customer = asks_for_callback(world)
    world.passes(11)
    anna.ready().takes_the_call()
    return customer


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
