from callcenter.benchmarks.routing import BusyFloor, fold
from tests.core.invariants import assert_same_state


def test_the_bench_floor_serves_its_callers_and_can_be_folded() -> None:
    floor = BusyFloor(20, gap_s=12.0, seed=1, keeps_facts=True)
    floor.run(calls=60, untimed=0)
    kinds = [type(fact).__name__ for _, fact in floor.journal]
    assert kinds.count("CallArrived") == kinds.count("CallClosed") == 60
    assert kinds.count("AgentConnected") > 50
    assert floor.cpu_s > 0
    assert_same_state(fold(floor.centre.setting, floor.journal), floor.centre)


def test_the_bench_measures_a_floor_that_is_full() -> None:
    floor = BusyFloor(20, gap_s=12.0, seed=1)
    floor.run(calls=60, untimed=20)
    assert floor.centre.calls, "callers were still there when the measuring ended"
    assert floor.virtual_s > 0
