from collections.abc import Mapping
from dataclasses import replace

from callcenter.core.acd.comfort_messages import PositionDue
from callcenter.core.acd.decide import decide, wake
from callcenter.core.acd.facts import AgentLoggedOut, CallQueued, OfferAccepted, OfferMade, PoolFact
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    FromPool,
    LogInRequested,
    LogOutRequested,
    OfferFailed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import CallDequeued, QueueGaveUp
from callcenter.core.acd.wrap_up_messages import WrapUpEnded, WrapUpRanOut
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from ivr_flows.messages import QueueExit

SALES, SUPPORT = QueueId("sales"), QueueId("support")
QUEUES = {
    SALES: QueueRules(SALES, "Sales"),
    SUPPORT: QueueRules(SUPPORT, "Support", wrap_up_ms=0),
}


class Floor:
    """A pool and a clock, nothing else."""

    def __init__(
        self,
        queues: Mapping[QueueId, QueueRules] = QUEUES,
        rules: PoolRules | None = None,
    ) -> None:
        self.pool = Pool("5ca1ab1e", rules or PoolRules(), queues)
        self.now: Ms = 1_000_000
        self.facts: list[PoolFact] = []
        self.tells: list[FromPool] = []
        self.refusal: str | None = None

    def tell(self, event: PoolInput) -> list[str]:
        decision = decide(self.pool, event, self.now)
        self.facts, self.tells, self.refusal = decision.facts, decision.tells, decision.refusal
        return [type(fact).__name__ for fact in self.facts]

    def passes(self, seconds: float) -> list[str]:
        self.now += round(seconds * 1000)
        decision = wake(self.pool, self.now)
        self.facts, self.tells = decision.facts, decision.tells
        return [type(fact).__name__ for fact in self.facts]

    def ready(self, name: str, *queues: QueueId, **skills: int) -> AgentId:
        agent_id = AgentId(name)
        wanted = queues or (SALES, SUPPORT)
        self.tell(LogInRequested(AgentProfile(agent_id, name, f"PJSIP/{name}", wanted, skills)))
        self.tell(DeskFound(agent_id))
        self.tell(ReadyRequested(agent_id))
        return agent_id

    def enters(
        self, number: int, queue: QueueId = SALES, priority: int = 0, **requires: int
    ) -> CallId:
        call_id = CallId(f"call-{number}")
        wants = tuple(sorted(requires.items()))
        self.tell(CallEntered(call_id, number, queue, priority, wants))
        return call_id

    def offer_of(self, call_id: CallId) -> OfferId:
        offer_id = self.pool.waiting[call_id].offer_id
        assert offer_id is not None, f"{call_id} is not being offered"
        return offer_id

    def agent_of(self, call_id: CallId) -> AgentId | None:
        offer_id = self.pool.waiting[call_id].offer_id
        return self.pool.offers[offer_id].agent_id if offer_id else None

    def activity(self, agent_id: AgentId) -> Activity:
        return self.pool.agents[agent_id].activity


# ---------------------------------------------------------------- who gets whom


def test_a_caller_is_offered_to_a_free_agent_at_once() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    assert [type(fact) for fact in floor.facts] == [CallQueued, OfferMade]
    (offer,) = floor.tells
    assert isinstance(offer, CallOfferedToAgent)
    assert (offer.call_id, offer.agent_id, offer.attempt) == (call_id, anna, 1)
    assert (offer.station, offer.ring_ms) == ("PJSIP/anna", 20_000)
    assert floor.activity(anna) is Activity.RINGING


def test_the_agent_who_has_been_idle_longest_is_offered_first() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.passes(5)
    ben = floor.ready("ben")
    assert floor.agent_of(floor.enters(1)) == anna
    assert floor.agent_of(floor.enters(2)) == ben


def test_agents_idle_for_the_same_time_come_in_the_order_of_their_ids() -> None:
    floor = Floor()
    for name in ("carla", "anna", "ben"):
        floor.ready(name)
    assert [floor.agent_of(floor.enters(n)) for n in (1, 2, 3)] == ["anna", "ben", "carla"]


