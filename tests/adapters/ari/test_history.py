from callcenter.adapters.ari.history import ANSWERED, GONE, RANG, History


def test_bits_add_up_and_the_earlier_ones_are_returned() -> None:
    history = History()
    assert history.note("a", RANG) == 0
    assert history.note("a", ANSWERED) == RANG
    assert history.of("a") == RANG | ANSWERED


def test_forgetting_starts_anew() -> None:
    history = History()
    history.note("a", GONE)
    history.forget("a")
    history.forget("b")
    assert history.of("a") == 0


def test_the_oldest_is_forgotten_when_it_is_full() -> None:
    history = History(limit=3)
    for each in "abcd":
        history.note(each, RANG)
    assert len(history) == 3
    assert history.of("a") == 0
    assert history.of("d") == RANG


def test_nothing_to_remember_takes_no_room() -> None:
    history = History()
    history.note("a", 0)
    assert len(history) == 0
