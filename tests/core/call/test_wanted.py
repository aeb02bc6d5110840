"""From any picture to any other: the effects lead there, in an order that a PBX can follow."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    StopPrompts,
)
from callcenter.core.call.messages import (
    LegEnd,
)
from callcenter.core.call.wanted import (
    AgentLeg,
    Arrangement,
    Playback,
    absent,
    playback_id,
    settle,
    wanted,
)
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from tests.support.playbook import JOURNAL_ID, World
from tests.support.tiny_pbx import TinyPbx

CALL = CallId("call")
CALLER = LegId("caller")
ROOM = BridgeId("room")


def in_flow(prompt: int | None) -> Arrangement:
    return Arrangement(CALL, CALLER, playback=playback(prompt))


def in_queue(prompt: int | None, attempt: int | None) -> Arrangement:
    return Arrangement(CALL, CALLER, agent=leg(attempt), room=ROOM, playback=playback(prompt))


def briefing(prompt: int | None, attempt: int) -> Arrangement:
    """The agent hears something, the caller may too, in a room of their own."""
    return replace(in_queue(prompt, attempt), briefing=playback(10 + attempt))


def in_talk(attempt: int) -> Arrangement:
    return Arrangement(CALL, CALLER, agent=leg(attempt), talk=BridgeId(f"talk-{attempt}"))


def playback(number: int | None) -> Playback | None:
    return Playback(PlaybackId(f"play-{number}"), ("welcome",)) if number else None


def leg(attempt: int | None) -> AgentLeg | None:
    return AgentLeg(LegId(f"leg-{attempt}"), "PJSIP/anna", 20_000) if attempt else None


Numbers = st.sampled_from((None, 1, 2))
Pictures = st.one_of(
    st.just(absent(CALL)),
    st.builds(in_flow, st.sampled_from((None, 1, 2))),
    st.builds(in_queue, st.sampled_from((None, 3, 4)), Numbers),
    st.builds(in_talk, st.sampled_from((1, 2))),
    st.builds(briefing, st.sampled_from((None, 3, 4)), st.sampled_from((1, 2))),
)
"""What a call can want. Numbers of prompts are never shared by places: they are never reused."""


def built(actual: Arrangement) -> TinyPbx:
    """Return a PBX that shows a picture."""
    pbx = TinyPbx()
    if actual.caller:
        pbx.callers.add(actual.caller)
    else:
        pbx.arrives(CALLER)
    if actual.agent:
        pbx.agents[actual.agent.leg_id] = False
    if actual.room and actual.caller:
        pbx.bridges[actual.room] = {actual.caller}
    if actual.talk and actual.caller and actual.agent:
        pbx.bridges[actual.talk] = {actual.caller, actual.agent.leg_id}
    if actual.playback and actual.caller:
        pbx.playing[actual.playback.playback_id] = actual.room or actual.caller
    if actual.briefing and actual.agent:
        pbx.playing[actual.briefing.playback_id] = actual.agent.leg_id
    return pbx


@settings(derandomize=True, database=None, max_examples=400)
@given(actual=Pictures, goal=Pictures)
def test_the_effects_lead_from_any_picture_to_any_other(
    actual: Arrangement, goal: Arrangement
) -> None:
    assume(not (actual.talk and goal.briefing))  # who talks is not announced any more
    pbx = built(actual)
    for effect in settle(actual, goal):
        pbx.carry_out(effect)
    assert pbx.differences(goal) == []
    assert pbx.leftovers([goal]) == []


@settings(derandomize=True, database=None, max_examples=400)
@given(goal=Pictures, lost=st.sets(st.sampled_from(("agent", "room", "talk"))))
def test_what_is_missing_is_made_again(goal: Arrangement, lost: set[str]) -> None:
    """After a restart of the PBX's part: rooms and legs may be gone, what played has ended."""
    missing: dict[str, None] = dict.fromkeys(sorted(lost))
    if "agent" in missing:
        missing["talk"] = None
    actual = replace(goal, playback=None, briefing=None, **missing)  # type: ignore[arg-type]
    pbx = built(actual)
    for effect in settle(actual, goal):
        pbx.carry_out(effect)
    assert pbx.differences(goal) == []


@given(picture=Pictures)
@settings(derandomize=True, database=None)
def test_nothing_is_done_when_all_is_as_wanted(picture: Arrangement) -> None:
    assert list(settle(picture, picture)) == []


# ---------------------------------------------------------------- the order, rule by rule


