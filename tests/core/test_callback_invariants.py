"""The random stories of ``test_invariants``, with customers who are called back."""

from dataclasses import replace
from typing import Self

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from callcenter.core.acd.callback_rules import CallbackRules, CallFirst
from callcenter.core.acd.people import Activity
from callcenter.core.call.messages import LegEnd
from callcenter.core.call.model import Phase
from tests.core.invariants import is_reserved
from tests.core.test_invariants import EXAMPLES, STORIES, CallCentre, Picks, one
from tests.support.callbacks import CALLBACK_NUMBER, Customer, callback_plan, is_requested
from tests.support.playbook import Agent, Caller, World

ANIS = tuple(f"+1202555018{n}" for n in range(4))
RULES = CallbackRules(
    keep_ms=1_800_000, retry_ms=45_000, attempts=2, snooze_ms=61_000, greeting=("welcome",)
)


class CalledBack(Caller):
    """A customer on the line, as those who talk with them see them."""

    def __init__(self, world: World, customer: Customer) -> None:
        super().__init__(world, "customer")
        self.customer = customer
        self.call_id = customer.call_id

    def hangs_up(self, *_: object) -> Self:
        """Leave."""
        self.customer.phone_ends()
        return self


class CallingBack(CallCentre):
    """The agent's phone rings first."""

    plan = callback_plan(rules=RULES)

    def customers(self) -> list[Customer]:
        calls = self.world.centre.calls
        return [Customer(self.world, call_id) for call_id, call in calls.items() if call.back]

    def on_the_phone(self) -> list[Customer]:
        return [each for each in self.customers() if has_leg(each)]

    def has_customer(self) -> bool:
        return bool(self.customers())

    def has_leg(self) -> bool:
        return bool(self.on_the_phone())

    def agents(self, *activities: Activity) -> list[Agent]:
        """Return those whose phone rings, if ringing is asked for, not those only kept free."""
        return [a for a in super().agents(*activities) if not self._is_reserved(a)]

    def _is_reserved(self, agent: Agent) -> bool:
        call = self.world.centre.calls.get(agent.call_id) if agent.call_id else None
        return call is not None and is_reserved(call, agent.agent_id)

    def caller_of(self, agent: Agent) -> Caller:
        known = [c for c in self.world.callers.values() if c.call_id == agent.call_id]
        ours = [c for c in self.customers() if c.call_id == agent.call_id]
        return known[0] if known else CalledBack(self.world, ours[0])

    def _goes_on(self, agent: Agent) -> None:
        call = self.caller_of(agent).call
        if call and call.back and call.back.agent_leg and call.phase is Phase.QUEUE:
            Customer(self.world, call.arrived.call_id).may_be_called()
            return
        super()._goes_on(agent)

    @rule(ani=st.sampled_from(ANIS), waits_s=st.sampled_from((0, 3, 11)))
    def somebody_asks_for_a_callback(self, ani: str, waits_s: int) -> None:
        if len(self.callers(*Phase)) < 8:
            name = f"c{len(self.world.callers) + 1}"
            caller = self.world.caller(name).arrives(CALLBACK_NUMBER, ani)
            self.done()
            self.world.passes(waits_s)
            self.done()
            caller.presses("1")
            self.done()

    @rule(ani=st.sampled_from(ANIS))
    def a_program_asks_for_a_callback(self, ani: str) -> None:
        is_requested(self.world, ani)
        self.done()

    @precondition(has_customer)
    @rule(pick=Picks, may=st.sampled_from((True, True, True, False, None)))
    def the_store_says_who_may_be_called(self, pick: int, *, may: bool | None) -> None:
        one(self.customers(), pick).may_be_called(may=may)
        self.done()

    @precondition(has_leg)
    @rule(pick=Picks)
    def a_customer_picks_up(self, pick: int) -> None:
        one(self.on_the_phone(), pick).picks_up()
        self.done()

    @precondition(has_leg)
    @rule(pick=Picks, end=st.sampled_from(sorted(set(LegEnd) - {LegEnd.PAGE_LOST})))
    def a_customers_leg_ends(self, pick: int, end: LegEnd) -> None:
        one(self.on_the_phone(), pick).phone_ends(end)
        self.done()

    @precondition(has_leg)
    @rule(pick=Picks, key=st.sampled_from("11239"))
    def a_customer_presses_a_key(self, pick: int, key: str) -> None:
        one(self.on_the_phone(), pick).presses(key)
        self.done()

    @precondition(has_customer)
    @rule(pick=Picks)
    def a_callback_is_cancelled(self, pick: int) -> None:
        one(self.customers(), pick).is_cancelled()
        self.done()

    @precondition(has_customer)
    @rule(pick=Picks)
    def a_program_error_strikes_a_callback(self, pick: int) -> None:
        self.world.quarantines(one(self.customers(), pick).call_id)
        self.done()

    @precondition(has_leg)
    @rule(picks=st.lists(Picks, min_size=1, max_size=2))
    def customers_go_unseen(self, picks: list[int]) -> None:
        for pick in picks:
            self.world.pbx.leaves(one(self.on_the_phone(), pick).leg_id)
        self.world.restarts(after_s=1)
        self.world.looks()
        self.done()


def has_leg(customer: Customer) -> bool:
    back = customer.state.back
    return back is not None and bool(back.dial or back.customer)


class AskingCustomersFirst(CallingBack):
    """The customer's phone rings first, while an agent is kept free."""

    plan = callback_plan(rules=replace(RULES, first=CallFirst.CUSTOMER))


TestCallingBack = CallingBack.TestCase
TestCallingBack.settings = settings(STORIES, max_examples=max(60, EXAMPLES // 2))
TestAskingCustomersFirst = AskingCustomersFirst.TestCase
TestAskingCustomersFirst.settings = TestCallingBack.settings
