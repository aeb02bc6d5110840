from dataclasses import replace

import pytest

from callcenter.core.acd.comfort_messages import PositionDue
from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.hours import OpeningHours
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    LogOutRequested,
    OfferFailed,
    OfferTaken,
    PauseRequested,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.overflow_rules import (
    MOST_OVERFLOWS,
    Moment,
    OverflowRule,
    Staffed,
    Target,
    ToFlow,
    ToMailbox,
    ToQueue,
)
from callcenter.core.acd.pool import Pool, keep
from callcenter.core.acd.queue_messages import (
    CallDequeued,
    QueueCloseRequested,
    QueueGaveUp,
    StaffFound,
    StaffMissed,
)
from callcenter.core.ids import CallId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from ivr_flows.messages import QueueExit
from tests.core.acd.test_decide import SALES, SUPPORT, Floor

TO_SUPPORT = ToQueue(SUPPORT)
MAILBOX = ToMailbox()
NEVER = OpeningHours("UTC", {})


def a_floor(*rules: OverflowRule, **fields: object) -> Floor:
    """Return a floor whose sales queue has these rules, and no announcements."""
    floor = Floor()
    sales = QueueRules(SALES, "Sales", announce_every_ms=0)
    sales = replace(sales, overflow=rules, **fields)  # type: ignore[arg-type]
    queues = {SALES: sales, SUPPORT: QueueRules(SUPPORT, "Support")}
    floor.pool = Pool("5ca1ab1e", PoolRules(), queues)
    return floor


def busy_floor(*rules: OverflowRule, **fields: object) -> Floor:
    """Return such a floor with an agent who is in a talk, for the other queue."""
    floor = a_floor(*rules, **fields)
    floor.ready("anna")
    first = floor.enters(100, SUPPORT)
    floor.tell(OfferTaken(floor.offer_of(first)))
    return floor


def left(floor: Floor) -> list[tuple[str, QueueExit, Target | None]]:
    """Return who has just left without an agent: call, reason and where to."""
    return [(t.call_id, t.reason, t.to) for t in floor.tells if isinstance(t, QueueGaveUp)]


# ---------------------------------------------------------------- on entry


@pytest.mark.parametrize(
    ("moment", "fields", "reason"),
    [
        (Moment.CLOSED, {"hours": NEVER}, QueueExit.CLOSED),
        (Moment.FULL, {"max_waiting": 1}, QueueExit.FULL),
        (Moment.UNSTAFFED, {"join_with": frozenset({Staffed.PAUSED})}, QueueExit.UNSTAFFED),
    ],
)
@pytest.mark.parametrize("to", [TO_SUPPORT, MAILBOX, ToFlow("main", "bye"), None])
def test_who_may_not_enter_goes_where_the_rule_says(
    moment: Moment, fields: dict[str, object], reason: QueueExit, to: Target | None
) -> None:
    other = OverflowRule(ToFlow("other"), waited_ms=1)
    floor = busy_floor(*([OverflowRule(to, moment)] if to else []), other, **fields)
    floor.enters(1)
    if moment is Moment.FULL:
        assert left(floor) == []
        floor.enters(2)
    call_id = "call-2" if moment is Moment.FULL else "call-1"
    assert left(floor) == [(call_id, reason, to)]
    [fact] = [fact for fact in floor.facts if isinstance(fact, CallDequeued)]
    assert (fact.reason, fact.target) == (reason.value, to.words if to else "")


def test_closed_comes_before_full_and_full_before_unstaffed() -> None:
    floor = a_floor(hours=NEVER, max_waiting=0)
    floor.enters(1)
    assert [reason for _, reason, _ in left(floor)] == [QueueExit.CLOSED]


def test_a_caller_who_lost_the_agent_is_not_turned_away_from_a_queue_that_closed_or_filled() -> (
    None
):
    floor = busy_floor(hours=NEVER, max_waiting=1)
    back = CallEntered(CallId("back"), 7, SALES, 0, (), entered_at=5, comes_back=True)
    floor.tell(back)
    assert left(floor) == []
    assert floor.pool.waiting[CallId("back")].entered_at == 5


