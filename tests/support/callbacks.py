"""A world in which customers are called back: what is declared, and the customers' phones."""

from dataclasses import replace
from typing import Self

from callcenter.core.acd.callback_rules import CallbackRules, CallFirst
from callcenter.core.call.callback_messages import (
    CallbackCancelRequested,
    CallbackRequested,
    NumberChecked,
)
from callcenter.core.call.messages import DigitPressed, LegAnswered, LegEnd, LegEnded, LegRinging
from callcenter.core.call.model import Call, Phase
from callcenter.core.dialling import Outbound
from callcenter.core.ids import CallId, LegId, Ms
from callcenter.core.plan import Plan, ServiceNumber
from ivr_flows.load import load_flow
from tests.support.playbook import PLAN, SALES, Agent, Caller, World

CALLBACK_NUMBER = "500"
"""Straight to sales; 1 asks for a callback, 2 for one to a number that is keyed, 3 for later."""
ANI = "+12025550123"
_FLOW = """
flow: callbacks
start: sales
nodes:
  sales:
    queue:
      name: sales
      timed_out: goodbye
      unstaffed: ask_unstaffed
      keys: {"1": ask, "2": key_number, "3": ask_later}
  ask: {callback: {queue: sales, taken: promised, refused: back}}
  ask_unstaffed: {callback: {queue: sales, taken: promised, refused: goodbye}}
  key_number: {digits: {prompts: [main_menu], next: ask_keyed, otherwise: back}}
  ask_keyed: {callback: {queue: sales, number: keyed, taken: promised, refused: back}}
  ask_later: {callback: {queue: sales, after: 1 h, taken: promised, refused: back}}
  back: {back: [please_wait]}
  promised: {hang_up: [we_will_call_back]}
  goodbye: {hang_up: [goodbye]}
"""
OUTBOUND = Outbound(
    "PJSIP/{number}@trunk",
    "+12025550100",
    allow=("+1",),
    deny=("+1900",),
    own=frozenset({"+12025550100"}),
    country_code="1",
)


USUAL = CallbackRules()


def callback_plan(outbound: Outbound = OUTBOUND, rules: CallbackRules = USUAL) -> Plan:
    """Return the usual declaration, with callbacks."""
    sales = replace(PLAN.queues[SALES], callbacks=rules)
    return replace(
        PLAN,
        queues={**PLAN.queues, SALES: sales},
        numbers={
            **PLAN.numbers,
            CALLBACK_NUMBER: ServiceNumber(CALLBACK_NUMBER, "Callbacks", "callbacks"),
        },
        flows={**PLAN.flows, "callbacks": load_flow(_FLOW, "callbacks")},
        outbound=outbound,
    )


CUSTOMER_FIRST = callback_plan(rules=CallbackRules(first=CallFirst.CUSTOMER, greeting=("welcome",)))


class Customer:
    """Somebody who is called back; each verb is one input."""

    def __init__(self, world: World, call_id: CallId) -> None:
        self.world = world
        self.call_id = call_id

    @property
    def state(self) -> Call:
        """The callback, which must be open."""
        return self.world.centre.calls[self.call_id]

    @property
    def phase(self) -> Phase:
        """Where the callback is."""
        call = self.world.centre.calls.get(self.call_id)
        return call.phase if call else Phase.CLOSED

    def is_in(self, phase: Phase) -> bool:
        """Say whether it is there."""
        return self.phase is phase

    @property
    def leg_id(self) -> LegId:
        """The customer's leg, which must be there or be about to."""
        back = self.state.back
        assert back is not None
        leg_id = back.customer or (back.dial.leg_id if back.dial else None)
        assert leg_id is not None, f"nobody is called: {back}"
        return leg_id

    @property
    def later_until(self) -> Ms:
        """When it goes into line."""
        assert self.state.back is not None
        return self.state.back.later_until

    def may_be_called(self, *, may: bool | None = True) -> Self:
        """Let the CRM store say whether."""
        self.world.tell(NumberChecked(self.call_id, may))
        return self

    def phone_rings(self) -> Self:
        """Let the customer's phone ring."""
        self.world.pbx.rings(self.leg_id)
        self.world.tell(LegRinging(self.leg_id))
        return self

    def picks_up(self) -> Self:
        """Answer."""
        leg_id = self.leg_id
        self.world.pbx.answers(leg_id)
        self.world.tell(LegAnswered(leg_id))
        return self

    def phone_ends(self, end: LegEnd = LegEnd.HUNG_UP) -> Self:
        """Lose the leg: not answered, busy, hung up."""
        leg_id = self.leg_id
        self.world.pbx.leaves(leg_id)
        self.world.tell(LegEnded(leg_id, end))
        return self

    def presses(self, key: str) -> Self:
        """Press a key."""
        self.world.tell(DigitPressed(self.leg_id, key))
        return self

    def is_cancelled(self) -> Self:
        """Let somebody take the callback back."""
        self.world.tell(CallbackCancelRequested(self.call_id, "an agent"))
        return self

    @property
    def story(self) -> list[str]:
        """The names of the facts of the callback."""
        stream = f"call/{self.call_id}"
        return [type(fact).__name__ for name, fact in self.world.journal if name == stream]


def open_customer(world: World) -> Customer:
    """Return the customer of the only open callback."""
    (call_id,) = world.centre.setting.callbacks
    return Customer(world, call_id)


def asks_for_callback(world: World, name: str = "bob", ani: str = ANI) -> tuple[Caller, Customer]:
    """Let somebody call, wait, press the key, and hang up; nobody must be free."""
    caller = world.caller(name).arrives(CALLBACK_NUMBER, ani).presses("1").hangs_up()
    callback = world.centre.setting.callbacks.of_number(ani)
    assert callback is not None, "no callback was promised"
    return caller, Customer(world, callback)


def is_requested(world: World, number: str = ANI, due_at: Ms | None = None) -> str | None:
    """Let a program ask for a callback; return why it was refused."""
    return world.tell(CallbackRequested(number, SALES, due_at)).refusal


def talks_with(agent: Agent, customer: Customer) -> bool:
    """Say whether the two are connected."""
    taken = customer.state.taken
    return customer.phase is Phase.TALK and taken is not None and taken.agent_id == agent.agent_id