def test_an_agent_who_becomes_ready_gets_the_caller_who_came_first() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(PauseRequested(anna, "break"))
    first, second = floor.enters(1), floor.enters(2)
    floor.tell(ReadyRequested(anna))
    assert floor.agent_of(first) == anna
    assert floor.agent_of(second) is None


def test_a_caller_with_higher_priority_goes_first() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(PauseRequested(anna, "break"))
    floor.enters(1)
    floor.passes(10)
    preferred = floor.enters(2, priority=5)
    floor.tell(ReadyRequested(anna))
    assert floor.agent_of(preferred) == anna


def test_a_caller_is_offered_only_to_agents_of_the_queue() -> None:
    floor = Floor()
    floor.ready("anna", SUPPORT)
    ben = floor.ready("ben", SALES)
    assert floor.agent_of(floor.enters(1, SALES)) == ben


def test_a_caller_is_offered_only_to_agents_with_the_skill_at_its_level() -> None:
    floor = Floor()
    floor.ready("anna", spanish=2)
    ben = floor.ready("ben", spanish=3)
    assert floor.agent_of(floor.enters(1, spanish=3)) == ben
    assert floor.agent_of(floor.enters(2, spanish=3)) is None


def test_an_agent_passes_over_callers_whom_they_may_not_take() -> None:
    floor = Floor()
    floor.ready("carla", spanish=3)
    anna = floor.ready("anna")
    busy = floor.enters(1, spanish=3)
    first, second = floor.enters(2, spanish=3), floor.enters(3)
    assert floor.agent_of(busy) == "carla"
    assert floor.agent_of(first) is None
    assert floor.agent_of(second) == anna


def test_an_agent_without_a_page_is_not_offered_calls() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(DeskLost(anna))
    call_id = floor.enters(1)
    assert floor.agent_of(call_id) is None
    assert floor.tell(DeskFound(anna)) == ["DeskConnected", "OfferMade"]
    assert floor.agent_of(call_id) == anna


def test_an_agent_who_logs_in_is_paused_until_they_say_ready() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    assert floor.pool.agents[anna].status is AgentStatus.READY
    ben = AgentId("ben")
    floor.tell(LogInRequested(AgentProfile(ben, "Ben", "PJSIP/ben", (SALES,))))
    assert floor.pool.agents[ben].status is AgentStatus.PAUSED


# ---------------------------------------------------------------- offers that come to nothing


def test_an_unanswered_offer_returns_to_the_head_of_the_queue_and_the_agent_rests() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    first = floor.enters(1)
    floor.passes(1)
    second = floor.enters(2)
    floor.tell(OfferFailed(floor.offer_of(first), OfferEnd.NO_ANSWER))
    assert floor.agent_of(first) is None
    assert [floor.pool.position(floor.pool.waiting[c]) for c in (first, second)] == [1, 2]
    assert floor.passes(9.999) == []
    assert floor.passes(0.001) == ["RestEnded", "OfferMade"]
    assert floor.agent_of(first) == anna


def test_the_rest_depends_on_why_the_call_was_not_taken() -> None:
    rules = PoolRules(no_answer_rest_ms=1, refused_rest_ms=2, unreachable_rest_ms=3)
    rests = {}
    for reason in OfferEnd:
        floor = Floor(rules=rules)
        anna = floor.ready("anna")
        floor.tell(OfferFailed(floor.offer_of(floor.enters(1)), reason))
        assert isinstance(floor.facts[0], OfferClosed)
        rests[reason] = floor.facts[0].rest_until - floor.now
        assert floor.pool.agents[anna].is_free is False
    assert rests == {
        OfferEnd.NO_ANSWER: 1,
        OfferEnd.REFUSED: 2,
        OfferEnd.UNREACHABLE: 3,
        OfferEnd.LOST: 0,
        OfferEnd.ABANDONED: 0,
        OfferEnd.ELSEWHERE: 0,
        OfferEnd.NOT_RUNG: 3,
        OfferEnd.NOT_SHOWN: 3,
        OfferEnd.PAGE_LOST: 0,
        OfferEnd.WITHDRAWN: 0,
    }