def test_a_free_agent_comes_before_any_rule_of_waiting() -> None:
    floor = a_floor(OverflowRule(TO_SUPPORT, position=1))
    floor.ready("anna")
    floor.enters(1)
    assert isinstance(floor.tells[0], CallOfferedToAgent)


# ---------------------------------------------------------------- while waiting


def test_who_has_waited_long_enough_leaves_at_that_instant() -> None:
    floor = busy_floor(OverflowRule(TO_SUPPORT, waited_ms=60_000))
    call_id = floor.enters(1)
    assert floor.pool.agenda.earliest() == floor.now + 60_000
    floor.passes(59.999)
    assert left(floor) == []
    floor.passes(0.001)
    assert left(floor) == [(call_id, QueueExit.WAITED, TO_SUPPORT)]


def test_the_wait_counts_from_this_queue_and_not_from_the_age() -> None:
    floor = busy_floor(OverflowRule(MAILBOX, waited_ms=60_000))
    floor.tell(CallEntered(CallId("old"), 7, SALES, 0, (), entered_at=0, overflows=1))
    floor.passes(59)
    assert left(floor) == []
    floor.passes(1)
    assert left(floor) == [("old", QueueExit.WAITED, MAILBOX)]


def test_who_stands_too_far_behind_leaves_at_once() -> None:
    floor = busy_floor(OverflowRule(TO_SUPPORT, position=2))
    floor.enters(1)
    floor.enters(2)
    assert left(floor) == []
    floor.enters(3)
    assert left(floor) == [("call-3", QueueExit.POSITION, TO_SUPPORT)]


def test_all_conditions_of_a_rule_must_hold_and_the_first_rule_that_holds_is_followed() -> None:
    far_and_long = OverflowRule(TO_SUPPORT, waited_ms=60_000, position=1)
    floor = busy_floor(far_and_long, OverflowRule(MAILBOX, waited_ms=60_000))
    floor.enters(1)
    floor.enters(2)
    floor.passes(60)
    assert left(floor) == [
        ("call-1", QueueExit.WAITED, MAILBOX),
        ("call-2", QueueExit.WAITED, MAILBOX),
    ], "when the first has left, the second is not far behind any more"


def test_rules_looked_at_in_vain_are_not_looked_at_again_at_once() -> None:
    floor = busy_floor(OverflowRule(TO_SUPPORT, waited_ms=60_000, position=5))
    floor.enters(1)
    assert floor.passes(60) == ["OverflowConsidered"]
    assert floor.pool.agenda.earliest() == floor.now - 60_000 + 600_000, "the longest wait"


def test_rules_are_looked_at_with_each_announcement() -> None:
    late_in_line = OverflowRule(TO_SUPPORT, waited_ms=30_000, position=1)
    floor = busy_floor(late_in_line, announce_every_ms=45_000)
    floor.enters(1)
    floor.passes(30)
    vip = floor.enters(2, priority=9)
    assert floor.pool.position(floor.pool.waiting[vip]) == 1
    floor.passes(15)
    assert left(floor) == [("call-1", QueueExit.POSITION, TO_SUPPORT)]


def test_who_leaves_by_a_rule_is_not_told_the_position() -> None:
    floor = busy_floor(OverflowRule(MAILBOX, waited_ms=45_000), announce_every_ms=45_000)
    floor.enters(1)
    assert [type(tell) for tell in floor.tells] == [PositionDue]
    floor.passes(45)
    assert [type(tell) for tell in floor.tells] == [QueueGaveUp]


def test_the_longest_wait_leads_back_to_the_flow() -> None:
    floor = busy_floor(OverflowRule(TO_SUPPORT, waited_ms=1000, position=9))
    call_id = floor.enters(1)
    floor.passes(1)
    floor.passes(599)
    assert left(floor) == [(call_id, QueueExit.TIMED_OUT, None)]


def test_who_is_offered_to_an_agent_leaves_when_the_agent_has_not_taken_the_call() -> None:
    floor = a_floor(OverflowRule(MAILBOX, waited_ms=10_000))
    floor.ready("anna")
    call_id = floor.enters(1)
    floor.passes(20)
    assert left(floor) == []
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    assert left(floor) == [(call_id, QueueExit.WAITED, MAILBOX)]


