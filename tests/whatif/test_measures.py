import pytest

from callcenter.core.ids import QueueId
from callcenter.whatif.day import Outcome, Visit
from callcenter.whatif.measures import measure, quantile, service_level
from callcenter.whatif.scenario import Counting
from tests.whatif.world import SALES, SUPPORT, S, rules

LIMITS = {SALES: 20 * S, SUPPORT: 20 * S}


def visit(wait_s: float, end: str = "answered", queue_id: QueueId = SALES) -> Visit:
    return Visit(0, queue_id, "kind", round(wait_s * S), end)


VISITS = [
    visit(0),
    visit(20),
    visit(21),
    visit(5, "abandoned"),
    visit(30, "abandoned"),
    visit(60, "timed_out"),
]


@pytest.mark.parametrize(
    ("counting", "expected"),
    [(Counting.ALL, 2 / 6), (Counting.ANSWERED, 2 / 3), (Counting.OFFERED, 3 / 5)],
)
def test_the_formula_says_who_counts(counting: Counting, expected: float):
    assert service_level(VISITS, LIMITS, counting) == pytest.approx(expected)


@pytest.mark.parametrize("counting", Counting)
def test_nobody_has_no_service_level(counting: Counting):
    assert service_level([], LIMITS, counting) is None


def test_a_queue_without_answers_differs_by_formula():
    lost = [visit(60, "timed_out")]
    assert service_level(lost, LIMITS, Counting.ALL) == 0.0
    assert service_level(lost, LIMITS, Counting.ANSWERED) is None


def test_a_day_is_measured_overall_and_by_queue():
    outcome = Outcome([*VISITS, visit(40, queue_id=SUPPORT)], busy_ms=30 * S, staffed_ms=40 * S)
    found = measure(outcome, {SALES: rules(), SUPPORT: rules(SUPPORT)}, Counting.ALL)
    assert list(found) == ["overall", "sales", "support"]
    assert found["overall"]["callers"] == 7
    assert found["overall"]["occupancy"] == 0.75
    assert found["sales"]["asa_s"] == pytest.approx(41 / 3)
    assert found["sales"]["abandoned"] == pytest.approx(2 / 6)
    assert found["sales"]["given_back"] == pytest.approx(1 / 6)
    assert found["sales"]["wait_p50_s"] == 20.0
    assert found["sales"]["wait_max_s"] == 60.0
    assert found["support"]["service_level"] == 0.0
    assert "occupancy" not in found["support"], "agents serve several queues"


def test_a_day_without_callers_has_no_figures_but_their_number():
    found = measure(Outcome(), {SALES: rules()}, Counting.ALL)
    assert found == {"overall": dict.fromkeys(found["overall"]) | {"callers": 0.0}}


def test_a_quantile_is_always_a_measured_value():
    values = [float(n) for n in range(1, 21)]
    assert quantile(values, 0.5) == 10.0
    assert quantile(values, 0.95) == 19.0
    assert quantile([], 0.5) is None
