"""A day of the whole service, recorded and lived through again, and how its records are read."""

from dataclasses import replace
from functools import cache

import pytest

from callcenter.core.ids import AgentId
from callcenter.ports.records import Segment, SegmentKind
from callcenter.soak.day import START_MS
from callcenter.soak.plan import PLAN
from callcenter.whatif.building import recorded_scenario
from callcenter.whatif.day import Outcome
from callcenter.whatif.measures import measure
from callcenter.whatif.recorded import RecordedCrowd, RecordedDay, patience, recorded_day
from callcenter.whatif.report import Found, found
from callcenter.whatif.runs import simulate
from callcenter.whatif.scenario import Counting, Scenario
from tests.support.quiet_day import recorded_calls
from tests.whatif.world import SALES, S

ANNA = AgentId("anna")


def segment(
    kind: SegmentKind, begins_s: float, ends_s: float | None, reason: str = "", who: str = ""
) -> Segment:
    ended_at = None if ends_s is None else round(ends_s * S)
    agent_id = AgentId(who) if who else None
    return Segment(1, kind, round(begins_s * S), ended_at, reason, SALES, agent_id, who)


QUEUE, RING, TALK, WRAP = SegmentKind.QUEUE, SegmentKind.RING, SegmentKind.TALK, SegmentKind.WRAP
SERVED = (
    segment(QUEUE, 100, 130, "connected"),
    segment(RING, 100, 120, "no_answer", "bela"),
    segment(RING, 125, 130, "connected", "anna"),
    segment(TALK, 130, 190, "caller_hung_up", "anna"),
    segment(WRAP, 190, 200, "finished", "anna"),
)
LEFT = (segment(QUEUE, 50, 80, "caller_hung_up"),)
TIMED_OUT = (segment(QUEUE, 10, 40, "timed_out"),)


def test_visits_and_habits_are_read_from_segments():
    day = recorded_day([SERVED, LEFT, TIMED_OUT], midnight_at=0)
    assert [(v.at, v.wait_ms, v.end) for v in day.visits] == [
        (10 * S, 30 * S, "timed_out"),
        (50 * S, 30 * S, "abandoned"),
        (100 * S, 30 * S, "answered"),
    ]
    habits = day.habits[SALES]
    assert (habits.talks_ms, habits.wraps_ms, habits.rings_ms) == ([60 * S], [10 * S], [5 * S])
    assert habits.missed_share == 0.5
    assert sorted(habits.waits_ms) == [(30 * S, False), (30 * S, False), (30 * S, True)]


def test_agents_work_from_their_first_ring_to_their_last_after_call_work():
    shifts = {s.profile.agent_id: s for s in recorded_day([SERVED], midnight_at=0).shifts}
    assert (shifts[ANNA].begins_at, shifts[ANNA].ends_at) == (125 * S, 200 * S + 1)
    assert shifts[ANNA].profile.queues == (SALES,)
    assert shifts[AgentId("bela")].ends_at == 120 * S + 1


def test_a_call_that_is_not_over_is_left_out():
    assert recorded_day([(segment(QUEUE, 100, None),)], 0).visits == []


def test_instants_count_from_midnight():
    (visit,) = recorded_day([LEFT], midnight_at=20 * S).visits
    assert visit.at == 30 * S


# ---------------------------------------------------------------- patience


def test_patience_is_that_of_who_left_if_nobody_else_waited_less():
    assert patience([(10, True), (20, True)]) == [(0.5, 10), (1.0, 20)]


def test_who_was_answered_earlier_counts_as_long_as_he_waited():
    """Kaplan and Meier by hand: 4 at risk at 10, then one answered, then 2 at risk at 30."""
    steps = patience([(10, True), (20, False), (30, True), (40, False)])
    assert [at for _, at in steps] == [10, 30]
    assert [share for share, _ in steps] == pytest.approx([0.25, 0.625])


def test_nobody_who_left_means_that_nobody_is_known_to_leave():
    assert patience([(10, False), (0, False)]) == []
    crowd = RecordedCrowd(recorded_day([SERVED], 0))
    assert [caller.patience_ms for caller in crowd.callers("1")] == [None]


def test_drawn_callers_come_when_the_recorded_did():
    crowd = RecordedCrowd(recorded_day([SERVED, LEFT], 0))
    (first, second) = crowd.callers("7")
    assert (first.at, second.at) == (50 * S, 100 * S)
    assert first.talk_ms == second.talk_ms == 60 * S
    assert first.ring_ms == 5 * S
    assert crowd.callers("7") == crowd.callers("7")
    shares = [c.patience_ms for n in range(200) for c in crowd.callers(str(n))]
    assert 150 < shares.count(30 * S) < 250
    assert set(shares) == {30 * S, None}


# ---------------------------------------------------------------- the whole service, recorded


@cache
def real_day() -> RecordedDay:
    """Return a day that the whole service has lived on the model of Asterisk: 5 agents."""
    return recorded_day([call.segments for call in recorded_calls(10, 300)], START_MS)


def lived_again(day: RecordedDay, *, agents: int = 5, talks: float = 1.0) -> Found:
    """Return the replay of a day, perhaps with other agents, or talks of another length."""
    habits = {
        queue_id: replace(each, talks_ms=[round(talk * talks) for talk in each.talks_ms])
        for queue_id, each in day.habits.items()
    }
    other = replace(day, habits=habits, shifts=day.shifts[:agents])
    nobody = Scenario(
        "again", PLAN.queues, PLAN.pools, RecordedCrowd(day), [], midnight_at=START_MS
    )
    scenario = recorded_scenario(nobody, other, with_agents=True)
    measured = measure(Outcome(day.visits), PLAN.queues, Counting.ALL)
    return found(scenario, simulate(scenario, 20, seed=1), measured)


def test_a_recorded_day_lived_again_comes_out_within_its_interval():
    day = real_day()
    assert len(day.visits) > 250
    assert len(day.shifts) == 5
    again = lived_again(day)
    assert again.outside == ()
    for where in ("overall", "sales", "support"):
        for name in ("service_level", "asa_s", "abandoned"):
            estimate = again.estimates[where][name]
            assert estimate is not None
            assert estimate.spread < 0.2 or name == "asa_s", "an interval that says something"


def test_with_an_agent_less_it_would_have_been_another_day():
    other = lived_again(real_day(), agents=4)
    assert {"overall service_level", "overall asa_s"} <= set(other.outside)


def test_with_longer_talks_it_would_have_been_another_day():
    other = lived_again(real_day(), talks=1.5)
    assert {"overall service_level", "overall asa_s"} <= set(other.outside)
