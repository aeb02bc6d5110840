import pytest

from callcenter.core.ids import LegId
from callcenter.simulation.click_stations import ClickStations
from callcenter.simulation.phones import Answers, Behaviour, Dead, Refuses
from tests.simulation.world import BRIDGE, LEG, ROOM, World


def test_what_a_caller_hears_follows_the_call():
    world = World()
    caller, channel = world.arrive()
    assert caller.hearing == "nothing"
    world.do("POST", f"/channels/{channel.id}/play", media="sound:menu")
    assert caller.hearing == "prompt:sound:menu"
    world.run(5_000)
    assert caller.hearing == "nothing"
    world.hold(channel)
    assert caller.hearing == "music"
    world.do("POST", f"/bridges/{BRIDGE}/play", media="sound:position")
    assert caller.hearing == "prompt:sound:position"
    world.run(5_000)
    assert caller.hearing == "music"


def test_heard_time_counts_only_sound():
    world = World()
    caller, channel = world.arrive()
    world.run(3_000)
    assert caller.heard_ms(3_000) == 0
    assert caller.packets() == 0
    world.hold(channel)
    world.run(1_000)
    assert 990 <= caller.heard_ms(3_000) <= 1_010
    assert 49 <= caller.packets() <= 51


def test_both_hear_each_other_and_nobody_else():
    world = World()
    caller, _ = world.talk()
    world.run(500)
    first, second = world.phones.station("PJSIP/agent1"), world.phones.station("PJSIP/agent2")
    assert caller.hears_party(first)
    assert first.hears_party(caller)
    assert not caller.hears_party(second)
    assert caller.tone_hz != first.tone_hz != second.tone_hz


def test_a_station_shows_the_caller_and_rings_once():
    world = World()
    world.originate(callerId='"Ann" <13800000001>')
    world.run(20)
    station = world.phones.station("PJSIP/agent1")
    assert station.ringing
    assert station.rings == 1
    assert station.shown_caller == "13800000001"
    station.pick_up()
    assert station.in_call
    assert not station.ringing


def test_a_station_in_a_call_is_busy():
    world = World()
    world.talk()
    world.originate("f" * 32)
    world.run(50)
    assert world.events[-1]["type"] == "ChannelDestroyed"
    assert world.events[-1]["cause"] == 17
    assert world.phones.station("PJSIP/agent1").in_call


def test_a_station_that_does_not_ring_cannot_be_picked_up():
    world = World()
    with pytest.raises(RuntimeError, match="does not ring"):
        world.phones.station("PJSIP/agent1").pick_up()


def test_behaviours_decide_what_happens_with_the_next_call():
    world = World()
    station = world.phones.station("PJSIP/agent1")
    behaviours: list[Behaviour] = [Answers(1.0), Refuses(), Dead()]
    for number, behaviour in enumerate(behaviours):
        station.behaviour = behaviour
        world.originate(f"{number:032x}", timeout="3")
        world.run(500)
        assert station.ringing is isinstance(behaviour, Answers)
        world.run(1_000)
        assert station.in_call is isinstance(behaviour, Answers)
        station.put_down()
        world.run(3_000)
        assert station.leg_id == ""


async def test_a_click_picks_up_only_the_leg_that_rings():
    world = World()
    stations = ClickStations(world.phones)
    assert stations.answers_by_click("PJSIP/agent1")
    assert not stations.answers_by_click("PJSIP/real")
    world.originate()
    world.run(20)
    phone = world.phones.station("PJSIP/agent1")
    await stations.pick_up("PJSIP/agent1", LegId("0" * 32))
    await stations.pick_up("PJSIP/real", LegId(LEG))
    assert phone.ringing
    await stations.pick_up("PJSIP/agent1", LegId(LEG))
    assert phone.in_call
    await stations.pick_up("PJSIP/agent1", LegId(LEG))
    world.run(10)
    assert world.of(LEG)[-1] == "StasisStart"


def test_removing_a_caller_from_a_bridge_leaves_the_agent_alone():
    world = World()
    caller, channel = world.talk()
    world.do("POST", f"/bridges/{ROOM}/removeChannel", channel=channel.id)
    assert caller.hearing == "nothing"
    assert world.phones.station("PJSIP/agent1").hearing == "nothing"


def test_without_its_role_a_holding_bridge_is_silent_until_music_is_commanded():
    world = World()
    caller, channel = world.arrive()
    world.do("POST", f"/bridges/{BRIDGE}", type="holding")
    world.enter(BRIDGE, channel.id)
    assert caller.hearing == "nothing"
    world.do("POST", f"/bridges/{BRIDGE}/moh")
    assert caller.hearing == "music"
