"""What the watchdog makes of what the PBX shows."""

import pytest

from callcenter.adapters.ari import wire
from callcenter.core.ids import CallId, LegId, derive_id
from callcenter.watchdog.sight import Leg, beat_of, instance_of

CALLER = "1795323368.1"
AGENT = derive_id("journal", 1, "leg")
CALL = derive_id("journal", 1, "call")
CHANNELS = {
    CALLER: wire.Channel(CALLER, name="PJSIP/carrier-1", state="Up", channelvars={"CC_CALL": CALL}),
    AGENT: wire.Channel(AGENT, name="PJSIP/agent1-1", state="Ringing"),
    "1.7": wire.Channel("1.7", name="PJSIP/carrier-2", state="Up"),
    "1.8": wire.Channel("1.8", name="Announcer/ARI-1", state="Up"),
}
OURS = wire.Application(name="cc-main", channel_ids=(CALLER, AGENT, "1.8", "1.99"))


@pytest.mark.parametrize(("value", "age_s"), [("100", 10.0), ("120", -10.0), ("110", 0.0)])
def test_a_beat_has_an_age_by_the_clock_of_the_pbx(value: str, age_s: float):
    assert beat_of(value, 110.0).age_s == age_s


@pytest.mark.parametrize("value", ["", "0", "soon", "-5", "1e9", "٣", "1" * 12])
def test_what_is_no_beat_has_no_age(value: str):
    assert beat_of(value, 110.0).age_s is None


def test_only_the_legs_of_the_instance_with_a_phone_are_seen():
    seen = instance_of(OURS, CHANNELS, [])
    assert seen.legs == (
        Leg(LegId(CALLER), is_caller=True, is_up=True, call_id=CallId(CALL)),
        Leg(LegId(AGENT), is_caller=False, is_up=False),
    )


def test_a_talk_is_a_bridge_of_the_instance_that_is_no_waiting_room():
    bridges = [
        wire.Bridge("b1", name=f"cc:{CALL}:talk:cc-main", bridge_type="mixing", channels=(CALLER,)),
        wire.Bridge("b2", name=f"cc:{CALL}:hold:cc-main", bridge_type="holding", channels=(AGENT,)),
        wire.Bridge("b3", name=f"cc:{CALL}:talk:cc-other", bridge_type="mixing", channels=(AGENT,)),
        wire.Bridge("b4", name="somebody else's", bridge_type="mixing", channels=("1.7",)),
    ]
    assert instance_of(OURS, CHANNELS, bridges).talks == (frozenset({LegId(CALLER)}),)


def test_sound_in_a_talk_is_nobody_to_talk_with():
    talk = wire.Bridge("b1", name="cc:x:talk:cc-main", channels=(CALLER, "1.8"))
    assert instance_of(OURS, CHANNELS, [talk]).talks == (frozenset({LegId(CALLER)}),)
