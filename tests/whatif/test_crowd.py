from collections import Counter
from statistics import fmean

import pytest

from callcenter.whatif.crowd import HOUR_MS, RandomCrowd, Rate, Stream
from callcenter.whatif.scenario import Caller
from callcenter.whatif.spreads import Exponential
from tests.whatif.world import FAULTS, ORDERS


def stream(*rates: tuple[float, float], kind=ORDERS, talk_ms: float = 60_000) -> Stream:
    return Stream(
        kind,
        [Rate(round(hour * HOUR_MS), per_hour) for hour, per_hour in rates],
        Exponential(talk_ms),
        patience=Exponential(90_000),
    )


PROFILE = stream((8, 60), (9, 0), (10, 240), (11.5, 30), (12, 0))


def day(seed: int, *streams: Stream) -> list[Caller]:
    return list(RandomCrowd(streams or [PROFILE]).callers(str(seed)))


def test_the_profile_of_the_day_is_kept_on_average():
    found = Counter(caller.at // (HOUR_MS // 2) / 2 for seed in range(200) for caller in day(seed))
    expected = {8.0: 30, 8.5: 30, 10.0: 120, 10.5: 120, 11.0: 120, 11.5: 15}
    assert found.keys() == expected.keys()
    for hour, mean in expected.items():
        assert found[hour] / 200 == pytest.approx(mean, rel=0.04, abs=0.6), hour


def test_counts_vary_as_poisson_says():
    counts = [len(day(seed)) for seed in range(400)]
    mean = fmean(counts)
    assert fmean((count - mean) ** 2 for count in counts) == pytest.approx(mean, rel=0.2)


def test_callers_of_all_kinds_come_in_order():
    callers = day(1, PROFILE, stream((8, 30), (12, 0), kind=FAULTS))
    assert callers == sorted(callers, key=lambda caller: caller.at)
    assert {caller.kind for caller in callers} == {ORDERS, FAULTS}


def test_the_same_seed_gives_the_same_day_and_another_seed_another():
    assert day(1) == day(1)
    assert day(1) != day(2)


def test_with_other_talks_the_same_people_call_at_the_same_time():
    usual, longer = (
        day(1),
        day(
            1,
            stream(*((r.begins_at / HOUR_MS, r.per_hour) for r in PROFILE.rates), talk_ms=120_000),
        ),
    )
    assert [caller.at for caller in usual] == [caller.at for caller in longer]
    assert [caller.patience_ms for caller in usual] == [caller.patience_ms for caller in longer]
    for before, after in zip(usual, longer, strict=True):
        assert after.talk_ms == pytest.approx(2 * before.talk_ms, abs=1)


def test_with_more_calls_the_first_people_have_the_same_habits():
    usual, more = day(1, stream((8, 60), (10, 0))), day(1, stream((8, 90), (10, 0)))
    assert len(more) > len(usual)
    assert [c.talk_ms for c in more[: len(usual)]] == [c.talk_ms for c in usual]