def test_a_low_service_level_sends_callers_on() -> None:
    floor = a_floor(OverflowRule(TO_SUPPORT, service_level=80, window_ms=300_000))
    floor.ready("anna")
    floor.tell(OfferTaken(floor.offer_of(floor.enters(100))))
    floor.enters(1)
    assert left(floor) == [], "who talks was answered at once: 100 %"
    floor.tell(CallWithdrawn(CallId("call-1")))
    floor.enters(2)
    assert left(floor) == [("call-2", QueueExit.SERVICE_LEVEL, TO_SUPPORT)], "50 %"
    floor.passes(360)
    floor.enters(3)
    assert left(floor) == [], "nobody was counted of late"


def test_a_call_that_has_overflowed_often_enough_follows_no_rules_any_more() -> None:
    floor = busy_floor(OverflowRule(TO_SUPPORT, Moment.CLOSED), hours=NEVER)
    for count, to in ((MOST_OVERFLOWS - 1, TO_SUPPORT), (MOST_OVERFLOWS, None)):
        floor.tell(CallEntered(CallId("round"), 9, SALES, 0, (), overflows=count))
        assert left(floor) == [("round", QueueExit.CLOSED, to)]


# ---------------------------------------------------------------- closing


def close(floor: Floor) -> None:
    floor.tell(QueueCloseRequested(SALES, "Sue", "fire drill"))


def test_those_who_wait_at_closing_are_served() -> None:
    floor = busy_floor(OverflowRule(MAILBOX, Moment.CLOSED))
    call_id = floor.enters(1)
    close(floor)
    assert left(floor) == []
    floor.ready("ben")
    assert floor.agent_of(call_id) == "ben"


def test_a_rule_may_send_on_those_who_wait_at_closing() -> None:
    floor = busy_floor(OverflowRule(MAILBOX, Moment.CLOSING))
    floor.enters(1)
    floor.enters(2)
    close(floor)
    assert left(floor) == [(f"call-{n}", QueueExit.CLOSING, MAILBOX) for n in (1, 2)]


def test_who_is_offered_at_closing_leaves_only_if_the_agent_does_not_take_the_call() -> None:
    floor = a_floor(OverflowRule(MAILBOX, Moment.CLOSING))
    floor.ready("anna")
    call_id = floor.enters(1)
    close(floor)
    assert left(floor) == []
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    assert left(floor) == [(call_id, QueueExit.CLOSING, MAILBOX)]


def test_who_comes_back_after_closing_is_served() -> None:
    floor = busy_floor(OverflowRule(MAILBOX, Moment.CLOSING))
    close(floor)
    floor.passes(1)
    floor.tell(CallEntered(CallId("back"), 7, SALES, 0, (), entered_at=5, comes_back=True))
    floor.passes(1)
    assert left(floor) == []
    assert CallId("back") in floor.pool.waiting


# ---------------------------------------------------------------- staff

AT_WORK = frozenset({Staffed.READY, Staffed.TALKING, Staffed.WRAP_UP})


def test_callers_leave_when_all_agents_are_in_states_that_do_not_count() -> None:
    floor = a_floor(stay_with=AT_WORK)
    anna, ben = floor.ready("anna"), floor.ready("ben")
    for number in (1, 2):
        floor.tell(OfferTaken(floor.offer_of(floor.enters(number))))
    call_id = floor.enters(3)
    for agent_id in (anna, ben):
        floor.tell(LogOutRequested(agent_id))
    assert left(floor) == [], "both talk still"
    for number, agent_id in ((1, anna), (2, ben)):
        floor.tell(AgentHungUp(agent_id, CallId(f"call-{number}")))
        assert left(floor) == [], "after-call work counts"
        floor.tell(WrapUpDone(agent_id, CallId(f"call-{number}")))
    assert left(floor) == [(call_id, QueueExit.UNSTAFFED, None)]


