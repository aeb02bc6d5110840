from callcenter.core.acd.choice import Considered, Skipped
from callcenter.core.acd.decide import decide
from callcenter.core.acd.facts import OfferMade
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
        "longest_idle",
        3,
        (
            Skipped("paused", 1, agent_ids=(AgentId("dora"),)),
            Skipped("not_connected", 1, agent_ids=(AgentId("emil"),)),
            Skipped("lacks_skill", 1, "french 3"),
            Skipped("higher_level", 1),
            Skipped("other_queue", 1),
        ),
    )


def test_those_who_are_rung_meanwhile_are_busy() -> None:
    pool = pool_with_staff()
    offer(pool, 1)
    of = offer(pool, 2).considered
    assert of is not None
    assert of.free == 2
    assert of.skipped[0] == Skipped("busy", 1, agent_ids=(AgentId("anna"),))
