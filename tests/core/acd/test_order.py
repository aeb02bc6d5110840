from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.order import place
from callcenter.core.ids import CallId, Ms, QueueId
from callcenter.core.plan import PoolRules, QueueRules

SALES = QueueRules(QueueId("sales"), "Sales")
STEP_MS = 60_000


def waiting(number: int, entered_at: Ms, priority: int = 0) -> WaitingCall:
    call_id = CallId(f"call-{number}")
    return WaitingCall(
        call_id, number, SALES.queue_id, priority, (), entered_at, entered_at, 0, None
    )


@given(
    points=st.tuples(*[st.integers(0, 10)] * 2),
    weights=st.tuples(*[st.integers(0, 5)] * 2),
    at=st.tuples(*[st.integers(0, 3_600_000)] * 2),
)
def test_only_who_comes_soon_enough_after_overtakes(
    points: tuple[int, int], weights: tuple[int, int], at: tuple[int, int]
) -> None:
    rules = PoolRules(priority_step_ms=STEP_MS)
    queues = [replace(SALES, weight=weight) for weight in weights]
    first, second = (waiting(n, at[n], points[n]) for n in (0, 1))
    overtakes = place(second, rules, queues[1]) < place(first, rules, queues[0])
    ahead = points[1] + weights[1] - points[0] - weights[0]
    if at[1] - at[0] > ahead * STEP_MS:
        assert not overtakes, "later than the bound allows"
    if at[1] - at[0] < ahead * STEP_MS:
        assert overtakes


def test_strict_priorities_go_before_age_and_age_decides_among_equals() -> None:
    rules = PoolRules(strict_priorities=True)
    old, older, urgent = waiting(2, 20), waiting(1, 10), waiting(3, 10_000_000, priority=1)
    order = sorted((old, older, urgent), key=lambda call: place(call, rules, SALES))
    assert order == [urgent, older, old]


def test_the_latest_bump_goes_before_everything() -> None:
    first = replace(waiting(1, 0), bumped_at=50)
    second = replace(waiting(2, 40), bumped_at=60)
    for rules in (PoolRules(), PoolRules(strict_priorities=True)):
        order = sorted((waiting(3, 0, 9), first, second), key=lambda c: place(c, rules, SALES))
        assert [call.call_number for call in order] == [2, 1, 3]
