from random import Random

import pytest

from callcenter.core.acd.line import Line, Place
from callcenter.core.ids import CallId


def place(key: int) -> Place:
    return (0, key, key, CallId(f"call-{key}"))


def test_a_long_line_is_like_a_sorted_list() -> None:
    random, line, plain = Random(1), Line(), list[Place]()
    for _ in range(6_000):
        if plain and random.random() < 0.4:
            gone = plain.pop(random.randrange(len(plain)))
            line.remove(gone)
        else:
            new = place(random.randrange(10**9))
            line.add(new)
            plain.append(new)
            plain.sort()
        if plain:
            assert line.head == plain[0]
    assert list(line) == plain
    assert len(line) == len(plain)
    assert [line.index(each) for each in plain] == list(range(len(plain)))


def test_a_line_that_has_run_empty_can_be_used_again() -> None:
    line = Line()
    places = [place(key) for key in range(2_000)]
    for each in places:
        line.add(each)
    for each in reversed(places):
        line.remove(each)
    assert not line
    line.add(place(7))
    assert line.head == place(7)


def test_who_is_not_in_line_cannot_be_removed() -> None:
    line = Line()
    line.add(place(1))
    with pytest.raises(AssertionError, match="not in line"):
        line.remove(place(2))
