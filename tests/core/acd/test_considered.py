from callcenter.core.acd.choice import ChosenBy, Considered, NobodyFree, Skipped, SkipReason
from callcenter.core.acd.decide import decide
from callcenter.core.acd.facts import CallQueued, OfferMade
from callcenter.core.acd.messages import (
    CallEntered,
    DeskFound,
    DeskLost,
    LogInRequested,
    PauseRequested,
    ReadyRequested,
)
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

SALES, TAX = QueueId("sales"), QueueId("tax")


def pool_with_staff() -> Pool:
    pool = Pool("5ca1ab1e", PoolRules(), {q: QueueRules(q, q) for q in (SALES, TAX)})
    staff = {
        "anna": ({TAX: 1}, {"french": 3}),
        "ben": ({TAX: 1}, {"french": 5}),
        "carla": ({TAX: 2}, {"french": 4}),
        "dora": ({TAX: 1}, {"french": 3}),
        "emil": ({TAX: 1}, {"french": 9}),
        "fred": ({TAX: 1}, {"french": 2}),
        "gus": ({SALES: 1}, {"french": 9}),
    }
    for name, (levels, skills) in staff.items():
        agent_id = AgentId(name)
        profile = AgentProfile(agent_id, name, "", tuple(levels), skills, levels=levels)
        for event in (LogInRequested(profile), DeskFound(agent_id), ReadyRequested(agent_id)):
            decide(pool, event, 10)
    decide(pool, PauseRequested(AgentId("dora"), "lunch"), 20)
    decide(pool, DeskLost(AgentId("emil")), 20)
    return pool


def offer(pool: Pool, number: int) -> OfferMade:
    entered = CallEntered(CallId(f"call-{number}"), number, TAX, 0, (("french", 3),))
    (made,) = [f for f in decide(pool, entered, 30).facts if isinstance(f, OfferMade)]
    return made


def test_an_offer_says_of_whom_it_was_chosen_and_why_the_others_could_not() -> None:
    made = offer(pool_with_staff(), 1)
    assert made.agent_id == "anna"
    assert made.considered == Considered(
        ChosenBy.LONGEST_IDLE,
        3,
        (
            Skipped(SkipReason.PAUSED, 1, agent_ids=(AgentId("dora"),)),
            Skipped(SkipReason.NOT_CONNECTED, 1, agent_ids=(AgentId("emil"),)),
            Skipped(SkipReason.LACKS_SKILL, 1, "french 3"),
            Skipped(SkipReason.HIGHER_LEVEL, 1),
            Skipped(SkipReason.OTHER_QUEUE, 1),
        ),
    )


def test_those_who_are_rung_meanwhile_are_busy() -> None:
    pool = pool_with_staff()
    offer(pool, 1)
    of = offer(pool, 2).considered
    assert of is not None
    assert of.free == 2
    assert of.skipped[0] == Skipped(SkipReason.BUSY, 1, agent_ids=(AgentId("anna"),))


def queued(pool: Pool, number: int) -> CallQueued:
    entered = CallEntered(CallId(f"call-{number}"), number, TAX, 0, (("french", 9),))
    (fact,) = [f for f in decide(pool, entered, 30).facts if isinstance(f, CallQueued)]
    return fact


def test_a_caller_for_whom_nobody_is_free_has_who_was_there() -> None:
    pool = pool_with_staff()
    fact = queued(pool, 1)
    assert fact.found == NobodyFree(
        0,
        (
            Skipped(SkipReason.NOT_CONNECTED, 1, agent_ids=(AgentId("emil"),)),
            Skipped(SkipReason.LACKS_SKILL, 5, "french 9"),
            Skipped(SkipReason.OTHER_QUEUE, 1),
        ),
    )
    second = queued(pool, 2).found
    assert second is not None
    assert second.waiting == 1


def test_a_caller_who_is_offered_at_once_has_the_offers_record_alone() -> None:
    pool = pool_with_staff()
    entered = CallEntered(CallId("call-1"), 1, TAX, 0, ())
    (fact,) = [f for f in decide(pool, entered, 30).facts if isinstance(f, CallQueued)]
    assert fact.found is None
