"""The expected wait against what is known exactly, and against common sense."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core.acd.estimate import estimate_or_reason, estimate_wait
from callcenter.core.acd.messages import LogOutRequested, PauseRequested
from callcenter.core.acd.wait_range import NoEstimate, WaitRange
from callcenter.core.ids import AgentId, CallId
from tests.core.acd.floor import SALES, SUPPORT, WaitFloor

TALK_MS = 100_000


def busy(agents: int, talks_each: int = 12) -> WaitFloor:
    """Return a floor whose agents have had talks of 100 s, and each has just begun one more."""
    floor = WaitFloor()
    names = [floor.hire(f"agent-{n:03}") for n in range(agents)]
    for _ in range(talks_each):
        for _ in names:
            floor.call()
        for name in names:
            floor.talks(name, TALK_MS)
    for _ in names:
        floor.call()
    return floor


def expected(floor: WaitFloor, call_id: CallId) -> WaitRange:
    estimate = estimate_wait(floor.pool, floor.waiting(call_id), floor.now)
    assert estimate is not None
    return estimate


def test_the_range_is_in_order_and_says_what_it_counts_on():
    floor = busy(4)
    calls = [floor.call() for _ in range(6)]
    wait = expected(floor, calls[-1])
    assert 0 < wait.low_ms < wait.likely_ms < wait.high_ms
    assert (wait.agents, wait.ahead) == (4, 5)


def test_who_is_further_back_waits_longer():
    floor = busy(4)
    calls = [floor.call() for _ in range(12)]
    likely = [expected(floor, call_id).likely_ms for call_id in calls]
    assert all(later > 0.9 * sooner for sooner, later in pairwise(likely))
    assert likely[-1] > 2 * likely[0]


def test_many_agents_serve_a_line_at_their_common_rate():
    floor = busy(50)
    calls = [floor.call() for _ in range(100)]
    wait = expected(floor, calls[-1])
    handle_ms = floor.pool.experience.of(SALES).handle_ms
    leave = floor.pool.experience.of(SALES).leave_per_ms
    by_hand = sum(1 / (50 / handle_ms + left * leave) for left in range(100))
    assert wait.likely_ms == pytest.approx(by_hand, rel=0.1)


def test_an_agent_who_has_talked_for_long_is_soon_free_if_talks_are_alike():
    floor = busy(1, talks_each=60)
    call_id = floor.call()
    at_first = expected(floor, call_id).likely_ms
    floor.now += TALK_MS * 3 // 4
    later = expected(floor, call_id).likely_ms
    assert at_first == pytest.approx(TALK_MS, rel=0.3)
    assert later < at_first / 2


def test_callers_who_give_up_make_the_wait_of_those_behind_shorter():
    patient, impatient = busy(30), busy(30)
    for _ in range(40):
        leaver = impatient.call()
        impatient.now += 30_000
        impatient.gives_up(leaver)
    ends = []
    for floor in (patient, impatient):
        calls = [floor.call() for _ in range(60)]
        ends.append(expected(floor, calls[-1]).likely_ms)
    assert ends[1] < 0.8 * ends[0]


def test_an_agent_who_will_not_take_another_call_does_not_count():
    floor = busy(4)
    calls = [floor.call() for _ in range(8)]
    before = expected(floor, calls[-1])
    floor.turn(PauseRequested(AgentId("agent-000"), "lunch"))
    floor.turn(LogOutRequested(AgentId("agent-001")))
    after = expected(floor, calls[-1])
    assert after.agents == 2
    assert after.likely_ms > 1.5 * before.likely_ms


def test_nothing_is_said_while_nobody_will_take_another_call():
    floor = busy(1)
    call_id = floor.call()
    floor.turn(PauseRequested(AgentId("agent-000"), "lunch"))
    waiting = floor.waiting(call_id)
    assert estimate_or_reason(floor.pool, waiting, floor.now) is NoEstimate.NOBODY_READY
    assert estimate_wait(floor.pool, waiting, floor.now) is None


def test_nothing_is_said_while_the_pbx_is_not_heard():
    floor = busy(1)
    waiting = floor.waiting(floor.call())
    floor.pool.holds_offers = True
    assert estimate_or_reason(floor.pool, waiting, floor.now) is NoEstimate.PBX_UNHEARD


def test_nothing_is_said_of_a_wait_of_days():
    floor = busy(1)
    calls = [floor.call() for _ in range(2_000)]
    known = floor.pool.experience.of(SALES)
    known._left, known._in_line_ms = 0.0, 1.0  # nobody ever gives up
    waiting = floor.waiting(calls[-1])
    assert estimate_or_reason(floor.pool, waiting, floor.now) is NoEstimate.TOO_LONG


def test_callers_who_come_first_make_the_wait_longer_until_nothing_can_be_said():
    likely = []
    floor = busy(30)
    for priority in (-5, 5):
        floor = busy(30)
        for _ in range(30):
            floor.now += 5_000  # more than half of what the agents can do
            floor.gives_up(floor.call(priority=priority))
        calls = [floor.call() for _ in range(30)]
        likely.append(expected(floor, calls[-1]).likely_ms)
    assert likely[1] > 1.5 * likely[0]
    for _ in range(300):
        floor.now += 1_000
        floor.gives_up(floor.call(priority=5))
    last = floor.waiting(floor.call())
    assert estimate_or_reason(floor.pool, last, floor.now) is NoEstimate.OVERTAKEN


def nobody_first(priority: int) -> float:
    del priority
    return 0.0


def test_who_comes_back_overtakes_those_with_a_younger_place_only():
    floor = busy(10)
    for _ in range(60):
        floor.now += 15_000
        floor.gives_up(floor.call(entered_at=floor.now - 600_000))
    young = floor.call()
    old = floor.call(entered_at=floor.now - 7_200_000)
    known = floor.pool.experience.of(SALES)
    coming = known.overtake_per_ms(floor.waiting(young), nobody_first, floor.now)
    assert coming == pytest.approx(1 / 15_000, rel=0.2)
    assert known.overtake_per_ms(floor.waiting(old), nobody_first, floor.now) < coming / 100


def test_callers_of_another_queue_count_as_far_as_the_agents_are_shared():
    apart, shared = WaitFloor(), WaitFloor()
    for floor, queues in ((apart, (SALES,)), (shared, (SALES, SUPPORT))):
        for n in range(4):
            floor.hire(f"sales-{n}", *queues)
            floor.hire(f"support-{n}", SUPPORT)
        for _ in range(4):
            floor.call()
        for _ in range(20):
            floor.call(SUPPORT)
    alone, beside = expected(apart, apart.call()), expected(shared, shared.call())
    assert (alone.ahead, alone.agents) == (0, 4)
    assert beside.ahead == pytest.approx(8, abs=2)
    assert beside.likely_ms > 2 * alone.likely_ms


def test_a_caller_who_needs_a_skill_counts_only_on_those_who_have_it():
    floor = WaitFloor()
    for n in range(6):
        floor.hire(f"agent-{n}", skills=(("french", 5),) if n < 2 else ())
        floor.call()
    plain = expected(floor, floor.call())
    skilled = expected(floor, floor.call(requires=(("french", 3),)))
    assert (plain.agents, skilled.agents) == (6, 2)
    assert skilled.likely_ms > plain.likely_ms


def test_a_free_agent_is_there_as_soon_as_the_phone_is_picked_up():
    floor = busy(2, talks_each=1)
    would_be = floor.waiting(floor.call())
    floor.hire("fresh", SUPPORT)
    other = WaitFloor()
    other.hire("anna")
    free = estimate_wait(other.pool, would_be, floor.now)
    assert free is not None
    assert free.high_ms < 15_000


@settings(max_examples=30, deadline=None)
@given(
    agents=st.integers(1, 30),
    callers=st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=25),
    later_ms=st.integers(0, 10_000_000),
)
def test_estimates_are_never_negative_and_always_in_order(
    agents: int, callers: list[tuple[int, bool]], later_ms: int
):
    floor = WaitFloor()
    for n in range(agents):
        skills = (("french", 1 + n % 3),) if n % 3 == 0 else ()
        floor.hire(f"agent-{n:02}", *((SALES, SUPPORT) if n % 2 else (SALES,)), skills=skills)
    for priority, wants_french in callers:
        queue = SUPPORT if priority == 1 else SALES
        requires = (("french", 1),) if wants_french else ()
        floor.call(queue, priority=priority, requires=requires)
    for call in floor.pool.waiting.values():
        wait = estimate_or_reason(floor.pool, call, floor.now + later_ms)
        if isinstance(wait, WaitRange):
            assert 0 <= wait.low_ms <= wait.likely_ms <= wait.high_ms
            assert wait.ahead >= 0
