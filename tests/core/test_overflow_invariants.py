"""Anything may happen, in queues that open, close, fill, lose their staff and overflow in a ring.

The rules of the operator's file never make a ring; here they do, so that the limit is needed.
"""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.overflow_rules import (
    Moment,
    OverflowRule,
    Staffed,
    ToFlow,
    ToMailbox,
    ToQueue,
)
from callcenter.core.acd.queue_messages import (
    QueueClosed,
    QueueCloseRequested,
    QueueReopenRequested,
)
from callcenter.core.call.facts import CallEnded, QueueEntered, QueueExited
from callcenter.core.call.messages import Outcome
from callcenter.core.call.model import Phase
from callcenter.core.plan import Plan, ServiceNumber
from ivr_flows.load import load_flow
from ivr_flows.messages import QueueExit
from tests.core.invariants import Watch
from tests.core.test_invariants import NUMBERS, STORIES, CallCentre
from tests.support.playbook import PLAN, SALES, SUPPORT, World

HOURS = OpeningHours("UTC", dict.fromkeys(range(7), (Span(0, 25), Span(30, 60), Span(63, 1200))))
AT_WORK = frozenset({Staffed.READY, Staffed.TALKING, Staffed.WRAP_UP, Staffed.RESTING})
ASK_NUMBER = "400"
"""Asks first whether sales is open."""
ASK_FLOW = """
flow: ask
start: look
nodes:
  look: {hours: {queue: sales, open: sales, closed: other}}
  other: {hours: {queue: support, open: support, closed: bye}}
  sales: {queue: {name: sales, timed_out: bye, unstaffed: bye, full: bye}}
  support: {queue: {name: support, timed_out: bye, unstaffed: bye}}
  bye: {hang_up: [closed_now]}
"""

RULES = {
    SALES: replace(
        PLAN.queues[SALES],
        hours=HOURS,
        max_waiting=2,
        overflow=(
            OverflowRule(ToQueue(SUPPORT), Moment.CLOSED),
            OverflowRule(ToQueue(SUPPORT), Moment.FULL),
            OverflowRule(ToMailbox(), Moment.UNSTAFFED),
            OverflowRule(ToFlow("vip", "missed"), Moment.CLOSING),
            OverflowRule(ToQueue(SUPPORT), waited_ms=20_000, position=1),
            OverflowRule(ToQueue(SUPPORT), waited_ms=60_000),
        ),
    ),
    SUPPORT: replace(
        PLAN.queues[SUPPORT],
        stay_with=AT_WORK,
        leave_after_ms=20_000,
        overflow=(
            OverflowRule(ToQueue(SALES), Moment.CLOSED),
            OverflowRule(ToQueue(SALES), Moment.UNSTAFFED),
            OverflowRule(ToMailbox(), waited_ms=5_000, service_level=40, window_ms=120_000),
            OverflowRule(ToQueue(SALES), waited_ms=90_000),
        ),
    ),
}


def a_plan() -> Plan:
    numbers = {**PLAN.numbers, ASK_NUMBER: ServiceNumber(ASK_NUMBER, "Ask", "ask")}
    flows = {**PLAN.flows, "ask": load_flow(ASK_FLOW, "ask")}
    return replace(PLAN, queues=RULES, numbers=numbers, flows=flows)


class OverflowingCentre(CallCentre):
    """The same stories where callers overflow."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(a_plan())
        self.watch = Watch(self.world)

    @rule(number=st.sampled_from((*NUMBERS, ASK_NUMBER, ASK_NUMBER)))
    def somebody_calls(self, number: str) -> None:
        if len(self.callers(*Phase)) < 8:
            self.world.caller(f"c{len(self.world.callers) + 1}").arrives(number)
            self.done()

    @rule(queue_id=st.sampled_from((SALES, SUPPORT)), closes=st.booleans())
    def a_supervisor_closes_or_reopens_a_queue(self, queue_id: str, *, closes: bool) -> None:
        queue = SALES if queue_id == SALES else SUPPORT
        self.world.tell(
            QueueCloseRequested(queue, "Sue", "drill")
            if closes
            else QueueReopenRequested(queue, "Sue")
        )
        self.done()


TestOverflowingCentre = OverflowingCentre.TestCase
TestOverflowingCentre.settings = STORIES


# ---------------------------------------------------------------- stories


def test_a_caller_overflows_with_the_age_and_comes_back_to_the_first_flow() -> None:
    world = World(a_plan())
    world.agent("anna").can(SALES).is_ready()
    world.agent("ben").can(SUPPORT).is_ready()
    world.caller("a").chooses("1")
    world.caller("b").chooses("2")
    begin = world.now
    caller = world.caller("c").chooses("1")
    world.agent("anna").takes_the_call()
    world.agent("ben").takes_the_call()
    world.passes(61)
    entered = [fact for fact in world.facts(QueueEntered) if fact.entered_at is not None]
    assert [(fact.queue_id, fact.entered_at) for fact in entered] == [(SUPPORT, begin)]
    exits = [(fact.reason, fact.target) for fact in world.facts(QueueExited)]
    assert exits == [(QueueExit.WAITED, "queue support")]
    assert caller.phase is Phase.QUEUE


def test_a_call_in_a_ring_of_queues_ends_in_its_flow() -> None:
    world = World(a_plan())
    world.agent("anna").is_ready()
    world.passes(25 * 60 - world.now / 1000)
    assert world.facts(QueueClosed), "closed by its hours"
    world.tell(QueueCloseRequested(SUPPORT, "Sue", "drill"))
    caller = world.caller("c").chooses("1")
    targets = [fact.target for fact in world.facts(QueueExited)]
    assert targets == ["queue support", "queue sales"] * 2 + ["queue support", ""]
    assert caller.phase is Phase.FLOW


def test_a_caller_for_the_mailbox_is_over_for_us_and_leaves_work_behind() -> None:
    world = World(a_plan())
    caller = world.caller("c").chooses("1")
    [end] = world.facts(CallEnded)
    assert (end.outcome, end.cause) == (Outcome.OVERFLOW, "voicemail")
    assert "ReleaseCaller" in world.asked
    assert caller.call is None


def test_a_flow_asks_whether_a_queue_is_open() -> None:
    world = World(a_plan())
    world.agent("anna").is_ready()
    world.caller("early").arrives(ASK_NUMBER).hangs_up()
    world.passes(25 * 60 - world.now / 1000)
    world.caller("late").arrives(ASK_NUMBER)
    assert [fact.queue_id for fact in world.facts(QueueEntered)] == [SALES, SUPPORT]
