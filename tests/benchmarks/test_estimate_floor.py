import pytest

from callcenter.benchmarks.estimate_floor import (
    AppQueueAverage,
    EstimateFloor,
    Scenario,
    Staff,
    all_day,
)


def test_app_queues_average_is_a_quarter_new_in_whole_seconds():
    average = AppQueueAverage()
    average.answered(100_900)
    assert average.average_s == 25
    average.answered(100_000)
    assert average.average_s == (3 * 25 + 100) // 4


@pytest.mark.parametrize(
    ("average_s", "waited_s", "minutes"),
    [(60, 0, 1), (100, 0, 2), (10, 0, 0), (100, 100, 0), (100, 400, 4)],
)
def test_app_queue_announces_more_again_once_one_has_waited_long(
    average_s: int, waited_s: int, minutes: int
):
    average = AppQueueAverage()
    average.average_s = average_s
    assert average.announced_ms(waited_s * 1_000) == minutes * 60_000
    assert average.smooth_ms(waited_s * 1_000) == max(0, average_s - waited_s) * 1_000


def a_day(patience_s: float) -> Scenario:
    staff = (Staff(3, ("a",)),)
    return Scenario("test", 3_600.0, (all_day("a", 1.2),), staff, patience_s=patience_s)


def test_those_who_give_up_are_known_by_their_patient_twins():
    floor = EstimateFloor(a_day(patience_s=60.0), 1)
    predictions = floor.run()
    gave_up = [each for each in predictions if not each.served]
    assert gave_up
    assert all(each.real_ms > 0 for each in predictions)
    assert not floor.pool.waiting
    assert not floor._twins, "every twin met an agent in the end"


def test_without_giving_up_every_prediction_is_of_one_served():
    predictions = EstimateFloor(a_day(patience_s=1e9), 1).run()
    assert predictions
    assert all(each.served for each in predictions)


def test_the_same_seed_is_the_same_day():
    one, same = EstimateFloor(a_day(300.0), 5).run(), EstimateFloor(a_day(300.0), 5).run()
    assert one == same
    assert one != EstimateFloor(a_day(300.0), 6).run()
