from itertools import islice, pairwise

import pytest

from tests.long_soak.plan import (
    TRAITS,
    EndedBy,
    Intent,
    Kind,
    Wishes,
    draw_callers,
    draw_faults,
)

EIGHT_HOURS = Wishes(hours=8.0, seed=3)


def test_the_same_seed_draws_the_same_faults_and_callers():
    assert draw_faults(EIGHT_HOURS) == draw_faults(Wishes(hours=8.0, seed=3))
    assert draw_faults(EIGHT_HOURS) != draw_faults(Wishes(hours=8.0, seed=4))
    one, same, other = (list(islice(draw_callers(Wishes(seed=seed)), 50)) for seed in (3, 3, 4))
    assert one == same
    assert one != other


def test_there_is_a_fault_a_minute_and_each_is_over_before_the_next_begins():
    faults = draw_faults(EIGHT_HOURS)
    assert len(faults) == 480
    assert {int(fault.at_s // 60) for fault in faults} == set(range(480))
    for earlier, later in pairwise(faults):
        assert earlier.at_s + earlier.lasts_s < later.at_s
    assert all((fault.at_s + fault.lasts_s) % 60 < 57 for fault in faults), (
        "audits come on the minute"
    )


def test_every_kind_of_fault_is_drawn_in_eight_hours_for_a_time_that_suits_it():
    faults = draw_faults(EIGHT_HOURS)
    assert {fault.kind for fault in faults} == set(Kind)
    for fault in faults:
        trait = TRAITS[fault.kind]
        assert trait.shortest_s <= fault.lasts_s <= trait.longest_s


def test_the_service_is_killed_in_the_first_quarter_only_and_in_less_than_a_third_of_its_faults():
    faults = draw_faults(EIGHT_HOURS)
    kills = [fault.at_s for fault in faults if fault.kind is Kind.KILL]
    assert kills
    assert max(kills) < 2 * 3600
    assert len(kills) < 120 / 3


def test_a_run_of_seconds_has_no_fault():
    assert draw_faults(Wishes(hours=0.001)) == []


@pytest.mark.parametrize(("talks", "calls"), [(20, 150), (5, 60)])
def test_callers_come_and_talk_as_often_as_asked_for(talks: int, calls: int):
    callers = list(islice(draw_callers(Wishes(talks=talks, calls=calls)), 4_000))
    span_s = sum(caller.after_s for caller in callers)
    assert len(callers) / span_s * 60 == pytest.approx(calls, rel=0.1)
    heard = {Intent.TALK, Intent.IMPATIENT, Intent.NO_KEY}
    talk_s = sum(caller.talk_s for caller in callers if caller.intent in heard)
    assert talk_s / span_s == pytest.approx(talks, rel=0.1)


def test_callers_want_all_there_is_to_want_and_no_two_have_one_number():
    callers = list(islice(draw_callers(Wishes()), 4_000))
    assert {caller.intent for caller in callers} == set(Intent)
    assert {caller.ended_by for caller in callers} == set(EndedBy)
    assert len({caller.ani for caller in callers}) == 4_000
    assert all(len(caller.ani) == 12 for caller in callers)
