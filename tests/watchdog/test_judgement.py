"""What the watchdog decides; the table of what it sees and what follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.ids import LegId
from callcenter.watchdog.judgement import Act, End, KeepTalk, ToFallback, acts, is_dead
from callcenter.watchdog.sight import Beat, Instance, Leg

STALE_S = 10.0
CALLER, AGENT = LegId("1795323368.1"), LegId("a" * 32)


def caller(leg_id: LegId = CALLER, *, is_up: bool = True) -> Leg:
    return Leg(leg_id, is_caller=True, is_up=is_up)


def agent(leg_id: LegId = AGENT, *, is_up: bool = True) -> Leg:
    return Leg(leg_id, is_caller=False, is_up=is_up)


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (None, Beat("1", 60.0), False),
        (Beat("1", 7.0), Beat("1", 10.0), True),
        (Beat("1", 6.0), Beat("1", 9.9), False),
        (Beat("1", 60.0), Beat("3", 61.0), False),
        (Beat("1", -60.0), Beat("1", -57.0), True),
        (Beat("1", -3600.0), Beat("3", -3600.0), False),
        (Beat("", None), Beat("", None), False),
        (Beat("", None), Beat("1", 60.0), False),
    ],
    ids=[
        "not seen before",
        "old and unchanged",
        "not old enough",
        "a clock that is behind, but beats",
        "unchanged, and the clock was set back",
        "a clock that is ahead, but beats",
        "never beaten",
        "the first beat",
    ],
)
def test_an_instance_is_dead_when_its_beat_is_old_and_does_not_change(
    before: Beat | None, now: Beat, verdict: bool
):
    assert is_dead(before, now, STALE_S) is verdict


def test_callers_who_wait_go_to_the_fallback():
    menu, ringing_in, room = caller(), caller(LegId("1.2"), is_up=False), caller(LegId("1.3"))
    assert list(acts(Instance((menu, ringing_in, room)))) == [
        ToFallback(each.leg_id, None, "waits for nobody") for each in (menu, ringing_in, room)
    ]


def test_phones_that_ring_or_listen_for_nobody_are_freed_after_the_callers():
    ringing, lonely = agent(is_up=False), agent(LegId("b" * 32))
    found = list(acts(Instance((ringing, lonely, caller()))))
    assert found == [
        ToFallback(CALLER, None, "waits for nobody"),
        End(AGENT, None, "rings for nobody"),
        End(lonely.leg_id, None, "talks with nobody"),
    ]


def test_who_talks_is_left_alone_and_kept():
    talk = frozenset({CALLER, AGENT})
    found = list(acts(Instance((caller(), agent()), (talk,))))
    assert found == [KeepTalk(CALLER), KeepTalk(AGENT)]


def test_a_caller_left_alone_in_a_talk_goes_to_the_fallback():
    found = list(acts(Instance((caller(),), (frozenset({CALLER}),))))
    assert found == [ToFallback(CALLER, None, "left alone in a talk")]


def test_an_agent_left_alone_in_a_talk_is_freed():
    found = list(acts(Instance((agent(),), (frozenset({AGENT}),))))
    assert found == [End(AGENT, None, "talks with nobody")]


LEGS = st.lists(
    st.builds(
        Leg,
        st.integers(0, 20).map(lambda n: LegId(f"leg{n}")),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda leg: leg.leg_id,
)


@given(LEGS, st.data())
def test_each_leg_gets_one_act_and_no_talk_is_cut(legs: list[Leg], data: st.DataObject):
    names = [leg.leg_id for leg in legs]
    talks = data.draw(st.lists(st.frozensets(st.sampled_from(names)))) if names else []
    found: list[Act] = list(acts(Instance(tuple(legs), tuple(talks))))

    assert sorted(act.leg_id for act in found) == sorted(names)
    kept = {act.leg_id for act in found if isinstance(act, KeepTalk)}
    assert kept == {leg for talk in talks if len(talk) > 1 for leg in talk}
    callers = {leg.leg_id for leg in legs if leg.is_caller}
    assert {act.leg_id for act in found if isinstance(act, ToFallback)} == callers - kept
