"""From the claim to the call, or to knowing that there is none: nobody is unaccounted for."""

from callcenter.core.call.facts import CallArrived, CallEnded
from callcenter.core.call.messages import (
    CallOffered,
    ClaimRefused,
    ClaimUnseen,
    Outcome,
    Presentation,
)
from callcenter.core.ids import LegId
from tests.support.playbook import World


def test_a_call_that_is_offered_twice_is_claimed_once() -> None:
    world = World()
    for _ in range(2):
        world.tell(CallOffered(LegId("x"), "+12025550123", "100"))
    assert not world.last.telephony
    assert not world.last.facts


def test_a_caller_who_arrives_settles_the_claim() -> None:
    world = World()
    world.tell(CallOffered(LegId("bob-1"), "+12025550123", "100"))
    world.caller("bob").arrives()
    assert world.happened[:2] == ["ClaimSettled", "CallArrived"]
    assert not world.centre.claims
    assert world.refolded().claims == {}


def test_a_claim_that_somebody_else_won_leaves_no_call() -> None:
    world = World()
    world.tell(CallOffered(LegId("x"), "+12025550123", "100"))
    world.tell(ClaimRefused(LegId("x")))
    assert world.happened == ["ClaimSettled"]
    world.tell(ClaimRefused(LegId("x")))
    assert not world.last.facts, "late"
    assert (world.centre.claims, world.centre.calls) == ({}, {})


def test_a_caller_who_was_claimed_and_never_seen_has_a_record() -> None:
    world = World()
    world.tell(CallOffered(LegId("x"), None, "200", Presentation.WITHHELD, "Bob"))
    world.restarts(after_s=2)
    assert list(world.centre.claims) == [LegId("x")]
    world.tell(ClaimUnseen(LegId("x")))
    assert world.happened == ["ClaimSettled", "CallArrived", "CallEnded", "CallClosed"]
    [arrived] = world.facts(CallArrived)
    [ended] = world.facts(CallEnded)
    assert (arrived.leg_id, arrived.presentation, arrived.service) == (
        "x",
        Presentation.WITHHELD,
        "Preferred customers",
    )
    assert (ended.outcome, ended.cause) == (Outcome.FAILED, "unseen")
    assert not world.last.telephony
    world.tell(ClaimUnseen(LegId("x")))
    assert not world.last.facts, "late"
