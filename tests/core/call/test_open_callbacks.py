"""The index of open callbacks."""

from callcenter.core.call.callback_messages import CallbackTerms
from callcenter.core.call.open_callbacks import OpenCallbacks
from callcenter.core.ids import CallId, Ms, QueueId

SALES, ONE, TWO = QueueId("sales"), CallId("one"), CallId("two")


def terms(number: str = "+12025550123", slot_at: Ms | None = None) -> CallbackTerms:
    return CallbackTerms(number, SALES, 0, 0, 9, slot_at=slot_at)


def test_callbacks_are_found_by_number_and_counted_by_slot() -> None:
    index = OpenCallbacks()
    index.put(ONE, terms(slot_at=900))
    index.put(TWO, terms("+12025550124", slot_at=900))
    assert (len(index), set(index), ONE in index) == (2, {ONE, TWO}, True)
    assert index.of_number("+12025550124") == TWO
    assert (index.in_slot(SALES, 900), index.in_slot(SALES, 0)) == (2, 0)
    index.put(ONE, None)
    assert index.of_number("+12025550123") is None
    assert index.in_slot(SALES, 900) == 1


def test_one_that_is_put_again_is_counted_once() -> None:
    index = OpenCallbacks()
    for _ in range(3):
        index.put(ONE, terms(slot_at=900))
    assert (len(index), index.in_slot(SALES, 900)) == (1, 1)
    index.put(ONE, None)
    index.put(ONE, None)
    assert (len(index), index.in_slot(SALES, 900)) == (0, 0)


def test_the_later_of_two_for_a_number_stays_when_the_first_ends() -> None:
    index = OpenCallbacks()
    index.put(ONE, terms())
    index.put(TWO, terms())
    index.put(ONE, None)
    assert index.of_number("+12025550123") == TWO
    assert index.terms(TWO).number == "+12025550123"
