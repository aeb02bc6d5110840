"""What is still carried out when its turn comes, and what is not."""

import pytest

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    StopPrompts,
)
from callcenter.core.call.facts import (
    AgentBriefed,
    AgentConnected,
    AgentOffered,
    CallEnded,
    PromptStarted,
    QueueEntered,
    RingEnded,
)
from callcenter.core.call.messages import EndedBy, LegEnd, Outcome
from callcenter.core.call.model import Call, evolve
from callcenter.core.call.reasons import has_reason
from callcenter.core.call.wanted import absent, settle, wanted
from callcenter.core.ids import AgentId, BridgeId, LegId, OfferId, PlaybackId, QueueId
from tests.support.facts import arrived

IN_FLOW = Call(arrived(1))
CALL_ID, CALLER = IN_FLOW.arrived.call_id, IN_FLOW.arrived.leg_id
LEG, ROOM, TALK = LegId("a" * 32), BridgeId("b" * 32), BridgeId("c" * 32)
PLAYS = PlaybackId("d" * 32)
WELCOMED = evolve(IN_FLOW, PromptStarted(1, 1, ("welcome",)))
QUEUED = evolve(WELCOMED, QueueEntered(2, QueueId("sales"), "Sales", 0, ()))
OFFERED = evolve(
    QUEUED, AgentOffered(3, OfferId("o1"), 1, AgentId("anna"), "Anna", LEG, "PJSIP/1", 9_000)
)
TALKING = evolve(OFFERED, AgentConnected(4, LEG))
GONE = evolve(OFFERED, CallEnded(5, Outcome.ABANDONED_QUEUE, EndedBy.CALLER))

RING = RingAgent(CALL_ID, LEG, "PJSIP/1", "", 6_000)
ANSWER = AnswerCaller(CALL_ID, CALLER)
PLAY = PlayPrompts(CALL_ID, CALLER, PLAYS, ("welcome",))
HOLD = HoldCaller(CALL_ID, CALLER, ROOM)
CONNECT = ConnectLegs(CALL_ID, TALK, (CALLER, LEG))
ANNOUNCE = Announce(CALL_ID, ROOM, PLAYS, ("welcome",))
ENDS = (
    StopPrompts(CALL_ID, PLAYS),
    LeaveRoom(CALL_ID, CALLER, ROOM),
    EndLeg(CALL_ID, LEG),
    DropBridge(CALL_ID, ROOM),
    HangUpCaller(CALL_ID, CALLER),
    ReleaseCaller(CALL_ID, CALLER),
)


@pytest.mark.parametrize("effect", [RING, ANSWER, PLAY, HOLD, CONNECT, ANNOUNCE])
@pytest.mark.parametrize("call", [GONE, None])
def test_nothing_is_made_for_a_caller_who_has_left(effect, call):
    assert not has_reason(effect, call)


@pytest.mark.parametrize("effect", ENDS)
@pytest.mark.parametrize("call", [IN_FLOW, TALKING, GONE, None])
def test_what_ends_or_frees_something_is_always_carried_out(effect, call):
    assert has_reason(effect, call)


@pytest.mark.parametrize(
    ("effect", "call", "expected"),
    [
        (RING, OFFERED, True),
        (RING, evolve(OFFERED, RingEnded(4, LEG, LegEnd.REFUSED)), False),
        (RING, QUEUED, False),
        (ANSWER, IN_FLOW, True),
        (PLAY, WELCOMED, True),
        (PLAY, IN_FLOW, False),
        (HOLD, QUEUED, True),
        (HOLD, TALKING, False),
        (CONNECT, TALKING, True),
        (CONNECT, OFFERED, False),
    ],
)
def test_what_makes_something_is_carried_out_while_it_is_wanted(effect, call, expected):
    assert has_reason(effect, call) is expected


@pytest.mark.parametrize("call", [IN_FLOW, WELCOMED, QUEUED, OFFERED, TALKING, GONE])
def test_whatever_leads_to_the_present_picture_has_its_reason(call):
    goal = wanted(call, "journal")
    assert all(has_reason(effect, call) for effect in settle(absent(CALL_ID), goal))


def test_what_the_agent_hears_is_played_while_the_agent_is_briefed() -> None:
    play = PlayPrompts(CALL_ID, LEG, PLAYS, ("queue_sales",))
    briefed = evolve(OFFERED, AgentBriefed(4, LEG, 2, ("queue_sales",)))
    assert has_reason(play, briefed)
    assert not has_reason(play, OFFERED)
    assert not has_reason(play, TALKING)
    assert not has_reason(play, GONE)