def test_the_agents_phone_rings_before_anything_else() -> None:
    effects = list(settle(in_flow(1), in_queue(None, 1)))
    assert effects == [
        RingAgent(CALL, LegId("leg-1"), "PJSIP/anna", "", 20_000),
        StopPrompts(CALL, PlaybackId("play-1")),
        HoldCaller(CALL, CALLER, ROOM),
    ]


def test_the_answer_comes_before_the_first_prompt() -> None:
    assert list(settle(absent(CALL), in_flow(1))) == [
        AnswerCaller(CALL, CALLER),
        PlayPrompts(CALL, CALLER, PlaybackId("play-1"), ("welcome",)),
    ]


def test_a_prompt_is_stopped_before_the_next_one_plays() -> None:
    assert [type(e) for e in settle(in_flow(1), in_flow(2))] == [StopPrompts, PlayPrompts]


def test_an_announcement_plays_into_the_room_and_ends_with_it() -> None:
    (announce,) = settle(in_queue(None, 1), in_queue(3, 1))
    assert isinstance(announce, Announce)
    effects = list(settle(in_queue(3, 1), in_talk(1)))
    assert [type(effect) for effect in effects] == [ConnectLegs, DropBridge]


def test_a_caller_who_hangs_up_while_a_prompt_plays_needs_no_stop() -> None:
    assert list(settle(in_flow(1), absent(CALL))) == [HangUpCaller(CALL, CALLER)]


def test_a_lost_agents_caller_goes_back_to_the_room_before_the_talk_is_dropped() -> None:
    effects = list(settle(in_talk(1), in_queue(None, None)))
    assert [type(effect) for effect in effects] == [EndLeg, HoldCaller, DropBridge]


def test_a_caller_who_falls_back_is_released_and_not_hung_up() -> None:
    goal = Arrangement(CALL, None, falls_back=True)
    assert list(settle(in_queue(None, 1), goal)) == [
        EndLeg(CALL, LegId("leg-1")),
        ReleaseCaller(CALL, CALLER),
        DropBridge(CALL, ROOM),
    ]


# ---------------------------------------------------------------- what a call wants


def test_a_caller_in_the_flow_wants_prompts_on_the_own_leg() -> None:
    bob = World().caller("bob").arrives()
    picture = wanted(bob.state, JOURNAL_ID)
    assert (picture.caller, picture.room, picture.talk) == (bob.leg_id, None, None)
    assert picture.playback is not None
    assert picture.playback.playback_id == playback_id(bob.state, JOURNAL_ID)


def test_a_caller_in_the_queue_wants_a_room_and_the_agents_phone_to_ring() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    picture = wanted(world.caller("bob").chooses("1").state, JOURNAL_ID)
    assert picture.room is not None
    assert picture.agent == AgentLeg(anna.leg_id, "PJSIP/anna", 20_000)
    assert picture.caller_id == "+12025550123"


def test_each_talk_of_a_call_has_a_bridge_of_its_own() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("2")
    anna.takes_the_call()
    first = wanted(bob.state, JOURNAL_ID).talk
    anna.phone_ends(LegEnd.LOST)
    anna.takes_the_call()
    second = wanted(bob.state, JOURNAL_ID).talk
    assert None not in (first, second)
    assert first != second


@pytest.mark.parametrize("leaves", ["caller", "agent"])
def test_a_call_that_is_over_wants_nothing(leaves: str) -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    if leaves == "caller":
        bob.hangs_up()
    else:
        anna.phone_ends()
    assert wanted(bob.state, JOURNAL_ID) == absent(bob.call_id)
    assert playback_id(bob.state, JOURNAL_ID) is None


def test_what_the_agent_hears_is_stopped_before_the_talk_begins() -> None:
    ringing = in_queue(None, 1)
    assert ringing.agent is not None
    heard = Playback(PlaybackId("f" * 32), ("queue_sales",))
    briefed = replace(ringing, briefing=heard)
    (play,) = settle(ringing, briefed)
    assert play == PlayPrompts(
        briefed.call_id, ringing.agent.leg_id, heard.playback_id, heard.prompts
    )
    talking = replace(ringing, room=None, talk=BridgeId("e" * 32))
    names = [type(effect).__name__ for effect in settle(briefed, talking)]
    assert names == ["StopPrompts", "ConnectLegs", "DropBridge"]


def test_an_agent_who_leaves_takes_along_what_they_hear() -> None:
    ringing = in_queue(None, 1)
    briefed = replace(ringing, briefing=Playback(PlaybackId("f" * 32), ("queue_sales",)))
    (end,) = settle(briefed, replace(ringing, agent=None))
    assert isinstance(end, EndLeg)
