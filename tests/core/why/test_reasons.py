"""Every reason that there is has a sentence of its own, as mypy demands; here they are read."""

import pytest

from callcenter.core.acd.availability import Availability
from callcenter.core.acd.choice import ChosenBy, Considered, NobodyFree, Skipped, SkipReason
from callcenter.core.acd.considered import skip_reason
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.wait_range import NoEstimate
from callcenter.core.call.messages import LegEnd, Outcome
from callcenter.core.ids import AgentId
from callcenter.core.plan import Strategy
from callcenter.core.why import reasons
from callcenter.core.why.words import Names
from ivr_flows.messages import QueueExit

NAMES = Names({AgentId("a"): "Anna", AgentId("b"): "Ben"}.get)


def of(reason: SkipReason, count: int = 2) -> Skipped:
    return Skipped(reason, count, "french 3")


def assert_told_apart(sentences: list[str]) -> None:
    assert all(sentences)
    assert len(set(sentences)) == len(sentences), sentences


def test_agents_left_out_are_told_apart_by_their_reasons() -> None:
    assert_told_apart([reasons.skipped(of(reason), NAMES) for reason in SkipReason])
    assert_told_apart([reasons.skipped(of(reason), NAMES, is_now=True) for reason in SkipReason])
    assert_told_apart([reasons.lack(of(reason), 1) for reason in SkipReason])


def test_each_thing_that_agents_do_is_a_reason_but_being_free() -> None:
    found = [skip_reason(which) for which in Availability if which is not Availability.FREE]
    assert None not in found
    assert len(set(found)) == len(found)
    assert skip_reason(Availability.FREE) is None


def test_each_strategy_is_a_choice() -> None:
    assert {ChosenBy(strategy.value) for strategy in Strategy} | {
        ChosenBy.FIRST_IN_LINE,
        ChosenBy.OWN_AGENT,
        ChosenBy.PICKED,
    } == set(ChosenBy)


def test_each_choice_is_told_apart() -> None:
    assert_told_apart([reasons.chosen(Considered(by, 3), "Anna") for by in ChosenBy])


def test_who_was_left_out_is_named_as_far_as_it_was_recorded() -> None:
    known = Skipped(SkipReason.PAUSED, 3, agent_ids=(AgentId("a"), AgentId("b")))
    assert reasons.skipped(known, NAMES) == "Three agents were paused: Anna, Ben and one other."
    assert reasons.skipped(known, Names(hides_agents=True)) == "Three agents were paused."
    one = Skipped(SkipReason.LACKS_SKILL, 1, "french 3")
    assert reasons.skipped(one, NAMES) == "One agent of the queue had less than french 3."
    assert reasons.skipped(one, NAMES, is_now=True) == (
        "One agent of the queue has less than french 3."
    )


def test_the_only_one_free_needs_no_rule() -> None:
    said = reasons.chosen(Considered(ChosenBy.LONGEST_IDLE, 1), "Anna")
    assert said == "Anna was the only one free who may take the call."
    said = reasons.chosen(Considered(ChosenBy.LONGEST_IDLE, 2), "Anna")
    assert said == (
        "Two agents who may take the call were free; the queue asks first: "
        "who has waited longest for a call."
    )


def test_nobody_free_is_told_with_who_was_there() -> None:
    found = NobodyFree(0, (Skipped(SkipReason.BUSY, 1, agent_ids=(AgentId("a"),)),))
    assert reasons.nobody(found, NAMES) == (
        "One agent was in a call or being rung: Anna.",
        "No others waited in the queue.",
    )
    assert reasons.nobody(NobodyFree(1), NAMES) == (
        "Nobody was logged in.",
        "One other waited in the queue.",
    )


def test_ends_are_told_apart() -> None:
    assert_told_apart([reasons.offer_end(end, "Anna") for end in OfferEnd])
    assert_told_apart([reasons.queue_exit(reason) for reason in QueueExit])
    assert_told_apart([reasons.outcome(outcome) for outcome in Outcome])
    assert_told_apart([reasons.no_estimate(reason) for reason in NoEstimate])


@pytest.mark.parametrize("end", LegEnd)
def test_the_end_of_a_ring_has_a_sentence(end: LegEnd) -> None:
    assert reasons.ring_end(end, "Anna").endswith(".")


def test_a_fault_is_not_called_a_missed_call() -> None:
    for end in (OfferEnd.NOT_SHOWN, OfferEnd.NOT_RUNG):
        assert "a fault, not a missed call" in reasons.offer_end(end, "Anna")
