from callcenter.core.acd.announcing import announce
from callcenter.core.acd.comfort_messages import PositionDue, PositionTold
from callcenter.core.acd.messages import PauseRequested
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.wait_range import WaitRange
from callcenter.core.ids import AgentId, Ms
from callcenter.core.records import replace
from ivr_flows.spoken import SpokenWait
from tests.core.acd.floor import WaitFloor

MINUTE: Ms = 60_000


def in_line(*, speaks: bool, agents: int = 30, ahead: int = 60) -> tuple[WaitFloor, WaitingCall]:
    floor = WaitFloor(speaks=speaks)
    for n in range(agents):
        floor.hire(f"agent-{n:02}")
        floor.call()
    for _ in range(ahead):
        floor.call()
    return floor, floor.waiting(floor.call())


def told(floor: WaitFloor, call: WaitingCall, before: WaitRange) -> PositionDue:
    return anew(floor, replace(call, told=before, told_at=floor.now))[1]


def anew(floor: WaitFloor, call: WaitingCall) -> tuple[PositionTold, PositionDue]:
    """What is told to a caller who has not been told the place yet."""
    fact, due = announce(floor.pool, replace(call, told_position=None), floor.now)
    assert due is not None
    return fact, due


def test_the_wait_is_estimated_at_entry_and_not_told_unless_the_queue_says_so():
    floor, call = in_line(speaks=False)
    assert call.expected is not None
    assert call.expected_at == floor.now
    assert floor.tells == [PositionDue(call.call_id, 61)]
    fact, due = announce(floor.pool, call, floor.now + 45_000)
    assert fact == PositionTold(floor.now + 45_000, call.call_id, 61, was_told=False)
    assert due is None, "the place has not improved"


def test_the_wait_is_told_as_a_range_where_the_queue_says_so():
    floor, call = in_line(speaks=True)
    (due,) = floor.tells
    assert due.wait is not None
    assert call.told is not None
    assert due.wait.high_min is not None
    assert due.wait.low_min * MINUTE <= call.told.low_ms
    assert due.wait.high_min * MINUTE >= call.told.high_ms


def test_nobody_at_work_is_recorded_as_the_reason_for_saying_nothing():
    floor = WaitFloor(speaks=True)
    anna = floor.hire("anna")
    floor.turn(PauseRequested(anna, "lunch"))
    call = floor.waiting(floor.call())
    assert (call.expected, call.told) == (None, None)
    fact, due = anew(floor, call)
    assert (fact.unknown, fact.is_told, due.wait) == ("nobody_ready", False, None)


def test_a_range_that_has_grown_without_a_cause_is_not_told():
    floor, call = in_line(speaks=True)
    assert call.expected is not None
    shorter = replace(call.expected, low_ms=1, high_ms=MINUTE)
    fact, _ = announce(floor.pool, replace(call, told=shorter), floor.now)
    assert told(floor, call, shorter).wait is None
    assert (fact.expects is not None, fact.is_told) == (True, False)


def test_a_range_that_has_grown_is_told_with_its_cause():
    floor, call = in_line(speaks=True)
    assert call.expected is not None
    fewer_ahead = replace(call.expected, low_ms=1, high_ms=MINUTE, ahead=3)
    more_agents = replace(call.expected, low_ms=1, high_ms=MINUTE, agents=31)
    for before in (fewer_ahead, more_agents):
        wait = told(floor, call, before).wait
        assert wait is not None
        assert wait.takes_longer


def test_a_range_that_has_shrunk_or_stayed_is_told_without_excuses():
    floor, call = in_line(speaks=True)
    assert call.expected is not None
    for before in (call.expected, replace(call.expected, high_ms=50 * MINUTE, agents=99)):
        wait = told(floor, call, before).wait
        assert isinstance(wait, SpokenWait)
        assert not wait.takes_longer


def test_agents_who_pause_are_a_cause():
    floor, call = in_line(speaks=True, agents=30, ahead=30)
    for n in range(20):
        floor.turn(PauseRequested(AgentId(f"agent-{n:02}"), "lunch"))
    _, due = announce(floor.pool, call, floor.now)
    assert due is not None
    assert due.wait is not None
    assert due.wait.takes_longer


def test_a_wait_is_told_beside_a_place_that_has_not_improved_only_if_it_sounds_other():
    floor, call = in_line(speaks=True)
    assert call.told is not None
    fact, due = announce(floor.pool, call, floor.now)
    assert (fact.was_told, fact.is_told, due) == (False, False, None)
    longer = replace(call.told, low_ms=45 * MINUTE, high_ms=59 * MINUTE)
    fact, due = announce(floor.pool, replace(call, told=longer), floor.now)
    assert due is not None
    assert (fact.was_told, fact.is_told, due.tells_position) == (False, True, False)
