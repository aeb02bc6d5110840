import pytest

from callcenter.whatif.building import crowd, rates, shifts, spread
from callcenter.whatif.crowd import Rate
from callcenter.whatif.forms import DAY_MS, HOUR_MS, Agents, Answers, Callers, ScenarioForm, Times
from callcenter.whatif.scenario import Kind
from callcenter.whatif.spreads import Empirical, Exponential, Fixed, Lognormal
from ivr_flows.durations import Duration
from tests.whatif.world import SALES


def spans(group: Agents) -> list[tuple[str, float, float]]:
    return [
        (s.profile.agent_id, s.begins_at / HOUR_MS, s.ends_at / HOUR_MS)
        for s in shifts({"sales": group})
    ]


def test_agents_work_the_whole_day_or_in_their_shifts():
    assert spans(Agents(queues=("sales",), count=1)) == [("sales 1", 0, 24)]
    group = Agents(queues=("sales",), count=2, shifts=("08:00-12:00", "12:30-17:00"))
    assert spans(group) == [
        ("sales 1", 8, 12),
        ("sales 1", 12.5, 17),
        ("sales 2", 8, 12),
        ("sales 2", 12.5, 17),
    ]


def test_staffing_by_interval_lets_so_many_work():
    group = Agents(queues=("sales",), staffing={"12:00": 1, "8:00": 2, "13:00": 3, "18:00": 0})
    assert spans(group) == [
        ("sales 1", 8, 18),
        ("sales 2", 8, 12),
        ("sales 2", 13, 18),
        ("sales 3", 13, 18),
    ]


def test_staffing_that_never_ends_ends_at_midnight():
    group = Agents(queues=("sales",), staffing={"22:00": 1})
    assert spans(group) == [("sales 1", 22, 24)]
    assert spans(Agents(queues=("sales",), staffing={"22:00": 1, "24:00": 0})) == [
        ("sales 1", 22, 24)
    ]


def test_an_agent_has_the_queues_and_skills_of_the_group():
    group = Agents(queues=("sales", "support"), skills={"french": 7}, count=1)
    (only,) = shifts({"both": group})
    assert only.profile.queues == ("sales", "support")
    assert only.profile.skills == {"french": 7}


def test_a_profile_is_put_into_order_and_ends():
    assert rates({"10:00": 5.0, "08:00": 2.0}) == [
        Rate(8 * HOUR_MS, 2.0),
        Rate(10 * HOUR_MS, 5.0),
        Rate(DAY_MS, 0.0),
    ]


@pytest.mark.parametrize(
    ("times", "kind"),
    [
        (Times(mean=Duration(5)), Exponential),
        (Times(mean=Duration(5), cv=0.5), Lognormal),
        (Times(always=Duration(5)), Fixed),
        (Times(values=(Duration(4), Duration(6))), Empirical),
    ],
)
def test_what_is_given_decides_the_distribution(times: Times, kind: type):
    assert isinstance(spread(times), kind)
    assert spread(times).mean_ms == pytest.approx(5)


def test_callers_are_what_the_form_says():
    callers = Callers(
        queue="sales",
        per_hour={"00:00": 30.0, "10:00": 0.0},
        talk=Times(always=Duration(60_000)),
        requires={"german": 3, "french": 5},
        priority=2,
    )
    form = ScenarioForm(
        scenario="x",
        callers={"orders": callers},
        answering=Answers(ring=Times(always=Duration(4_000))),
    )
    people = crowd(form).callers("1")
    assert len(people) > 200
    first = people[0]
    assert first.kind == Kind("orders", SALES, 2, (("french", 5), ("german", 3)))
    assert (first.talk_ms, first.ring_ms, first.patience_ms) == (60_000, 4_000, None)
