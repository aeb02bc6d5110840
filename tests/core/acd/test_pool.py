from callcenter.core.acd.comfort_messages import PositionTold
from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    OfferAccepted,
    OfferMade,
    PoolFact,
    StatusChosen,
)
from callcenter.core.acd.needs import Demand
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.pool import Pool, deadlines, keep
from callcenter.core.acd.queue_messages import CallDequeued
from callcenter.core.acd.wrap_up_messages import WrapUpEnded, WrapUpStarted
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

SALES = QueueId("sales")
ANNA, BEN = AgentId("anna"), AgentId("ben")
ONE, TWO, THREE = CallId("call-1"), CallId("call-2"), CallId("call-3")
OFFER = OfferId("offer-1")
RULES = QueueRules(SALES, "Sales", max_wait_ms=500, announce_every_ms=100)


def empty() -> Pool:
    return Pool("5ca1ab1e", PoolRules(lost_log_out_ms=900), {SALES: RULES})


def folded(*facts: PoolFact) -> Pool:
    pool = empty()
    for fact in facts:
        assert evolve(pool, fact) is pool
    return pool


def logged_in(agent_id: AgentId, at: Ms = 0) -> tuple[PoolFact, ...]:
    return (
        AgentLoggedIn(at, AgentProfile(agent_id, agent_id, f"PJSIP/{agent_id}", (SALES,))),
        DeskConnected(at, agent_id),
        StatusChosen(at, agent_id, AgentStatus.READY),
    )


def queued(call_id: CallId, at: Ms, priority: int = 0) -> CallQueued:
    return CallQueued(at, call_id, int(call_id[-1]), SALES, priority, (), at, 0)


def offered(at: Ms) -> OfferMade:
    return OfferMade(at, OFFER, ONE, ANNA, 1)


TALKING = (
    *logged_in(ANNA),
    queued(ONE, 10),
    offered(10),
    OfferAccepted(20, OFFER, ONE, ANNA, SALES, 10),
)


def test_an_offer_ties_the_agent_to_the_caller() -> None:
    pool = folded(*logged_in(ANNA), queued(ONE, 10), offered(10))
    agent, call = pool.agents[ANNA], pool.waiting[ONE]
    assert (agent.activity, agent.offer_id, agent.call_id) == (Activity.RINGING, OFFER, ONE)
    assert (call.offer_id, call.attempts) == (OFFER, 1)
    assert not agent.is_free
    assert pool.matcher.call_for(ANNA) is None


def test_an_accepted_offer_takes_the_caller_out_of_the_line() -> None:
    pool = folded(*TALKING)
    assert not pool.waiting
    assert not pool.offers
    assert pool.agents[ANNA].activity is Activity.TALKING
    assert pool.agents[ANNA].queue_id == SALES


def test_a_closed_offer_puts_the_caller_back_into_the_same_place() -> None:
    closed = OfferClosed(30, OFFER, ONE, ANNA, OfferEnd.REFUSED, 40)
    pool = folded(*logged_in(ANNA), queued(ONE, 10), queued(TWO, 11), offered(11), closed)
    assert pool.position(pool.waiting[ONE]) == 1
    assert pool.position(pool.waiting[TWO]) == 2
    assert (pool.agents[ANNA].rest_until, pool.agents[ANNA].idle_since) == (40, 30)
    assert next(deadlines(pool)) == 40


def test_an_abandoned_offer_leaves_the_agent_the_turn_and_no_rest() -> None:
    closed = OfferClosed(30, OFFER, ONE, ANNA, OfferEnd.ABANDONED, 30)
    pool = folded(*logged_in(ANNA, at=5), queued(ONE, 10), offered(10), closed)
    assert (pool.agents[ANNA].rest_until, pool.agents[ANNA].idle_since) == (None, 5)
    assert pool.agents[ANNA].is_free


def test_positions_go_by_priority_then_age() -> None:
    pool = folded(queued(ONE, 10), queued(TWO, 20), queued(THREE, 30, priority=5))
    order = {call_id: pool.position(call) for call_id, call in pool.waiting.items()}
    assert order == {THREE: 1, ONE: 2, TWO: 3}
    assert pool.length(SALES) == 3
    assert pool.oldest_entered_at(SALES) == 10


def test_an_empty_queue_has_length_0_and_nobody_oldest() -> None:
    assert empty().length(SALES) == 0
    assert empty().oldest_entered_at(SALES) is None


def test_a_waiting_caller_wakes_the_pool_for_each_announcement_then_for_the_longest_wait() -> None:
    pool = folded(queued(ONE, 0))
    assert list(deadlines(pool)) == [100]
    for at in (100, 200, 300, 400):
        evolve(pool, PositionTold(at, ONE, 1))
    evolve(pool, PositionTold(450, ONE, 1))
    assert list(deadlines(pool)) == [500]


def test_a_caller_who_is_being_offered_does_not_wake_the_pool() -> None:
    pool = folded(*logged_in(ANNA), queued(ONE, 10), offered(10))
    assert list(deadlines(pool)) == []


def test_after_call_work_wakes_the_pool_at_its_limit() -> None:
    pool = folded(*TALKING, WrapUpStarted(30, ANNA, ONE, 90))
    assert list(deadlines(pool)) == [90]
    evolve(pool, WrapUpEnded(50, ANNA))
    assert list(deadlines(pool)) == []
    assert pool.agents[ANNA].call_id is None
    assert pool.agents[ANNA].idle_since == 50


def test_a_lost_page_wakes_the_pool_when_the_agent_is_to_be_logged_out() -> None:
    pool = folded(*logged_in(ANNA), DeskDisconnected(100, ANNA))
    assert list(deadlines(pool)) == [1_000]
    evolve(pool, DeskConnected(200, ANNA))
    assert list(deadlines(pool)) == []


def test_an_agent_who_logs_out_is_forgotten() -> None:
    pool = folded(*logged_in(ANNA), AgentLoggedOut(50, ANNA, "requested"))
    assert not pool.agents
    assert not pool.matcher.is_staffed(Demand(SALES))


def test_a_renewed_profile_keeps_the_agent_where_they_are() -> None:
    renewed = AgentLoggedIn(30, AgentProfile(ANNA, "Anna", "PJSIP/9", (SALES,), {"french": 2}))
    pool = folded(*TALKING, renewed)
    assert pool.agents[ANNA].activity is Activity.TALKING
    assert pool.agents[ANNA].profile.station == "PJSIP/9"


def test_one_kept_fact_stands_for_all_before_it() -> None:
    pool = folded(*logged_in(ANNA), *logged_in(BEN), queued(ONE, 10), queued(TWO, 11), offered(12))
    again = empty()
    evolve(again, keep(pool, 99))
    assert (again.agents, again.waiting, again.offers) == (pool.agents, pool.waiting, pool.offers)
    assert list(deadlines(again)) == list(deadlines(pool))
    assert again.matcher.call_for(BEN) == TWO


def test_callers_of_a_queue_that_is_gone_are_not_restored() -> None:
    kept = keep(folded(queued(ONE, 10)), 99)
    pool = Pool("5ca1ab1e", PoolRules(), {})
    evolve(pool, kept)
    assert not pool.waiting


def test_a_caller_who_left_is_not_found_any_more() -> None:
    pool = folded(*logged_in(ANNA), queued(ONE, 10), CallDequeued(20, ONE, SALES, "withdrawn"))
    assert pool.matcher.call_for(ANNA) is None
    assert list(deadlines(pool)) == []