def test_a_refused_caller_goes_to_another_agent_with_a_new_offer_id() -> None:
    floor = Floor()
    floor.ready("anna")
    floor.passes(1)
    ben = floor.ready("ben")
    call_id = floor.enters(1)
    first = floor.offer_of(call_id)
    assert floor.tell(OfferFailed(first, OfferEnd.REFUSED)) == ["OfferClosed", "OfferMade"]
    assert floor.agent_of(call_id) == ben
    assert floor.offer_of(call_id) != first


def test_the_agent_of_a_lost_offer_is_not_to_blame_and_keeps_the_turn() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    idle_since = floor.pool.agents[anna].idle_since
    floor.passes(5)
    call_id = floor.enters(1)
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.LOST))
    assert floor.agent_of(call_id) == anna
    assert floor.pool.agents[anna].idle_since == idle_since


def test_an_agent_back_from_a_lost_offer_takes_whoever_stands_first_now() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    preferred = floor.enters(2, priority=5)
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.LOST))
    assert floor.agent_of(preferred) == anna
    assert floor.agent_of(call_id) is None


def test_choosing_ready_ends_the_rest() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    floor.tell(PauseRequested(anna, "break"))
    floor.tell(ReadyRequested(anna))
    assert floor.agent_of(call_id) == anna


def test_a_caller_who_hangs_up_while_the_phone_rings_frees_the_agent_who_keeps_the_turn() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    idle_since = floor.pool.agents[anna].idle_since
    call_id, other = floor.enters(1), floor.enters(2)
    floor.passes(3)
    assert floor.tell(CallWithdrawn(call_id)) == ["OfferClosed", "CallDequeued", "OfferMade"]
    assert floor.agent_of(other) == anna
    assert floor.pool.agents[anna].idle_since == idle_since


# ---------------------------------------------------------------- callers who leave without


def test_nobody_logged_in_gives_the_caller_back_at_once() -> None:
    floor = Floor()
    call_id = floor.enters(1)
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.UNSTAFFED)]
    assert not floor.pool.waiting


def test_a_paused_agent_is_staff_all_the_same() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    call_id = floor.enters(1)
    assert floor.tells == [PositionDue(call_id, 1)]


def test_the_last_agent_who_logs_out_sends_those_who_wait_back_as_unstaffed() -> None:
    floor = Floor()
    anna = floor.ready("anna", SALES)
    floor.tell(PauseRequested(anna, "break"))
    ben = floor.ready("ben", SUPPORT)
    floor.tell(PauseRequested(ben, "break"))
    sales, support = floor.enters(1, SALES), floor.enters(2, SUPPORT)
    floor.tell(LogOutRequested(anna))
    assert floor.tells == [QueueGaveUp(sales, QueueExit.UNSTAFFED)]
    assert list(floor.pool.waiting) == [support]


def test_a_renewed_profile_without_the_queue_sends_its_callers_back_as_unstaffed() -> None:
    floor = Floor()
    anna = floor.ready("anna", SALES)
    floor.tell(PauseRequested(anna, "break"))
    call_id = floor.enters(1, SALES)
    floor.tell(LogInRequested(AgentProfile(anna, "anna", "PJSIP/anna", (SUPPORT,))))
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.UNSTAFFED)]


def test_an_offer_that_fails_after_the_profile_has_changed_leaves_nobody_behind() -> None:
    floor = Floor()
    anna = floor.ready("anna", SALES)
    call_id = floor.enters(1, SALES)
    floor.tell(LogInRequested(AgentProfile(anna, "anna", "PJSIP/anna", (SUPPORT,))))
    assert floor.agent_of(call_id) == anna  # the phone that rings goes on ringing
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.REFUSED))
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.UNSTAFFED)]


def test_the_longest_wait_gives_the_caller_back_as_timed_out() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(PauseRequested(anna, "break"))
    call_id = floor.enters(1)
    floor.passes(599.999)
    assert call_id in floor.pool.waiting
    assert floor.passes(0.001)[-1] == "CallDequeued"
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.TIMED_OUT)]


def test_the_longest_wait_does_not_cut_off_a_phone_that_rings() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(PauseRequested(anna, "break"))
    call_id = floor.enters(1)
    floor.passes(595)
    floor.tell(ReadyRequested(anna))
    floor.passes(10)
    assert floor.agent_of(call_id) == anna
    floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.NO_ANSWER))
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.TIMED_OUT)]


