from random import Random

from callcenter.whatif.scenario import Answering, Counting


def test_every_way_of_counting_has_a_formula_of_its_own():
    assert len({counting.formula for counting in Counting}) == len(Counting)


def test_rings_are_missed_as_often_as_it_is_said():
    random = Random(1)
    assert not any(Answering(0).misses(random) for _ in range(1_000))
    assert 250 < sum(Answering(0, 0.3).misses(random) for _ in range(1_000)) < 350
