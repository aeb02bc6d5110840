from random import Random

from callcenter.core.agenda import Agenda


def test_what_is_due_comes_earliest_first_and_only_once() -> None:
    agenda: Agenda[str] = Agenda()
    for key, at in (("late", 30), ("soon", 10), ("next", 20)):
        agenda.set(key, at)
    assert list(agenda.due(20)) == ["soon", "next"]
    assert list(agenda.due(20)) == []
    assert agenda.earliest() == 30


def test_equal_instants_come_in_the_order_of_their_keys_however_they_were_set() -> None:
    agenda: Agenda[str] = Agenda()
    for key in ("c", "a", "b"):
        agenda.set(key, 10)
    assert list(agenda.due(10)) == ["a", "b", "c"]


def test_a_new_instant_takes_the_place_of_the_old_one() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.set("a", 10)
    agenda.set("a", 20)
    assert list(agenda.due(15)) == []
    agenda.set("a", 5)
    assert list(agenda.due(15)) == ["a"]
    assert agenda.earliest() is None


def test_an_instant_set_back_to_what_it_was_is_due_once() -> None:
    agenda: Agenda[str] = Agenda()
    for at in (10, 20, 10):
        agenda.set("a", at)
    assert list(agenda.due(30)) == ["a"]


def test_never_takes_a_key_off() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.set("a", 10)
    agenda.set("a", None)
    agenda.set("b", None)
    assert agenda.earliest() is None
    assert list(agenda.due(99)) == []


def test_what_is_set_while_the_due_are_read_is_read_too() -> None:
    agenda: Agenda[str] = Agenda()
    agenda.set("a", 10)
    seen = []
    for key in agenda.due(20):
        seen.append(key)
        if key == "a":
            agenda.set("b", 15)
            agenda.set("c", 25)
    assert seen == ["a", "b"]


def test_it_answers_like_a_dictionary_that_is_searched() -> None:
    random = Random(7)
    agenda: Agenda[str] = Agenda()
    plain: dict[str, int] = {}
    for now in range(0, 5_000, 5):
        key, at = str(random.randrange(40)), now + random.randrange(200)
        if random.random() < 0.2:
            agenda.set(key, None)
            plain.pop(key, None)
        else:
            agenda.set(key, at)
            plain[key] = at
        due = sorted(key for key, at in plain.items() if at <= now)
        assert sorted(agenda.due(now)) == due
        for key in due:
            del plain[key]
        assert agenda.earliest() == min(plain.values(), default=None)


def test_instants_that_are_changed_for_ever_do_not_pile_up() -> None:
    agenda: Agenda[str] = Agenda()
    for at in range(10_000):
        agenda.set("a", at)
        agenda.set("b", at + 1)
    assert len(agenda._heap) < 100