def test_the_position_is_told_on_entry_and_at_each_interval() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    first, second = floor.enters(1), floor.enters(2)
    assert floor.tells == [PositionDue(second, 2)]
    floor.tell(CallWithdrawn(first))
    floor.passes(44.999)
    assert floor.tells == []
    floor.passes(0.001)
    assert floor.tells == [PositionDue(second, 1)]


def test_a_caller_who_comes_back_keeps_the_old_place_in_line() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    entered_at = floor.now - 60_000
    other = floor.enters(1)
    back = CallId("call-2")
    floor.tell(CallEntered(back, 2, SALES, 0, (), attempts=3, entered_at=entered_at))
    assert floor.pool.position(floor.pool.waiting[back]) == 1
    assert floor.pool.position(floor.pool.waiting[other]) == 2
    assert floor.pool.waiting[back].queued_at == floor.now


# ---------------------------------------------------------------- talk and after-call work


def talk(floor: Floor, number: int, queue: QueueId = SALES) -> CallId:
    call_id = floor.enters(number, queue)
    floor.tell(OfferTaken(floor.offer_of(call_id)))
    return call_id


def test_the_answer_says_how_long_the_caller_waited() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.passes(7)
    offer_id = floor.offer_of(call_id)
    floor.tell(OfferTaken(offer_id))
    assert floor.facts == [OfferAccepted(floor.now, offer_id, call_id, anna, SALES, 7_000)]


def test_an_agent_who_filed_the_after_call_work_gets_the_next_caller() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    waiting = floor.enters(2)
    assert floor.tell(AgentHungUp(anna, call_id)) == ["WrapUpStarted"]
    assert floor.tell(WrapUpDone(anna, call_id)) == ["WrapUpEnded", "OfferMade"]
    assert floor.agent_of(waiting) == anna


def test_after_call_work_that_runs_out_is_late_and_frees_the_agent() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    floor.tell(AgentHungUp(anna, call_id))
    assert floor.passes(59.999) == []
    floor.passes(0.001)
    assert floor.facts == [WrapUpEnded(floor.now, anna, late=True)]
    assert floor.tells == [WrapUpRanOut(call_id, anna, late=True)]
    assert floor.activity(anna) is Activity.IDLE


def test_a_queue_without_after_call_work_frees_the_agent_at_once() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1, SUPPORT)
    assert floor.tell(AgentHungUp(anna, call_id)) == ["WrapUpStarted", "WrapUpEnded"]
    assert floor.tells == [WrapUpRanOut(call_id, anna, late=False)]


def test_a_pause_asked_for_in_a_talk_takes_effect_after_it() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    floor.tell(PauseRequested(anna, "lunch"))
    assert floor.activity(anna) is Activity.TALKING
    floor.tell(AgentHungUp(anna, call_id))
    floor.tell(WrapUpDone(anna, call_id))
    waiting = floor.enters(2)
    assert floor.agent_of(waiting) is None
    assert floor.pool.agents[anna].pause_reason == "lunch"


def test_a_log_out_asked_for_in_a_talk_takes_effect_after_the_wrap_up() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    assert floor.tell(LogOutRequested(anna)) == ["LogOutDeferred"]
    assert floor.tell(LogOutRequested(anna)) == []
    floor.tell(AgentHungUp(anna, call_id))
    assert anna in floor.pool.agents
    assert floor.tell(WrapUpDone(anna, call_id)) == ["WrapUpEnded", "AgentLoggedOut"]
    assert not floor.pool.agents


def test_choosing_a_status_takes_a_deferred_log_out_back() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    floor.tell(LogOutRequested(anna))
    floor.tell(ReadyRequested(anna))
    floor.tell(AgentHungUp(anna, call_id))
    floor.tell(WrapUpDone(anna, call_id))
    assert floor.activity(anna) is Activity.IDLE


def test_an_agent_who_wants_to_log_out_is_not_given_the_lost_caller_again() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(LogOutRequested(anna))
    happened = floor.tell(OfferFailed(floor.offer_of(call_id), OfferEnd.LOST))
    assert happened == ["OfferClosed", "AgentLoggedOut", "CallDequeued"]
    assert floor.tells == [QueueGaveUp(call_id, QueueExit.UNSTAFFED)]


