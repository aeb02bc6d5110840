"""What other calls, and other people, mean for a callback."""

import pytest

from callcenter.core.call.callback import OWN_CALL_LIMIT_MS
from callcenter.core.call.callback_messages import (
    CallbackCancelRequested,
)
from callcenter.core.call.messages import Outcome
from callcenter.core.call.model import Phase
from callcenter.core.ids import Ms
from tests.core.call.called_back import answered_by_agent, busy_world, ended
from tests.core.invariants import Watch
from tests.support.callbacks import (
    ANI,
    CALLBACK_NUMBER,
    asks_for_callback,
    is_requested,
    open_customer,
)
from tests.support.playbook import START


def test_who_calls_again_has_the_old_place_and_is_not_called() -> None:
    world, anna = busy_world()
    _, customer = asks_for_callback(world)
    world.passes(11)
    other = world.caller("eve").arrives(CALLBACK_NUMBER, "+12025550199")
    world.passes(60)
    again = world.caller("bob").arrives(CALLBACK_NUMBER)
    assert (again.position, other.position) == (1, 2)
    assert customer.is_in(Phase.LATER)
    assert customer.later_until == world.now + OWN_CALL_LIMIT_MS
    anna.ready().takes_the_call()
    assert again.phase is Phase.TALK
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_CANCELLED] == "satisfied_by_inbound"
    Watch(world).check()


def test_who_calls_again_and_gives_up_is_called_back_all_the_same() -> None:
    world, _ = busy_world()
    _, customer = asks_for_callback(world)
    world.passes(11)
    world.caller("bob").arrives(CALLBACK_NUMBER).hangs_up()
    assert customer.later_until == world.now + 10_000
    world.passes(11)
    assert customer.is_in(Phase.QUEUE)


def test_a_program_may_ask_for_a_callback_and_take_it_back() -> None:
    world, _ = busy_world()
    assert is_requested(world, "(202) 555-0123") is None
    customer = open_customer(world).is_cancelled()
    assert customer.is_in(Phase.CLOSED)
    assert ended(world)[Outcome.CALLBACK_CANCELLED] == "by an agent"


@pytest.mark.parametrize(
    ("number", "due_at", "words"),
    [
        ("what", None, "not a telephone number"),
        ("+19005550123", None, "are not called"),
        ("+12025550100", None, "our own"),
        (ANI, START - 1, "within the next thirty days"),
        (ANI, START + 40 * 86_400_000, "within the next thirty days"),
    ],
)
def test_what_cannot_be_promised_is_refused_in_words(
    number: str, due_at: Ms | None, words: str
) -> None:
    world, _ = busy_world()
    assert words in (is_requested(world, number, due_at) or "")


def test_who_is_talked_with_cannot_be_cancelled() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called().picks_up()
    turn = world.tell(CallbackCancelRequested(customer.call_id, "an agent"))
    assert turn.refusal == "The customer has been reached already."
    inbound = world.caller("eve").arrives(CALLBACK_NUMBER, "+12025550199")
    turn = world.tell(CallbackCancelRequested(inbound.call_id, "an agent"))
    assert turn.refusal == "This is not a callback."
