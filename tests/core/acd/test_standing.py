from callcenter.core.acd.model import Agent, Requirements, WaitingCall
from callcenter.core.acd.needs import Demand
from callcenter.core.acd.people import AgentStatus
from callcenter.core.acd.standing import Standing
from callcenter.core.ids import CallId, OfferId, QueueId
from callcenter.core.records import replace
from tests.core.acd.floor import SALES, SUPPORT, WaitFloor

FRENCH: Requirements = (("french", 3),)


def nobody_in_line(queue_id: QueueId) -> float:
    del queue_id
    return 0.0


def present(name: str, *queues: QueueId, skills: Requirements = ()) -> Agent:
    floor = WaitFloor()
    return floor.pool.agents[floor.hire(name, *queues, skills=skills)]


def waiting(number: int, queue: QueueId = SALES, requires: Requirements = ()) -> WaitingCall:
    return WaitingCall(
        CallId(f"call-{number}"), number, queue, 0, requires, number, number, 0, None
    )


def put(standing: Standing, call: WaitingCall) -> None:
    standing.put_call(call, Demand(call.queue_id, call.requires))


def test_only_those_who_will_take_further_calls_are_present():
    standing, agent = Standing(), present("anna")
    standing.put_agent(agent)
    for other in (
        replace(agent, status=AgentStatus.PAUSED),
        replace(agent, page_connected=False),
        replace(agent, logs_out_after=True),
    ):
        standing.put_agent(other)
        assert standing.reach(Demand(SALES), nobody_in_line, 0).agents == 0
        standing.put_agent(agent)
        assert standing.reach(Demand(SALES), nobody_in_line, 0).agents == 1
    standing.drop_agent(agent.profile.agent_id)
    assert standing.reach(Demand(SALES), nobody_in_line, 0).agents == 0


def test_a_new_profile_moves_an_agent_to_its_group():
    standing = Standing()
    standing.put_agent(present("anna", SALES))
    standing.put_agent(present("anna", SUPPORT, skills=FRENCH))
    assert standing.reach(Demand(SALES), nobody_in_line, 0).agents == 0
    assert standing.reach(Demand(SUPPORT, FRENCH), nobody_in_line, 0).agents == 1


def test_the_share_of_another_queue_is_that_of_its_agents_who_serve_both():
    standing = Standing()
    standing.put_agent(present("anna", SALES, SUPPORT))
    for name in ("ben", "carla", "dan"):
        standing.put_agent(present(name, SUPPORT))
    reach = standing.reach(Demand(SALES), nobody_in_line, 0)
    assert reach.shares == {SALES: 1.0, SUPPORT: 0.25}
    assert reach.few == ("anna",)


def test_offered_callers_are_counted_until_the_offer_or_the_wait_is_over():
    standing = Standing()
    first, second = waiting(1), waiting(2)
    for call in (first, second):
        put(standing, call)
        put(standing, replace(call, offer_id=OfferId("o")))
    assert standing.offered(SALES) == 2
    put(standing, first)
    standing.drop_call(second.call_id)
    assert standing.offered(SALES) == 0
    standing.drop_call(first.call_id)
    assert standing._callers == {SALES: {}}


def test_many_groups_are_sampled_and_the_sample_is_near():
    standing = Standing()
    for n in range(400):
        queues = (SALES, SUPPORT) if n % 2 else (SALES,)
        skills = ((f"skill-{n}", 1), *(FRENCH if n % 4 == 0 else ()))
        standing.put_agent(present(f"agent-{n:03}", *queues, skills=skills))
    for n in range(30):
        put(standing, waiting(n, requires=FRENCH if n % 3 == 0 else ()))
    reach = standing.reach(Demand(SALES, FRENCH), nobody_in_line, 0)
    assert reach.agents == 100
    assert (reach.few, reach.callers) == ((), None)
    assert 0.4 < reach.shares[SALES] < 0.6  # a third is theirs alone, of the others one in four
    assert standing.reach(Demand(SALES, FRENCH), nobody_in_line, 10_000) is reach
    assert standing.reach(Demand(SALES, FRENCH), nobody_in_line, 20_000) is not reach


def test_agents_of_levels_that_are_not_asked_yet_do_not_count():
    standing, agent = Standing(), present("anna")
    helping = replace(agent, profile=replace(agent.profile, levels={SALES: 3}))
    standing.put_agent(helping)
    assert standing.reach(Demand(SALES, most_level=2), nobody_in_line, 0).agents == 0
    assert standing.reach(Demand(SALES, most_level=3), nobody_in_line, 0).agents == 1


def test_agents_with_a_forbidden_skill_do_not_count():
    standing = Standing()
    standing.put_agent(present("anna", SALES, skills=FRENCH))
    assert standing.reach(Demand(SALES, forbids=("french",)), nobody_in_line, 0).agents == 0
