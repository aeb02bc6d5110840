"""What pages show, worked out from the state."""

from collections.abc import Callable

import pytest

from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.plan import PoolRules
from callcenter.ports.desk import AgentState, CallPhase
from callcenter.runtime import views
from tests.support.playbook import MAIN, MAIN_NUMBER, SALES, START, VIP_NUMBER, Agent, World

Story = Callable[[World], object]


def ringing(world: World) -> Agent:
    anna = world.agent("anna").is_ready()
    world.caller("bob").arrives(VIP_NUMBER)
    return anna


def talking(world: World) -> Agent:
    return ringing(world).takes_the_call()


def wrapping_up(world: World) -> Agent:
    anna = talking(world)
    world.caller("bob").hangs_up()
    return anna


def resting(world: World) -> Agent:
    anna = ringing(world).phone_rings()
    anna.phone_ends()
    return anna


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (lambda w: w.agent("anna").logs_in(), AgentState.PAUSED),
        (lambda w: w.agent("anna").is_ready(), AgentState.READY),
        (lambda w: w.agent("anna").is_ready().pauses("lunch"), AgentState.PAUSED),
        (lambda w: w.agent("anna").is_ready().loses_page(), AgentState.LOST),
        (ringing, AgentState.RINGING),
        (talking, AgentState.TALKING),
        (wrapping_up, AgentState.WRAP_UP),
        (resting, AgentState.RESTING),
    ],
)
def test_an_agent_is_shown_by_one_word(story: Story, state: AgentState):
    world = World()
    story(world)
    agent = world.agent("anna").state
    assert views.agent_state(agent) is state
    mine, shown = views.my_agent(agent), views.floor_agent(agent)
    assert (mine.state, shown.state) == (state, state)
    assert (mine.id, shown.id, shown.station) == ("anna", "anna", "PJSIP/anna")
    assert (mine.resting_until is not None) == (state is AgentState.RESTING)


@pytest.mark.parametrize(
    ("story", "following"),
    [
        (lambda anna: anna, "ready"),
        (lambda anna: anna.pauses("lunch"), "paused: lunch"),
        (lambda anna: anna.pauses(""), "paused"),
        (lambda anna: anna.logs_out(), "log out"),
    ],
)
def test_what_follows_the_call_at_hand_is_shown(story: Callable[[Agent], Agent], following: str):
    world = World()
    story(talking(world))
    assert views.my_agent(world.agent("anna").state).next_status == following


def test_nothing_follows_for_an_idle_agent():
    world = World()
    assert views.my_agent(world.agent("anna").is_ready().state).next_status == ""


@pytest.mark.parametrize(
    ("story", "phase"),
    [
        (lambda w: w.caller("bob").arrives(MAIN_NUMBER), CallPhase.IVR),
        (
            lambda w: (w.agent("anna").logs_in(), w.caller("bob").arrives(VIP_NUMBER)),
            CallPhase.WAITING,
        ),
        (ringing, CallPhase.RINGING),
        (talking, CallPhase.TALKING),
        (wrapping_up, CallPhase.WRAP_UP),
    ],
)
def test_a_call_is_shown_by_its_phase(story: Story, phase: CallPhase):
    world = World()
    story(world)
    shown = views.floor_call(world.caller("bob").state)
    assert shown.phase is phase
    assert shown.arrived_at == START
    assert shown.priority == (0 if phase is CallPhase.IVR else 5)


def test_a_wait_is_shown_from_its_start_while_the_phone_rings_and_a_talk_from_the_answer():
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").arrives(VIP_NUMBER)
    world.passes(10)
    anna = world.agent("anna").ready().phone_rings()
    world.passes(2)
    assert views.floor_call(bob.state).since_at == START
    anna.picks_up()
    world.passes(9)
    assert views.floor_call(bob.state).since_at == START + 12_000
    shown = views.desk_call(bob.state, anna.state, (), None, PoolRules())
    assert (shown.offered_at, shown.answered_at) == (START + 10_000, START + 12_000)
    assert (shown.waited_ms, shown.queue_name) == (10_000, "Sales")


def test_a_call_is_shown_with_the_agent_who_wraps_it_up():
    world = World()
    talking(world)
    bob = world.caller("bob")
    assert views.floor_call(bob.state).agent_id == "anna"
    bob.hangs_up()
    shown = views.floor_call(bob.state)
    assert (shown.phase, shown.agent_id) == (CallPhase.WRAP_UP, "anna")


def test_a_withheld_number_is_shown_as_empty():
    world = World()
    bob = world.caller("bob").arrives(MAIN_NUMBER, None, Presentation.WITHHELD)
    shown = views.floor_call(bob.state)
    assert (shown.ani, shown.caller_name) == ("", "")


def test_a_known_name_comes_before_the_networks():
    world = World()
    bob = world.caller("bob").arrives().is_matched()
    assert views.caller_name(bob.state) == "Ada Example"


def test_a_queue_counts_its_own_agents_by_what_they_do():
    world = World()
    talking(world)
    world.agent("ben").is_ready()
    world.agent("carla").logs_in()
    world.agent("dan").is_ready().loses_page()
    world.agent("eve").can().logs_in()
    pool = world.centre.pools[MAIN]
    shown = views.floor_queue(pool, SALES, views.Day(4, 3, 1, 2))
    assert (shown.ready, shown.talking, shown.paused, shown.lost, shown.wrap_up) == (1, 1, 1, 1, 0)
    assert (shown.offered_today, shown.answered_today) == (4, 3)
    assert (shown.abandoned_today, shown.in_time_today, shown.service_level_s) == (1, 2, 20)
    assert views.my_queue(pool, SALES).waiting == 0


def test_a_queue_shows_how_right_its_estimates_were():
    world = World()
    pool = world.centre.pools[MAIN]
    pool.experience.of(SALES).accuracy.add(20_000, is_within=True)
    pool.experience.of(SALES).accuracy.add(-40_000, is_within=False)
    shown = views.floor_queue(pool, SALES, views.Day())
    assert (shown.estimates, shown.estimate_error_s, shown.estimate_bias_s) == (2, 30, -10)
    assert shown.estimate_coverage == 0.5
