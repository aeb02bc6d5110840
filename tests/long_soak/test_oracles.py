"""Each oracle sees what is broken, and nothing in what is well."""

from dataclasses import replace

import pytest

from tests.long_soak.media import Span
from tests.long_soak.oracles import (
    End,
    Row,
    Story,
    Stretch,
    Talk,
    excess_ms,
    in_two_calls,
    of_the_phone,
    of_the_record,
    overlap,
)
from tests.long_soak.plan import CallerPlan, EndedBy, Intent

PLAN = CallerPlan(1, 0.0, Intent.TALK, 0.5, 60.0, 16.0, EndedBy.CALLER)
ROW = Row("c1", PLAN.ani, "answered", "", 16_000, closed=True)


def story(**changes: object) -> Story:
    """Return a caller who was served as it should be."""
    talk = Talk("PJSIP/agent1", 1_004.0, 1_020.0)
    well = Story(PLAN, 1_000.0, 1_000.3, 1_020.1, End.CALLER, 200, [talk])
    return replace(well, **changes)  # type: ignore[arg-type]


def unserved(**changes: object) -> Story:
    """Return a caller who never heard anybody."""
    return story(talks=[], **changes)


def test_a_caller_who_was_served_breaks_nothing():
    assert list(of_the_phone(story(), 0)) == []
    assert list(of_the_record(story(), [ROW])) == []


PHONE: dict[str, dict[str, object]] = {
    "answered within 2.6 s": {"answered_at": 1_002.6},
    "not answered within 20.1 s": {"answered_at": 0.0, "talks": []},
    "refused with SIP status 503": {"end": End.REFUSED, "final": 503},
    "left on the line": {"left_behind": True},
    "two agents at once": {"two_at_once": True},
    "was cut after 16.0 s": {"talks": [Talk("PJSIP/agent1", 1_004.0, 1_020.0, was_cut=True)]},
}


@pytest.mark.parametrize("what", PHONE)
def test_what_a_phone_must_not_meet_is_seen(what: str):
    [found] = of_the_phone(story(**PHONE[what]), 0)
    assert what in found


def test_a_pause_of_our_own_is_taken_off():
    late = story(answered_at=1_002.9)
    assert list(of_the_phone(late, 500)) == []
    assert excess_ms(Span(10.0, 10.3), 250) == pytest.approx(50)


def test_a_caller_who_hangs_up_before_the_answer_is_not_late():
    early = unserved(answered_at=0.0, ended_at=1_000.4)
    assert list(of_the_phone(early, 0)) == []
    assert list(of_the_record(early, [])) == []


def test_a_killed_pbx_excuses_what_its_callers_meet():
    cut = story(end=End.CUT_OFF, answered_at=0.0)
    cut.talks[0].was_cut = True
    assert list(of_the_phone(cut, 0)) == []


RECORDS = {
    "has no record": (story(), []),
    "has 2 records: c1, c2": (story(), [ROW, replace(ROW, call_id="c2")]),
    "is not closed": (story(), [replace(ROW, closed=False)]),
    "talked for 16.0 s and is recorded as abandoned_queue": (
        story(),
        [replace(ROW, outcome="abandoned_queue")],
    ),
    "never heard anybody and is recorded as answered": (unserved(), [ROW]),
    "was hung up on, unserved, and is recorded as failed": (
        unserved(end=End.PBX),
        [replace(ROW, outcome="failed", talk_ms=0)],
    ),
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_that_is_wrong_is_seen(what: str):
    told, rows = RECORDS[what]
    [found] = of_the_record(told, rows)
    assert what in found


@pytest.mark.parametrize("outcome", ["self_served", "overflow", "fallback_abandoned"])
def test_who_was_told_goodbye_was_not_lost(outcome: str):
    told = unserved(end=End.PBX)
    assert list(of_the_record(told, [replace(ROW, outcome=outcome, talk_ms=0)])) == []


def test_an_agent_in_two_calls_is_seen():
    first = Stretch("a1", "c1", 1_000, 9_000)
    assert list(in_two_calls([first, Stretch("a1", "c2", 9_100, 12_000)])) == []
    assert list(in_two_calls([first, Stretch("a2", "c2", 5_000, 12_000)])) == []
    [found] = in_two_calls([Stretch("a1", "c2", 5_000, 12_000), first])
    assert found == "agent a1 is in c1 and in c2 for 4000 ms"


def test_two_voices_at_once_are_heard():
    assert not overlap([Span(1.0, 5.0), Span(5.1, 9.0)])
    assert overlap([Span(4.0, 9.0), Span(1.0, 5.0)])
