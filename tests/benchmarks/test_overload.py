"""Ten times the usual calls for 20 s, on virtual time: who is taken is served, and it ends soon."""

from collections import Counter
from functools import cache

from callcenter.benchmarks.crowded_floor import Narrow
from callcenter.benchmarks.overload import OverloadOptions, Storm, figures, storm
from callcenter.core.call.messages import Outcome
from tests.support.virtual_time import VirtualClock, run

USUAL_PER_S = 5.0
"""The PBX of two workers can do some eleven calls a second; in the storm come fifty."""


@cache
def weathered(*, is_protected: bool = True) -> Storm:
    narrow = Narrow(workers=2, agents=45, is_protected=is_protected)
    options = OverloadOptions(usual_per_s=USUAL_PER_S, after_s=18, narrow=narrow)

    async def weather() -> Storm:
        return await storm(options, VirtualClock())

    return run(weather())


def figure(found: Storm, name: str) -> float:
    [value] = [each.value for each in figures(found) if each.metric == name]
    return value


def rings_ms(found: Storm, begin: int, end: int) -> list[int]:
    return sorted(call.rang_at - call.arrived_at for call in found.of(begin, end) if call.rang_at)


def test_calls_that_were_taken_ring_in_time_in_the_storm_too():
    found = weathered()
    in_storm = rings_ms(found, found.begins_at, found.ends_at)
    assert len(in_storm) > 20 * USUAL_PER_S, "more than usual are served, not fewer"
    assert in_storm[int(0.95 * len(in_storm))] <= 500
    assert in_storm[-1] <= 2_000


def test_every_call_that_was_taken_is_served():
    assert {call.outcome for call in weathered().journeys} == {Outcome.ANSWERED}


def test_every_other_caller_is_in_the_fallback_because_nobody_claimed_the_call():
    found = weathered()
    dialled = round(10 * USUAL_PER_S + 20 * 10 * USUAL_PER_S + 18 * USUAL_PER_S)
    assert Counter(found.fallbacks).keys() == {"unclaimed"}
    assert abs(len(found.journeys) + len(found.fallbacks) - dialled) <= 3, "nobody is lost"


def test_ten_seconds_after_the_storm_every_call_is_taken_as_quickly_as_before():
    found = weathered()
    assert found.recovery_s <= 10
    after = found.of(found.ends_at + 10_000, found.ends_at + 60_000)
    assert abs(len(after) - found.offered_after) <= 1
    assert figure(found, "ring_p95_ms.after") <= 2 * figure(found, "ring_p95_ms.before")


def test_the_storm_does_not_raise_the_level_so_far_that_claiming_stops():
    assert weathered().highest_level < 4


def test_without_the_limits_the_same_storm_breaks_these_promises():
    found = weathered(is_protected=False)
    in_storm = rings_ms(found, found.begins_at, found.ends_at)
    assert not in_storm or in_storm[int(0.95 * len(in_storm))] > 5_000
    assert found.recovery_s > 10