def test_an_agent_whose_page_is_lost_for_long_is_logged_out() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(DeskLost(anna))
    assert floor.passes(899.999) == []
    floor.passes(0.001)
    assert floor.facts == [AgentLoggedOut(floor.now, anna, "page lost")]


def test_an_agent_who_lost_the_page_in_a_long_talk_is_logged_out_after_it() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1, SUPPORT)
    floor.tell(DeskLost(anna))
    assert floor.passes(1_000) == []
    floor.tell(AgentHungUp(anna, call_id))
    assert floor.passes(0) == ["AgentLoggedOut"]


def test_a_page_that_comes_back_in_time_keeps_the_agent_logged_in() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    floor.tell(DeskLost(anna))
    floor.passes(899)
    floor.tell(DeskFound(anna))
    assert floor.passes(10_000) == []


# ---------------------------------------------------------------- late inputs change nothing


def test_a_late_answer_changes_nothing() -> None:
    floor = Floor()
    floor.ready("anna")
    call_id = floor.enters(1)
    offer_id = floor.offer_of(call_id)
    floor.tell(CallWithdrawn(call_id))
    assert floor.tell(OfferTaken(offer_id)) == []


def test_a_late_failure_of_an_offer_changes_nothing() -> None:
    floor = Floor()
    floor.ready("anna")
    call_id = floor.enters(1)
    offer_id = floor.offer_of(call_id)
    floor.tell(OfferTaken(offer_id))
    assert floor.tell(OfferFailed(offer_id, OfferEnd.NO_ANSWER)) == []


def test_a_second_withdrawal_changes_nothing() -> None:
    floor = Floor()
    floor.ready("anna")
    call_id = floor.enters(1)
    floor.tell(CallWithdrawn(call_id))
    assert floor.tell(CallWithdrawn(call_id)) == []


def test_a_second_entry_of_the_same_caller_changes_nothing() -> None:
    floor = Floor()
    floor.ready("anna")
    call_id = floor.enters(1)
    assert floor.tell(CallEntered(call_id, 1, SUPPORT, 9, ())) == []


def test_a_late_end_of_a_talk_changes_nothing() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    call_id = talk(floor, 1)
    floor.tell(AgentHungUp(anna, call_id))
    assert floor.tell(AgentHungUp(anna, call_id)) == []
    assert floor.tell(AgentHungUp(AgentId("nobody"), call_id)) == []


def test_after_call_work_of_an_earlier_call_changes_nothing() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    earlier = talk(floor, 1)
    floor.tell(AgentHungUp(anna, earlier))
    floor.passes(60)
    later = talk(floor, 2)
    floor.tell(AgentHungUp(anna, later))
    assert floor.tell(WrapUpDone(anna, earlier)) == []
    assert floor.activity(anna) is Activity.WRAP_UP


def test_a_desk_that_is_not_logged_in_is_told_so() -> None:
    floor = Floor()
    nobody = AgentId("nobody")
    for event in (ReadyRequested(nobody), PauseRequested(nobody, "x"), LogOutRequested(nobody)):
        assert floor.tell(event) == []
        assert floor.refusal == "You are not logged in."


def test_saying_the_same_again_records_nothing() -> None:
    floor = Floor()
    anna = floor.ready("anna")
    profile = floor.pool.agents[anna].profile
    assert floor.tell(ReadyRequested(anna)) == []
    assert floor.tell(DeskFound(anna)) == []
    assert floor.tell(LogInRequested(replace(profile))) == []


def test_waking_early_changes_nothing() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    floor.enters(1)
    assert floor.passes(1) == []


def test_a_caller_who_left_is_recorded_with_the_queue_and_the_reason() -> None:
    floor = Floor()
    floor.tell(PauseRequested(floor.ready("anna"), "break"))
    call_id = floor.enters(1, SUPPORT)
    floor.tell(CallWithdrawn(call_id))
    assert floor.facts == [CallDequeued(floor.now, call_id, SUPPORT, "withdrawn")]
