from callcenter.adapters.codec import Codec
from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.experience import Accuracy
from callcenter.core.acd.pool import Pool, keep
from callcenter.core.plan import PoolRules
from callcenter.ports.journal import Recorded
from tests.core.acd.floor import SALES, START, WaitFloor


def busy_hour() -> WaitFloor:
    floor = WaitFloor()
    anna = floor.hire("anna")
    for n in range(40):
        floor.call()
        floor.gives_up(floor.call(priority=n % 3, entered_at=floor.now - 9_000 * (n % 2)))
        floor.call()
        floor.talks(anna, 70_000 + 500 * n)
    return floor


def test_talks_and_givers_up_are_learnt_from_facts():
    known = busy_hour().pool.experience.of(SALES)
    assert 80_000 < known.talks.mean_ms < 95_000
    assert known.leave_per_ms > 0
    assert known.came_back is not None
    assert known.came_back.mean_amount == 9_000
    assert set(known.priorities) == {0, 1, 2}


def test_what_was_learnt_survives_a_snapshot_bit_by_bit():
    floor = busy_hour()
    codec = Codec()
    stored = codec.encode_snapshot([keep(floor.pool, floor.now)])
    (entry,) = codec.decode_snapshot(1, "pool/main", stored)
    assert isinstance(entry, Recorded)
    other = Pool("5ca1ab1e", PoolRules(), floor.pool.queues)
    evolve(other, entry.fact)  # type: ignore[arg-type]
    assert other.experience.keep() == floor.pool.experience.keep()


def test_a_snapshot_of_a_queue_that_is_gone_is_left_out():
    kept = keep(busy_hour().pool, START)
    other = Pool("5ca1ab1e", PoolRules(), {})
    evolve(other, kept)
    assert other.experience.keep() == ()


def test_the_kept_experience_of_a_queue_stays_small():
    floor = busy_hour()
    for n in range(100):
        floor.gives_up(floor.call(priority=n))
    stored = Codec().encode_snapshot([keep(floor.pool, floor.now)])
    assert len(floor.pool.experience.of(SALES).priorities) <= 16
    assert len(stored) < 30_000 + 300 * len(floor.pool.waiting)


def test_what_was_expected_is_compared_with_what_came_true():
    floor = WaitFloor()
    anna = floor.hire("anna")
    floor.call()
    second = floor.call()
    expected = floor.waiting(second).expected
    assert expected is not None
    floor.talks(anna, 60_000)
    accuracy = floor.pool.experience.of(SALES).accuracy
    assert accuracy.answered == 1  # the first was served at once: nothing was expected
    assert accuracy.bias_ms == expected.likely_ms - 60_000
    assert accuracy.mean_error_ms == abs(accuracy.bias_ms)


def test_who_gives_up_is_not_counted_as_an_answered_one():
    floor = WaitFloor()
    floor.hire("anna")
    floor.call()
    floor.gives_up(floor.call())
    assert floor.pool.experience.of(SALES).accuracy.answered == 0


def test_the_ends_of_the_range_move_out_when_waits_lie_beyond():
    floor = WaitFloor()
    anna = floor.hire("anna")
    known = floor.pool.experience.of(SALES)
    before = known.high_z
    floor.call()
    floor.call()
    floor.talks(anna, 3_000_000)
    assert known.high_z > before
    assert known.low_z < before


def test_accuracy_is_of_the_recent_and_counts_all():
    accuracy = Accuracy()
    for _ in range(5_000):
        accuracy.add(90_000, is_within=False)
    for _ in range(2_000):
        accuracy.add(-10_000, is_within=True)
    assert accuracy.answered == 7_000
    assert accuracy.counted <= 1_001
    assert accuracy.mean_error_ms < 35_000
    assert accuracy.coverage > 0.7
    other = Accuracy()
    other.restore(accuracy.keep())
    assert other.keep() == accuracy.keep()


def test_nothing_compared_is_no_error():
    accuracy = Accuracy()
    assert (accuracy.mean_error_ms, accuracy.bias_ms, accuracy.coverage) == (0, 0, 0)
