"""How far a callback is, fact by fact."""

import pytest

from callcenter.core.call.callback_messages import (
    CallbackPostponed,
    CallbackPromised,
    CustomerAnswered,
    CustomerConsented,
    CustomerDialled,
    CustomerEnd,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.call.callback_state import UNCOUNTED, CallbackState, evolve_callback
from callcenter.core.ids import LegId, QueueId

BEGUN = CallbackState(later_until=5)
LEG = LegId("customer")


def dialled(agent: LegId | None) -> CallbackState:
    asked = evolve_callback(BEGUN, DialConsidered(6, agent))
    assert asked.is_dialling
    return evolve_callback(asked, CustomerDialled(7, 1, LEG, "PJSIP/1@trunk", "", 30))


@pytest.mark.parametrize("reason", list(CustomerEnd))
def test_only_what_reached_the_customers_phone_counts_as_a_try(reason: CustomerEnd) -> None:
    after = evolve_callback(dialled(LegId("agent")), CustomerUnreached(9, reason, 99))
    assert (after.misses, after.dials) == (int(reason not in UNCOUNTED), 1)
    assert (after.later_until, after.dial, after.agent_leg) == (99, None, None)


def test_a_postponement_costs_no_try() -> None:
    after = evolve_callback(dialled(None), CallbackPostponed(9, 50, CustomerEnd.SNOOZED))
    assert (after.misses, after.dials, after.later_until) == (0, 1, 50)


def test_a_key_is_awaited_only_of_who_is_asked_first() -> None:
    asked = evolve_callback(dialled(None), CustomerAnswered(8, LEG))
    assert (asked.customer, asked.answered_at, asked.is_dialling) == (LEG, 8, False)
    assert evolve_callback(asked, CustomerConsented(9)).answered_at is None
    served = evolve_callback(dialled(LegId("agent")), CustomerAnswered(8, LEG))
    assert served.answered_at is None


def test_a_promise_is_of_another_call() -> None:
    fact = CallbackPromised(1, "+12025550123", QueueId("sales"), 5)
    assert evolve_callback(BEGUN, fact) == BEGUN
