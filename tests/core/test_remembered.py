from callcenter.core.remembered import KEPT, Remembered


def test_the_latest_are_remembered_and_the_oldest_forgotten() -> None:
    known = Remembered[int]()
    for number in range(KEPT + 2):
        known.note(number)
    assert 0 not in known
    assert 1 not in known
    assert 2 in known
    assert KEPT + 1 in known


def test_noting_twice_forgets_nobody() -> None:
    known = Remembered[int]()
    for number in range(KEPT):
        known.note(number)
    known.note(KEPT - 1)
    assert 0 in known
