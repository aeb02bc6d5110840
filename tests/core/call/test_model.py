import pytest

from callcenter.core.call.facts import (
    AgentConnected,
    AgentOffered,
    AgentRang,
    CallArrived,
    CallClosed,
    CallEnded,
    CallerIdentified,
    CallFact,
    FlowAdvanced,
    FollowUpOpened,
    PromptFinished,
    PromptStarted,
    QueueEntered,
    QueueExited,
    RequestOpened,
    RingEnded,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import (
    EndedBy,
    LegEnd,
    MatchStatus,
    Outcome,
    Presentation,
)
from callcenter.core.call.model import Call, Phase, evolve
from callcenter.core.ids import AgentId, CallId, LegId, OfferId, QueueId
from ivr_flows.messages import QueueExit
from ivr_flows.model import Awaiting, Session

ANNA, BEN = AgentId("anna"), AgentId("ben")
ARRIVED = CallArrived(
    0, CallId("call"), 1, LegId("caller"), "+12025550123", Presentation.ALLOWED, "", "100", "Main"
)
PROMPT = PromptStarted(1, 1, ("welcome",))
QUEUED = QueueEntered(10, QueueId("sales"), "Sales", 0, ())
ENDED = CallEnded(60, Outcome.ANSWERED, EndedBy.CALLER)


def offered(at: int, attempt: int = 1, agent_id: AgentId = ANNA) -> AgentOffered:
    return AgentOffered(
        at, OfferId(f"o{attempt}"), attempt, agent_id, "", LegId(f"leg-{attempt}"), "", at + 20
    )


def folded(*facts: CallFact) -> Call:
    call = evolve(None, ARRIVED)
    for fact in facts:
        call = evolve(call, fact)
    return call


def test_a_call_begins_in_the_flow() -> None:
    assert folded() == Call(ARRIVED, flow_since=ARRIVED.at)
    assert folded().phase is Phase.FLOW


def test_no_other_fact_can_come_first() -> None:
    with pytest.raises(AssertionError, match="before CallArrived"):
        evolve(None, PROMPT)


def test_a_prompt_counts_and_ends() -> None:
    assert folded(PROMPT).prompt == PROMPT
    over = folded(PROMPT, PromptFinished(5))
    assert (over.prompt, over.playback_count) == (None, 1)


def test_the_queue_ends_prompt_and_key_deadline_of_the_flow() -> None:
    session = Session("main", "v", "menu", Awaiting.KEY)
    call = folded(FlowAdvanced(2, session, 99), PROMPT, QUEUED)
    assert (call.phase, call.prompt, call.key_deadline_at) == (Phase.QUEUE, None, None)
    assert (call.session, call.queue) == (session, QUEUED)


def test_a_caller_whom_the_queue_gave_up_is_in_the_flow_again() -> None:
    call = folded(QUEUED, PROMPT, QueueExited(20, QueueExit.TIMED_OUT))
    assert (call.phase, call.prompt) == (Phase.FLOW, None)


def test_an_offer_that_comes_to_nothing_leaves_only_its_count() -> None:
    call = folded(
        QUEUED,
        offered(11),
        AgentRang(12, LegId("leg-1")),
        RingEnded(31, LegId("leg-1"), LegEnd.LOST),
    )
    assert (call.offer, call.rings, call.offer_count) == (None, (), 1)
    assert call.phase is Phase.QUEUE


def test_a_second_offer_rings_beside_the_first_and_has_not_rung_yet() -> None:
    call = folded(QUEUED, offered(11), AgentRang(12, LegId("leg-1")), offered(40, 2, BEN))
    assert [ring.rang_at for ring in call.rings] == [12, None]
    assert call.offer_count == 2


def test_the_answered_phone_is_the_one_taken_and_no_other_rings() -> None:
    call = folded(QUEUED, offered(11), offered(11, 2, BEN), AgentConnected(20, LegId("leg-2")))
    assert call.taken is not None
    assert (call.taken.agent_id, call.rings) == (BEN, ())
    assert call.last_offer == call.taken


def test_the_first_answer_counts_as_the_answer() -> None:
    call = folded(
        QUEUED,
        offered(11),
        AgentConnected(15, LegId("leg-1")),
        TalkEnded(30, EndedBy.SYSTEM, requeued=True),
        offered(31, 2, BEN),
        AgentConnected(35, LegId("leg-2")),
    )
    assert (call.answered_at, call.talk_since, call.phase) == (15, 35, Phase.TALK)
    assert call.wrapping_up == {ANNA}


def test_the_end_of_a_talk_begins_the_after_call_work() -> None:
    call = folded(
        QUEUED, offered(11), AgentConnected(15, LegId("leg-1")), TalkEnded(60, EndedBy.CALLER)
    )
    assert (call.phase, call.offer) == (Phase.ENDED, None)
    assert call.wrapping_up == {ANNA}
    call = evolve(call, ENDED)
    assert call.ended_at == 60
    assert evolve(call, WrapUpFinished(70, ANNA, "sale", "")).wrapping_up == frozenset()


def test_a_talk_cannot_end_without_an_agent() -> None:
    with pytest.raises(AssertionError, match="without an agent"):
        folded(QUEUED, TalkEnded(60, EndedBy.CALLER))


def test_the_end_of_a_call_silences_it() -> None:
    call = folded(PROMPT, FlowAdvanced(2, Session("m", "v", "n", Awaiting.KEY), 99), ENDED)
    assert (call.phase, call.prompt, call.key_deadline_at) == (Phase.ENDED, None, None)
    assert evolve(call, CallClosed(61)).phase is Phase.CLOSED


def test_requests_count_and_a_follow_up_is_remembered() -> None:
    call = folded(RequestOpened(3, 1, "fault", "a"), FollowUpOpened(4, "call back"))
    assert (call.request_count, call.follow_up) == (1, "call back")


def test_a_caller_is_matched_when_the_store_has_answered() -> None:
    assert not folded().is_matched
    assert not folded(CallerIdentified(1, MatchStatus.PENDING, None, "")).is_matched
    assert folded(CallerIdentified(1, MatchStatus.NONE, None, "")).is_matched
