from callcenter.adapters.ari.history import ANSWERED, GONE, RANG, RELEASED, History


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


def test_of_the_gone_only_the_last_are_remembered() -> None:
    history = History(gone_limit=2)
    history.note("there", RANG)
    for each in "abc":
        history.arrived(each, f"at {each}")
        history.note(each, GONE)
    assert (len(history), history.gone_count) == (3, 2)
    assert [history.of(each) for each in ("there", "a", "b")] == [RANG, 0, GONE]
    assert history.arrived("a", "at a")
    assert not history.arrived("b", "at b")


def test_an_end_that_is_told_twice_counts_once() -> None:
    history = History(gone_limit=2)
    history.note("a", GONE)
    history.note("b", GONE)
    assert history.note("a", GONE | ANSWERED) == GONE
    assert history.gone_count == 2


def test_who_comes_back_starts_anew_and_is_not_forgotten_with_those_who_are_gone() -> None:
    history = History(gone_limit=1)
    history.arrived("a", "at first")
    history.note("a", RELEASED | GONE)
    assert history.arrived("a", "later")
    assert (history.of("a"), history.gone_count) == (0, 0)
    history.note("a", RANG)
    history.note("b", GONE)
    history.note("c", GONE)
    assert history.of("a") == RANG


def test_an_arrival_without_a_time_is_never_a_repetition() -> None:
    history = History()
    assert history.arrived("a", "")
    assert history.arrived("a", "")


def test_a_lease_is_remembered_until_the_channel_is_gone() -> None:
    history = History()
    history.note_lease("a", 5_000)
    assert history.leased_until("a") == 5_000
    history.note("a", GONE)
    history.note_lease("a", 9_000)
    assert history.leased_until("a") == 0


def test_of_too_many_leases_and_arrivals_the_oldest_are_forgotten() -> None:
    history = History(limit=2)
    for number, each in enumerate("abc", 1):
        history.note_lease(each, number)
        history.arrived(each, f"at {each}")
        history.note_lease(each, number)
    assert [history.leased_until(each) for each in "abc"] == [0, 2, 3]
    assert history.arrived("a", "at a")
