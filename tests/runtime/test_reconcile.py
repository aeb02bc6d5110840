"""What the PBX shows against what is wanted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    StopPrompts,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallOffered,
    CallRecovered,
    LegEnd,
    LegEnded,
    Presentation,
)
from callcenter.core.call.model import Phase
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from callcenter.ports.telephony import SeenBridge, SeenLeg, Snapshot
from callcenter.runtime import reconcile
from callcenter.runtime.reconcile import Differences, Seen
from tests.core.test_invariants import CallCentre
from tests.support.pictures import seen, wanted_picture, without
from tests.support.playbook import VIP_NUMBER, World

STRAY = LegId("stray")
OTHER = CallId("f" * 32)


def in_flow() -> World:
    world = World()
    world.caller("bob").arrives()
    return world


def waiting() -> World:
    world = World()
    world.agent("anna").logs_in()
    world.caller("bob").arrives(VIP_NUMBER)
    return world


def ringing() -> World:
    world = World()
    world.agent("anna").is_ready()
    world.caller("bob").arrives(VIP_NUMBER)
    world.agent("anna").phone_rings()
    return world


def talking() -> World:
    world = ringing()
    world.agent("anna").picks_up()
    return world


def wrapping_up() -> World:
    world = talking()
    world.caller("bob").hangs_up()
    return world


PHASES = [in_flow, waiting, ringing, talking, wrapping_up]


def looks_for(world: World, picture: Snapshot) -> Differences:
    return reconcile.differences(world.centre, seen(picture))


def is_nothing(found: Differences) -> bool:
    return not (found.gone or found.arrived or found.effects)


def kinds(found: Differences) -> set[type]:
    return {type(effect) for effect in found.effects}


# ---------------------------------------------------------------- health


def assert_healthy(world: World) -> None:
    shown = seen(wanted_picture(world.centre))
    found = reconcile.differences(world.centre, shown)
    assert is_nothing(found), found
    goals = [world.centre.arrangement(call_id) for call_id in world.centre.calls]
    prompts = [heard for each in goals for heard in (each.playback, each.briefing) if heard]
    remade = list(reconcile.repairs(world.centre, shown, {}))
    assert all(isinstance(each, PlayPrompts | Announce) for each in remade), remade
    assert len(remade) == len(prompts), "after a recovery every wanted prompt is a new one"
    assert list(reconcile.leftovers(world.centre, shown)) == []
    assert list(reconcile.arrivals(world.centre, shown)) == []
    for event in reconcile.recoveries(world.centre, shown, pbx_restarted=False):
        call = world.centre.calls[event.call_id]
        assert event.caller_present
        legs = {call.offer.leg_id} if call.offer else set()
        assert event.ringing | event.answered == legs
        is_answered = call.phase is Phase.TALK or call.briefing is not None
        assert bool(event.answered) == is_answered


@pytest.mark.parametrize("story", PHASES)
def test_a_healthy_call_shows_no_difference_in_any_phase(story):
    assert_healthy(story())


class HealthyCentre(CallCentre):
    """Random stories; a PBX that has done all that is wanted gives no reason to act."""

    @invariant()
    def a_picture_of_what_is_wanted_shows_no_difference(self) -> None:
        assert_healthy(self.world)


TestHealthyCentre = HealthyCentre.TestCase
TestHealthyCentre.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


# ---------------------------------------------------------------- what is gone


@pytest.mark.parametrize("story", [in_flow, waiting, ringing, talking])
def test_a_caller_who_is_gone_has_been_lost(story):
    world = story()
    bob = world.caller("bob")
    found = looks_for(world, without(wanted_picture(world.centre), bob.leg_id))
    assert bob.leg_id in found.gone
    [loss] = [
        each for each in reconcile.losses(world.centre, found.gone) if isinstance(each, CallerGone)
    ]
    assert loss == CallerGone(bob.leg_id, CallerEnd.LOST)


@pytest.mark.parametrize("story", [ringing, talking])
def test_an_agents_leg_that_is_gone_has_been_lost(story):
    world = story()
    leg_id = world.agent("anna").leg_id
    found = looks_for(world, without(wanted_picture(world.centre), leg_id))
    assert found.gone == {leg_id}
    assert list(reconcile.losses(world.centre, found.gone)) == [LegEnded(leg_id, LegEnd.LOST)]
    assert found.effects == set(), "nothing is repaired around a leg that is gone"


def test_what_is_gone_and_belongs_to_no_call_any_more_is_no_loss():
    world = talking()
    gone = {world.caller("bob").leg_id, world.agent("anna").leg_id}
    world.caller("bob").hangs_up()
    assert list(reconcile.losses(world.centre, gone)) == []


# ---------------------------------------------------------------- what is missing


def test_a_caller_who_is_not_answered_is_answered():
    world = in_flow()
    picture = wanted_picture(world.centre)
    legs = [replace(leg, answered=False) for leg in picture.legs]
    assert AnswerCaller in kinds(looks_for(world, replace(picture, legs=legs)))


@pytest.mark.parametrize(
    ("story", "missing"), [(waiting, HoldCaller), (ringing, HoldCaller), (talking, ConnectLegs)]
)
def test_a_bridge_that_is_missing_or_empty_is_made(story, missing):
    world = story()
    picture = wanted_picture(world.centre)
    empty = [replace(bridge, leg_ids=frozenset()) for bridge in picture.bridges]
    for bridges in ([], empty):
        assert kinds(looks_for(world, replace(picture, bridges=bridges))) == {missing}


def test_a_talk_in_which_one_hears_nobody_is_joined_again():
    world = talking()
    picture = without(wanted_picture(world.centre), STRAY)
    [bridge] = picture.bridges
    half = replace(bridge, leg_ids=bridge.leg_ids - {world.agent("anna").leg_id})
    assert kinds(looks_for(world, replace(picture, bridges=[half]))) == {ConnectLegs}


def test_after_a_restart_a_ring_that_is_wanted_and_absent_is_made():
    world = ringing()
    picture = without(wanted_picture(world.centre), world.agent("anna").leg_id)
    repairs = list(reconcile.repairs(world.centre, seen(picture), {}))
    assert [type(each) for each in repairs] == [RingAgent]


def test_after_a_restart_prompts_that_may_still_play_are_stopped_before_all_else():
    world = in_flow()
    bob = world.caller("bob")
    shown = seen(wanted_picture(world.centre))
    playing = {bob.call_id: world.centre.may_still_play(bob.call_id)}
    [stop, play] = reconcile.repairs(world.centre, shown, playing)
    assert stop == StopPrompts(bob.call_id, playing[bob.call_id][0])
    assert isinstance(play, PlayPrompts)


def test_after_a_restart_a_talk_is_left_alone():
    world = talking()
    bob = world.caller("bob")
    shown = seen(wanted_picture(world.centre))
    playing = {bob.call_id: (PlaybackId("menu"),)}
    assert list(reconcile.repairs(world.centre, shown, playing)) == []


# ---------------------------------------------------------------- what is too much


@pytest.mark.parametrize("story", PHASES)
def test_legs_and_bridges_of_no_call_are_ended(story):
    world = story()
    picture = wanted_picture(world.centre)
    agent = SeenLeg(STRAY, False, True, OTHER)
    caller = SeenLeg(LegId("ghost"), True, True, OTHER)
    bridge = SeenBridge(BridgeId("void"), frozenset({STRAY}))
    found = looks_for(
        world,
        Snapshot([*picture.legs, agent, caller], [*picture.bridges, bridge], "started"),
    )
    assert found.effects == {
        EndLeg(OTHER, STRAY),
        HangUpCaller(OTHER, LegId("ghost")),
        DropBridge(CallId(""), BridgeId("void")),
    }


def test_a_caller_struck_by_a_program_error_is_released_once_more_and_never_hung_up():
    world = in_flow()
    bob = world.caller("bob")
    picture = wanted_picture(world.centre)
    world.quarantines(bob.call_id)
    assert kinds(looks_for(world, picture)) == {ReleaseCaller}
    unmarked = [replace(leg, call_id=None) for leg in picture.legs]
    found = looks_for(world, replace(picture, legs=unmarked))
    assert (kinds(found), found.arrived) == ({ReleaseCaller}, {})


def test_a_claim_without_a_caller_is_seen():
    world = World()
    world.tell(CallOffered(LegId("x"), None, "100"))
    assert looks_for(world, Snapshot([], [], "started")).claimed == {"x"}


def test_a_caller_left_in_a_room_is_taken_out_before_it_is_dropped():
    world = in_flow()
    picture = wanted_picture(world.centre)
    room = SeenBridge(BridgeId("room"), frozenset({world.caller("bob").leg_id}))
    shown = seen(replace(picture, bridges=[room]))
    assert list(reconcile.leftovers(world.centre, shown)) == []
    repairs = [type(each) for each in reconcile.repairs(world.centre, shown, {})]
    assert repairs == [LeaveRoom, DropBridge, PlayPrompts]


def test_the_leg_of_an_agent_whose_caller_is_gone_is_ended():
    world = wrapping_up()
    leg_id = LegId("late")
    picture = Snapshot([SeenLeg(leg_id, False, True, world.caller("bob").call_id)], [], "started")
    assert kinds(looks_for(world, picture)) == {EndLeg}


def test_a_caller_whom_nobody_has_marked_is_a_new_call_and_not_hung_up():
    world = World()
    event = CallerArrived(LegId("new"), None, Presentation.WITHHELD, "", "100")
    picture = Snapshot([SeenLeg(LegId("new"), True, False, None, event)], [], "started")
    world.tell(CallOffered(LegId("new"), None, "100"))
    found = looks_for(world, picture)
    assert found.arrived == {LegId("new"): event}
    assert found.effects == set()


def test_a_caller_whom_nobody_marked_and_whose_call_is_over_goes_to_the_fallback():
    world = World()
    event = CallerArrived(LegId("old"), None, Presentation.WITHHELD, "", "100")
    picture = Snapshot([SeenLeg(LegId("old"), True, False, None, event)], [], "started")
    found = looks_for(world, picture)
    assert found.arrived == {}, "a second call would be a second record"
    assert kinds(found) == {ReleaseCaller}


def test_a_caller_whose_mark_came_late_is_not_announced_twice():
    world = in_flow()
    picture = wanted_picture(world.centre)
    legs = [replace(leg, call_id=None) for leg in picture.legs]
    assert looks_for(world, replace(picture, legs=legs)).arrived == {}


# ---------------------------------------------------------------- twice in a row


def test_only_what_two_looks_show_is_acted_on():
    event = CallerArrived(LegId("new"), None, Presentation.WITHHELD, "", "100")
    drop = DropBridge(CallId(""), BridgeId("b"))
    first = Differences({LegId("a"), LegId("b")}, {LegId("new"): event}, {drop})
    assert is_nothing(Differences().confirmed_by(first))
    assert is_nothing(first.confirmed_by(Differences()))
    later = Differences({LegId("b"), LegId("c")}, {LegId("new"): event}, {drop})
    sure = first.confirmed_by(later)
    assert (sure.gone, sure.effects) == ({LegId("b")}, {drop})
    assert sure.arrived == {LegId("new"): event}


# ---------------------------------------------------------------- after a restart


def test_each_open_call_learns_what_the_pbx_has_of_it():
    world = talking()
    bob, leg_id = world.caller("bob"), world.agent("anna").leg_id
    shown = seen(wanted_picture(world.centre))
    [event] = reconcile.recoveries(world.centre, shown, pbx_restarted=False)
    assert event == CallRecovered(bob.call_id, True, frozenset(), frozenset({leg_id}))
    nothing = Seen({}, {}, "again")
    [event] = reconcile.recoveries(world.centre, nothing, pbx_restarted=True)
    assert event == CallRecovered(bob.call_id, False, frozenset(), frozenset(), True)


@pytest.mark.parametrize(("seconds", "lost"), [(1, True), (-1, False)])
def test_a_service_that_starts_anew_knows_by_its_age_that_the_pbx_was_restarted(
    seconds: int, lost: bool
):
    world = in_flow()
    started_at = world.caller("bob").state.arrived.at / 1000 + seconds
    text = datetime.fromtimestamp(started_at, UTC).isoformat().replace("+00:00", "+0000")
    [event] = reconcile.recoveries(world.centre, Seen({}, {}, text), pbx_restarted=None)
    assert event.pbx_restarted is lost


def test_a_pbx_whose_age_is_unknown_is_not_taken_for_restarted():
    world = in_flow()
    [event] = reconcile.recoveries(world.centre, Seen({}, {}, ""), pbx_restarted=None)
    assert not event.pbx_restarted


def test_a_call_that_is_only_wrapped_up_needs_no_recovery():
    world = wrapping_up()
    shown = seen(wanted_picture(world.centre))
    assert list(reconcile.recoveries(world.centre, shown, pbx_restarted=True)) == []