def test_a_pause_a_lost_page_and_a_rest_do_not_count_unless_the_queue_says_so() -> None:
    for counts, is_staff in ((AT_WORK, False), (AT_WORK | {Staffed.PAUSED}, True)):
        floor = a_floor(stay_with=counts)
        anna = floor.ready("anna")
        floor.tell(PauseRequested(anna, "lunch"))
        call_id = floor.enters(1)
        assert (call_id in floor.pool.waiting) is is_staff


def test_agents_with_a_dead_phone_or_a_lost_page_are_told_apart() -> None:
    for counts, stays in (({Staffed.UNREACHABLE}, True), ({Staffed.RESTING}, False)):
        floor = a_floor(stay_with=frozenset({Staffed.READY, *counts}))
        floor.ready("anna")
        call_id = floor.enters(1)
        floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.UNREACHABLE))
        assert (call_id in floor.pool.waiting) is stays


def test_callers_wait_on_for_a_while_without_staff_and_leave_then() -> None:
    floor = a_floor(stay_with=AT_WORK, leave_after_ms=30_000)
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    assert StaffMissed(floor.now, call_id, floor.now + 30_000) in floor.facts
    floor.tell(DeskLost(anna))
    floor.passes(29)
    assert left(floor) == []
    floor.passes(1)
    assert left(floor) == [(call_id, QueueExit.UNSTAFFED, None)]


def test_an_agent_who_is_back_in_time_keeps_the_callers() -> None:
    floor = a_floor(stay_with=AT_WORK, leave_after_ms=30_000)
    anna, ben = floor.ready("anna"), floor.ready("ben")
    for number in (1, 2):
        floor.tell(OfferTaken(floor.offer_of(floor.enters(number))))
    floor.enters(3)
    floor.tell(LogOutRequested(ben))
    for number, agent_id in ((2, ben), (1, anna)):
        floor.tell(PauseRequested(anna, "lunch"))
        floor.tell(AgentHungUp(agent_id, CallId(f"call-{number}")))
        floor.tell(WrapUpDone(agent_id, CallId(f"call-{number}")))
    call_id = CallId("call-3")
    assert floor.pool.waiting[call_id].leaves_at == floor.now + 30_000
    floor.passes(10)
    floor.tell(ReadyRequested(anna))
    floor.tell(OfferTaken(floor.offer_of(call_id)))
    fourth = floor.enters(4)
    assert floor.pool.waiting[fourth].leaves_at is None


def test_those_behind_the_first_are_kept_too_when_an_agent_is_back() -> None:
    floor = a_floor(stay_with=AT_WORK, leave_after_ms=30_000)
    anna = floor.ready("anna")
    floor.tell(DeskLost(anna))
    for number in (1, 2):
        floor.enters(number)
    assert all(call.leaves_at for call in floor.pool.waiting.values())
    floor.passes(10)
    floor.tell(DeskFound(anna))
    found = [fact.call_id for fact in floor.facts if isinstance(fact, StaffFound)]
    assert found == ["call-1", "call-2"], "the one who is offered, too"
    floor.passes(60)
    assert left(floor) == []


# ---------------------------------------------------------------- folding


def test_what_is_kept_of_a_pool_is_enough_to_go_on() -> None:
    floor = busy_floor(
        OverflowRule(TO_SUPPORT, waited_ms=60_000, service_level=90), leave_after_ms=30_000
    )
    floor.enters(1)
    close(floor)
    again = Pool("5ca1ab1e", PoolRules(), floor.pool.queues)
    evolve(again, keep(floor.pool, floor.now))
    assert again.waiting == floor.pool.waiting
    assert list(again.doors) == list(floor.pool.doors)
    assert again.levels.kept() == floor.pool.levels.kept()
    assert again.agenda.earliest() == floor.pool.agenda.earliest()


def test_doors_of_queues_that_are_gone_are_forgotten() -> None:
    floor = busy_floor()
    close(floor)
    kept = keep(floor.pool, floor.now)
    other = Pool("5ca1ab1e", PoolRules(), {SUPPORT: QueueRules(SUPPORT, "Support")})
    evolve(other, replace(kept, agents=(), waiting=(), offers=()))
    assert list(other.doors) == []
    assert QueueId("sales") not in other.queues
