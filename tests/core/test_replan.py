"""Other settings while calls are at hand: they hold at once, and nobody is left without a place."""

from dataclasses import replace

import pytest

from callcenter.core.acd.facts import RulesChanged
from callcenter.core.acd.pool import keep
from callcenter.core.call.facts import FlowAdvanced
from callcenter.core.call.model import Phase
from callcenter.core.ids import PoolId, QueueId
from callcenter.core.plan import Plan, PoolRules, QueueRules
from callcenter.core.replan import objections
from ivr_flows.load import load_flow
from tests.support.playbook import MAIN, MAIN_NUMBER, PLAN, SALES, SPANISH_NUMBER, SUPPORT, World

_OTHER_VIP = """
flow: main
start: over
nodes:
  over: {hang_up: [goodbye]}
"""


def with_queue(plan: Plan, queue: QueueRules) -> Plan:
    return replace(plan, queues={**plan.queues, queue.queue_id: queue})


def without(plan: Plan, queue_id: QueueId) -> Plan:
    return replace(
        plan, queues={name: rules for name, rules in plan.queues.items() if name != queue_id}
    )


def waiting_world() -> World:
    """Nobody is free, and a caller waits in sales."""
    world = World()
    world.agent("anna").logs_in()
    world.caller("bob").chooses("1")
    return world


def test_a_shorter_wait_holds_for_those_who_wait() -> None:
    world = waiting_world()
    bob = world.caller("bob")
    world.passes(100)
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], max_wait_ms=60_000)))
    world.passes(0)
    assert bob.phase is Phase.FLOW, "he had waited longer already"


def test_a_longer_wait_holds_for_those_who_wait() -> None:
    world = waiting_world()
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], max_wait_ms=3_600_000)))
    world.passes(3_000)
    assert world.caller("bob").phase is Phase.QUEUE


def test_announcements_begin_anew_with_their_new_distance() -> None:
    world = waiting_world()
    bob = world.caller("bob")
    world.passes(10)
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], announce_every_ms=5_000)))
    assert bob.waiting is not None
    assert bob.waiting.announce_at == world.now + 5_000
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], announce_every_ms=0)))
    assert bob.waiting.announce_at is None


def test_wrap_up_that_begins_later_has_the_new_limit() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().picks_up()
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], wrap_up_ms=7_000)))
    bob.hangs_up()
    assert anna.record is not None
    assert anna.record.wrap_up_until == world.now + 7_000


def test_the_places_of_those_who_wait_and_an_offer_at_hand_are_kept() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    for name in ("bob", "eve", "tom"):
        world.caller(name).chooses("1")
    before = keep(world.centre.pools[MAIN], 0)
    world.replans(replace(PLAN, pools={MAIN: PoolRules(MAIN, no_answer_rest_ms=1)}))
    after = keep(world.centre.pools[MAIN], 0)
    assert (after.agents, after.offers) == (before.agents, before.offers)
    assert [world.caller(name).position for name in ("bob", "eve", "tom")] == [1, 2, 3]
    anna.phone_rings().picks_up()
    assert world.caller("bob").phase is Phase.TALK


def test_the_change_is_recorded_and_folds_again() -> None:
    world = waiting_world()
    world.replans(with_queue(PLAN, replace(PLAN.queues[SALES], announce_every_ms=5_000)))
    assert [fact.changes for fact in world.facts(RulesChanged)] == [("something",)]
    assert keep(world.refolded().pools[MAIN], 0) == keep(world.centre.pools[MAIN], 0)


def test_a_caller_in_a_changed_flow_goes_on_in_the_version_that_they_began() -> None:
    world = World()
    bob = world.caller("bob").arrives().listens_to_the_menu()
    changed = {**PLAN.flows, "main": load_flow(_OTHER_VIP, "main")}
    world.agent("anna").logs_in()
    world.replans(replace(PLAN, flows=changed))
    bob.presses("1")
    assert bob.phase is Phase.QUEUE
    assert world.caller("eve").arrives().hears == ("goodbye",)


