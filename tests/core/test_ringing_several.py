"""Several phones ring for one caller: the first to answer has the call, the others stop."""

from dataclasses import replace

import pytest

from callcenter.core.acd.people import Activity
from callcenter.core.call.facts import AgentConnected, AgentOffered, RingEnded
from callcenter.core.call.messages import LegEnd
from callcenter.core.call.model import Phase
from callcenter.core.plan import AnnounceToAgent, Plan, Strategy
from callcenter.ports.records import SegmentKind
from callcenter.runtime.call_record import fold_record
from tests.support.playbook import PLAN, SALES, Agent, Caller, World


def plan(strategy: Strategy, most_phones: int = 3) -> Plan:
    sales = replace(
        PLAN.queues[SALES], strategy=strategy, most_phones=most_phones, widen_every_ms=4_000
    )
    return replace(PLAN, queues={**PLAN.queues, SALES: sales})


def world_with_staff(plan: Plan) -> tuple[World, list[Agent]]:
    world = World(plan)
    staff = [world.agent(name).can(SALES) for name in ("anna", "ben", "carla", "dora")]
    for agent in staff:
        agent.logs_in().ready()
        world.passes(1)
    return world, staff


def waiting(world: World) -> Caller:
    return world.caller("bob").arrives().listens_to_the_menu().chooses("1")


def ringing(staff: list[Agent]) -> list[str]:
    return [agent.agent_id for agent in staff if agent.activity is Activity.RINGING]


def test_all_phones_ring_up_to_the_most() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL))
    bob = waiting(world)
    assert ringing(staff) == ["anna", "ben", "carla"]
    assert len({ring.offer.leg_id for ring in bob.state.rings}) == 3


def test_the_first_to_answer_has_the_call_and_the_others_stop_and_keep_their_turn() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL))
    idle_since = [agent.state.idle_since for agent in staff]
    bob = waiting(world)
    world.passes(1)
    anna, ben, carla, dora = staff
    legs = {agent.agent_id: agent.leg_id for agent in (anna, ben, carla)}
    ben.takes_the_call()
    assert bob.phase is Phase.TALK
    assert ben.activity is Activity.TALKING
    assert ringing(staff) == []
    assert not {legs[anna.agent_id], legs[carla.agent_id]} & world.pbx.agents.keys(), (
        "their phones ring on"
    )
    for agent in (anna, carla, dora):
        assert agent.state.is_free, "nobody is to blame"
        assert agent.state.idle_since == idle_since[staff.index(agent)]
    record = fold_record(bob.facts)  # type: ignore[arg-type]
    assert record is not None
    rings = {s.agent_id: s.end_reason for s in record.segments if s.kind is SegmentKind.RING}
    assert rings == {"anna": "elsewhere", "ben": "connected", "carla": "elsewhere"}
    talks = [s.agent_id for s in record.segments if s.kind is SegmentKind.TALK]
    assert talks == ["ben"]
    assert record.agent_id == "ben"


def test_one_who_declines_is_replaced_by_the_next() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL, most_phones=2))
    bob = waiting(world)
    staff[0].phone_rings().phone_ends(LegEnd.REFUSED)
    assert ringing(staff) == ["ben", "carla"]
    assert bob.phase is Phase.QUEUE


def test_who_becomes_free_joins_the_ringing_only_if_nobody_else_waits() -> None:
    world, _ = world_with_staff(plan(Strategy.RING_ALL, most_phones=5))
    bob = waiting(world)
    eve = world.caller("eve").arrives().listens_to_the_menu().chooses("1")
    assert not eve.state.rings
    emil = world.agent("emil").can(SALES).logs_in().ready()
    assert [ring.offer.agent_id for ring in eve.state.rings] == [emil.agent_id]
    fred = world.agent("fred").can(SALES).logs_in().ready()
    assert fred.agent_id in {ring.offer.agent_id for ring in bob.state.rings}


def test_a_caller_who_hangs_up_frees_all_whose_phones_rang() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL))
    waiting(world).hangs_up()
    assert ringing(staff) == []
    assert not world.pbx.agents


def test_one_phone_more_rings_after_each_interval() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_PROGRESSIVELY))
    waiting(world)
    seen = [ringing(staff)]
    for _ in range(4):
        for agent in staff:
            if agent.activity is Activity.RINGING:
                agent.phone_rings()
        world.passes(4)
        seen.append(ringing(staff))
    assert seen[:3] == [["anna"], ["anna", "ben"], ["anna", "ben", "carla"]]
    assert seen[3] == seen[2], "no more than the most"


@pytest.mark.parametrize("answered_by", [0, 1])
def test_a_restart_finds_who_answered_meanwhile(answered_by: int) -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL, most_phones=2))
    bob = waiting(world)
    legs = [agent.phone_rings().leg_id for agent in staff[:2]]
    world.pbx.answers(legs[answered_by])
    world.restarts()
    world.looks()
    assert bob.phase is Phase.TALK
    assert bob.state.taken is not None
    assert bob.state.taken.leg_id == legs[answered_by]
    assert set(world.pbx.agents) == {legs[answered_by]}


def test_a_restart_that_finds_one_phone_lost_lets_the_other_ring_on() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL, most_phones=2))
    bob = waiting(world)
    lost, kept = [agent.phone_rings().leg_id for agent in staff[:2]]
    world.pbx.leaves(lost)
    world.restarts()
    world.looks()
    assert kept in {ring.offer.leg_id for ring in bob.state.rings}
    assert lost not in {ring.offer.leg_id for ring in bob.state.rings}


def test_each_ring_is_told_in_the_facts() -> None:
    world, staff = world_with_staff(plan(Strategy.RING_ALL, most_phones=2))
    bob = waiting(world)
    staff[1].takes_the_call()
    kinds = [type(f) for f in bob.facts if isinstance(f, AgentOffered | RingEnded | AgentConnected)]
    assert kinds == [AgentOffered, AgentOffered, RingEnded, AgentConnected]


def test_the_first_to_answer_hears_whose_call_it_is_and_the_others_are_free_at_once() -> None:
    usual = plan(Strategy.RING_ALL)
    sales = replace(usual.queues[SALES], announce_to_agent=AnnounceToAgent.QUEUE_AND_WAIT)
    world, staff = world_with_staff(replace(usual, queues={**usual.queues, SALES: sales}))
    bob = waiting(world)
    anna, ben, carla, dora = staff
    ben.takes_the_call()
    assert bob.phase is Phase.QUEUE
    assert ringing(staff) == ["ben"]
    assert [agent.activity for agent in (anna, carla, dora)] == [Activity.IDLE] * 3
    ben.hears_the_end()
    assert (bob.phase, ben.activity) == (Phase.TALK, Activity.TALKING)


def test_all_phones_ring_again_when_the_agent_hangs_up_before_the_caller_is_there() -> None:
    usual = plan(Strategy.RING_ALL)
    sales = replace(usual.queues[SALES], announce_to_agent=AnnounceToAgent.QUEUE_AND_WAIT)
    world, staff = world_with_staff(replace(usual, queues={**usual.queues, SALES: sales}))
    bob = waiting(world)
    staff[1].takes_the_call().phone_ends()
    assert bob.phase is Phase.QUEUE
    assert ringing(staff) == ["anna", "carla", "dora"]
