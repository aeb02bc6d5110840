"""What one call decides by itself; with its pool and telephony see tests/core/test_centre.py."""

import pytest

from callcenter.core.acd.comfort_messages import PositionDue
from callcenter.core.acd.messages import CallOfferedToAgent, CallWithdrawn
from callcenter.core.acd.queue_messages import QueueGaveUp
from callcenter.core.acd.wrap_up_messages import WrapUpRanOut
from callcenter.core.call.agent import RING_WITHIN_MS
from callcenter.core.call.decide import (
    PROMPT_LIMIT_MS,
    deadlines,
    decide,
    fail,
    handles,
    wake,
)
from callcenter.core.call.decision import Setting
from callcenter.core.call.facts import (
    CallEnded,
)
from callcenter.core.call.messages import (
    CallerEnd,
    CallerGone,
    CallInput,
    DigitPressed,
    EndedBy,
    LegAnswered,
    LegEnd,
    LegEnded,
    Outcome,
    PlaybackEnded,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import AgentId, LegId, Ms, OfferId, PlaybackId
from callcenter.core.plan import MAX_FLOW_MS
from ivr_flows.messages import QueueExit
from tests.support.playbook import JOURNAL_ID, PLAN, START, World

SETTING = Setting(JOURNAL_ID, PLAN)


def a_call(phase: Phase) -> Call:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives()
    if phase is Phase.FLOW:
        return bob.state
    bob.hears_the_end().presses("1")
    if phase is Phase.QUEUE:
        return bob.state
    anna.takes_the_call()
    if phase is Phase.TALK:
        return bob.state
    bob.hangs_up()
    return bob.state


def facts(call: Call, event: CallInput, now: Ms = START) -> list[str]:
    return [type(fact).__name__ for fact in decide(call, event, now, SETTING).facts]


@pytest.mark.parametrize(
    ("phase", "outcome"),
    [
        (Phase.FLOW, Outcome.ABANDONED_IVR),
        (Phase.QUEUE, Outcome.ABANDONED_QUEUE),
        (Phase.TALK, Outcome.ANSWERED),
    ],
)
def test_the_outcome_of_a_hang_up_depends_on_where_the_caller_was(
    phase: Phase, outcome: Outcome
) -> None:
    call = a_call(phase)
    decision = decide(call, CallerGone(call.arrived.leg_id, CallerEnd.HUNG_UP), START, SETTING)
    (ended,) = (fact for fact in decision.facts if isinstance(fact, CallEnded))
    assert (ended.outcome, ended.ended_by, ended.cause) == (outcome, EndedBy.CALLER, "")


@pytest.mark.parametrize("phase", [Phase.FLOW, Phase.QUEUE])
@pytest.mark.parametrize("end", [CallerEnd.LEASE_EXPIRED, CallerEnd.PBX_RESTART])
def test_a_caller_whom_a_fault_took_away_has_not_abandoned(phase: Phase, end: CallerEnd) -> None:
    call = a_call(phase)
    decision = decide(call, CallerGone(call.arrived.leg_id, end), START, SETTING)
    (ended,) = (fact for fact in decision.facts if isinstance(fact, CallEnded))
    assert (ended.outcome, ended.ended_by) == (Outcome.FAILED, EndedBy.SYSTEM)
    assert ended.cause == end.value


def test_a_second_hang_up_changes_nothing() -> None:
    call = a_call(Phase.ENDED)
    assert facts(call, CallerGone(call.arrived.leg_id, CallerEnd.HUNG_UP)) == []


def test_a_key_after_the_flow_changes_nothing() -> None:
    for phase in (Phase.QUEUE, Phase.TALK, Phase.ENDED):
        call = a_call(phase)
        assert facts(call, DigitPressed(call.arrived.leg_id, "1")) == []


def test_the_end_of_another_prompt_changes_nothing() -> None:
    assert facts(a_call(Phase.FLOW), PlaybackEnded(PlaybackId("another"))) == []


def test_another_leg_than_that_of_the_offer_changes_nothing() -> None:
    for phase in (Phase.FLOW, Phase.QUEUE, Phase.TALK, Phase.ENDED):
        assert facts(a_call(phase), LegAnswered(LegId("another"))) == []
        assert facts(a_call(phase), LegEnded(LegId("another"), LegEnd.LOST)) == []


def test_what_the_pool_says_too_late_changes_nothing() -> None:
    for phase in (Phase.FLOW, Phase.TALK, Phase.ENDED):
        call = a_call(phase)
        call_id = call.arrived.call_id
        for message in (
            CallOfferedToAgent(call_id, OfferId("o"), 9, AgentId("ben"), "", "", 1),
            PositionDue(call_id, 1),
            QueueGaveUp(call_id, QueueExit.TIMED_OUT),
            WrapUpRanOut(call_id, AgentId("ben"), late=True),
        ):
            assert decide(call, message, START, SETTING).facts == []


# ---------------------------------------------------------------- deadlines


def test_each_phase_says_when_it_wants_to_be_woken() -> None:
    in_flow, in_queue = a_call(Phase.FLOW), a_call(Phase.QUEUE)
    assert list(deadlines(in_flow, PLAN)) == [START + MAX_FLOW_MS, START + PROMPT_LIMIT_MS]
    assert list(deadlines(in_queue, PLAN)) == [
        START + 20_000,
        START + RING_WITHIN_MS,
        START + 5_000,
    ]
    assert list(deadlines(a_call(Phase.TALK), PLAN)) == []
    assert list(deadlines(a_call(Phase.ENDED), PLAN)) == []


def test_waking_early_changes_nothing() -> None:
    for phase in (Phase.FLOW, Phase.QUEUE, Phase.TALK, Phase.ENDED):
        assert wake(a_call(phase), START + RING_WITHIN_MS - 1, SETTING).facts == []


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize("phase", [Phase.FLOW, Phase.QUEUE])
def test_a_call_that_fails_leaves_its_pool_and_closes(phase: Phase) -> None:
    call = a_call(phase)
    failed = fail(call, START, SETTING, "fault")
    assert failed.tells == [CallWithdrawn(call.arrived.call_id, "failed")]
    assert failed.call.phase is Phase.CLOSED
    assert failed.falls_back, "somebody answers the caller all the same"


def test_a_talk_that_fails_was_answered_all_the_same() -> None:
    failed = fail(a_call(Phase.TALK), START, SETTING, "fault")
    (ended,) = (fact for fact in failed.facts if isinstance(fact, CallEnded))
    assert (ended.outcome, ended.cause) == (Outcome.ANSWERED, "fault")
    assert failed.call.phase is Phase.ENDED


def test_a_call_that_has_ended_cannot_fail() -> None:
    assert fail(a_call(Phase.ENDED), START, SETTING, "fault").facts == []


# ---------------------------------------------------------------- handles


def test_a_call_is_known_by_its_legs_and_what_plays() -> None:
    call = a_call(Phase.FLOW)
    assert len(list(handles(call, JOURNAL_ID))) == 2
    ringing = a_call(Phase.QUEUE)
    assert ringing.offer is not None
    assert list(handles(ringing, JOURNAL_ID)) == [ringing.arrived.leg_id, ringing.offer.leg_id]
    assert list(handles(a_call(Phase.ENDED), JOURNAL_ID)) == []