def test_a_shorter_time_in_the_flow_holds_for_who_is_in_it() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    main = replace(PLAN.numbers[MAIN_NUMBER], max_flow_ms=30_000)
    world.replans(replace(PLAN, numbers={**PLAN.numbers, MAIN_NUMBER: main}))
    world.passes(31)
    assert bob.ended.cause == "flow_too_long"


def test_versions_that_nobody_is_in_any_more_are_forgotten() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    changed = replace(PLAN, flows={**PLAN.flows, "main": load_flow(_OTHER_VIP, "main")})
    world.replans(changed)
    assert len(world.setting.older_flows) == 1
    bob.hangs_up()
    world.replans(changed)
    assert world.setting.older_flows == {}


def test_a_flow_that_is_gone_is_kept_for_who_is_in_it_and_the_rest_has_the_default() -> None:
    world = World()
    anna = world.agent("anna").can(SALES).logs_in()
    bob = world.caller("bob").arrives(SPANISH_NUMBER)
    assert bob.phase is not Phase.QUEUE, "nobody has Spanish"
    flows = {name: flow for name, flow in PLAN.flows.items() if name != "spanish"}
    numbers = {name: n for name, n in PLAN.numbers.items() if n.flow_id != "spanish"}
    world.replans(replace(PLAN, flows=flows, numbers=numbers))
    eve = world.caller("eve").arrives(SPANISH_NUMBER)
    assert eve.state.session is not None
    assert eve.state.session.flow_id == "main"
    assert anna.record is not None
    assert anna.record.profile.queues == (SALES,)


def test_a_new_queue_is_served_at_once() -> None:
    fax = QueueId("fax")
    plan = with_queue(PLAN, QueueRules(fax, "Fax"))
    flow = load_flow(
        "flow: main\nstart: q\nnodes:\n  q: {queue: {name: fax, timed_out: e, unstaffed: e}}\n"
        "  e: {hang_up: []}\n",
        "main",
    )
    world = World()
    anna = world.agent("anna").can(SALES, fax).is_ready()
    world.replans(replace(plan, flows={**PLAN.flows, "main": flow}))
    world.caller("bob").arrives()
    anna.phone_rings()


@pytest.mark.parametrize("how", ["gone", "elsewhere"])
def test_a_queue_with_people_in_it_cannot_go(how: str) -> None:
    world = waiting_world()
    other = PoolId("other")
    pools = {**PLAN.pools, other: PoolRules(other)}
    moved = with_queue(PLAN, replace(PLAN.queues[SALES], pool_id=other))
    plan = replace(without(PLAN, SALES) if how == "gone" else moved, pools=pools)
    [objection] = objections(world.centre, plan)
    assert objection.startswith("1 callers are in the queue sales, which is ")
    assert not list(objections(world.centre, without(PLAN, SUPPORT)))


@pytest.mark.parametrize("rings", [True, False])
def test_a_queue_whose_caller_is_with_an_agent_counts_once(rings: bool) -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    world.caller("bob").chooses("1")
    anna.phone_rings()
    if not rings:
        anna.picks_up()
    [objection] = objections(world.centre, without(PLAN, SALES))
    assert objection.startswith("1 callers")


def test_a_pool_with_agents_cannot_go() -> None:
    world = World()
    world.agent("anna").logs_in()
    other = PoolId("other")
    queues = {name: replace(rules, pool_id=other) for name, rules in PLAN.queues.items()}
    plan = replace(PLAN, queues=queues, pools={other: PoolRules(other)})
    assert list(objections(world.centre, plan)) == [
        "1 agents are logged in to the pool main, which is gone"
    ]


def test_a_replaced_flow_of_a_degraded_service_is_let_go() -> None:
    world = World()
    world.centre.setting = replace(world.centre.setting, only_flow="vip")
    flows = {name: flow for name, flow in PLAN.flows.items() if name != "vip"}
    numbers = {name: n for name, n in PLAN.numbers.items() if n.flow_id != "vip"}
    world.replans(replace(PLAN, flows=flows, numbers=numbers))
    world.caller("bob").arrives()
    [advanced] = world.facts(FlowAdvanced)
    assert advanced.session.flow_id == "main"
