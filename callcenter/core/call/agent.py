"""A call and its agents: offers, talks, after-call work."""

from callcenter.core.acd.messages import (
    AgentHungUp,
    CallOfferedToAgent,
    OfferEnd,
    OfferFailed,
    OfferTaken,
    WrapUpDone,
)
from callcenter.core.call.decision import Decision
from callcenter.core.call.effects import (
    PickUpStation,
)
from callcenter.core.call.facts import (
    AgentConnected,
    AgentOffered,
    CallClosed,
    CallEnded,
    RequestOpened,
    RingEnded,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.flow import asked_of_pool
from callcenter.core.call.messages import (
    AnswerRequested,
    EndedBy,
    HangUpRequested,
    LegEnd,
    Outcome,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Phase
from callcenter.core.ids import AgentId, LegId, derive_id
from callcenter.core.records import replace

_OFFER_ENDS = {
    LegEnd.REFUSED: OfferEnd.REFUSED,
    LegEnd.NO_ANSWER: OfferEnd.NO_ANSWER,
    LegEnd.UNREACHABLE: OfferEnd.UNREACHABLE,
    LegEnd.HUNG_UP: OfferEnd.REFUSED,
    LegEnd.CANCELLED: OfferEnd.LOST,
    LegEnd.LOST: OfferEnd.LOST,
    LegEnd.ELSEWHERE: OfferEnd.ELSEWHERE,
}


def offer(todo: Decision, event: CallOfferedToAgent) -> None:
    """Ring the agent whom the pool has reserved."""
    leg_id = derive_id(todo.setting.journal_id, todo.call.arrived.number, "leg", event.attempt)
    todo.record(
        AgentOffered(
            todo.now,
            event.offer_id,
            event.attempt,
            event.agent_id,
            event.agent_name,
            LegId(leg_id),
            event.station,
            todo.now + event.ring_ms,
        )
    )


def offer_failed(todo: Decision, leg_id: LegId, reason: LegEnd) -> None:
    """Give the agent back to the pool; the caller keeps the place."""
    ring = todo.call.ring_of(leg_id)
    if ring is None or todo.call.phase is not Phase.QUEUE:
        return
    todo.record(RingEnded(todo.now, leg_id, reason))
    todo.tells.append(OfferFailed(ring.offer.offer_id, _OFFER_ENDS[reason]))


def connect(todo: Decision, leg_id: LegId) -> None:
    """Let the caller and the agent who answered talk; other phones that ring stop.

    The pool closes the other offers by itself when it hears which one was taken.
    """
    ring = todo.call.ring_of(leg_id)
    if ring is None or todo.call.phase is not Phase.QUEUE:
        return
    for other in todo.call.rings:
        if other is not ring:
            todo.record(RingEnded(todo.now, other.offer.leg_id, LegEnd.ELSEWHERE))
    todo.record(AgentConnected(todo.now, leg_id))
    todo.tells.append(OfferTaken(ring.offer.offer_id))


def end_talk(todo: Decision, ended_by: EndedBy, cause: str = "") -> None:
    """End the conversation and the call; the after-call work begins."""
    _stop_talking(todo, ended_by, requeued=False)
    todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))


def requeue(todo: Decision) -> None:
    """Let the caller, whose agent was lost, wait again with the old place in line."""
    queue = todo.call.queue
    assert queue is not None, f"a talk without a queue: {todo.call}"  # noqa: S101
    _stop_talking(todo, EndedBy.SYSTEM, requeued=True)
    again = asked_of_pool(todo, queue)
    back = replace(again, entered_at=queue.waits_since, comes_back=True, own_agents=())
    todo.tells.append(back)


def _stop_talking(todo: Decision, ended_by: EndedBy, *, requeued: bool) -> None:
    taken = todo.call.taken
    assert taken is not None, f"a talk without an agent: {todo.call}"  # noqa: S101
    todo.record(TalkEnded(todo.now, ended_by, requeued))
    todo.tells.append(AgentHungUp(taken.agent_id, todo.call.arrived.call_id))


def hang_up(todo: Decision, event: HangUpRequested) -> None:
    """End the talk as the agent asked on the page."""
    taken = todo.call.taken
    if taken and taken.agent_id == event.agent_id:
        end_talk(todo, EndedBy.AGENT)
    else:
        todo.refusal = "You are not in this call."


def pick_up(todo: Decision, event: AnswerRequested) -> None:
    """Make the agent's station answer."""
    pending = todo.call.offer_to(event.agent_id)
    if todo.call.phase is Phase.QUEUE and pending:
        todo.effects.append(
            PickUpStation(todo.call.arrived.call_id, pending.leg_id, pending.station)
        )
    else:
        todo.refusal = "This call does not ring at your phone any more."


def submit_wrap_up(todo: Decision, event: WrapUpSubmitted) -> None:
    """Take the agent's disposition and note, and the service request if there is one."""
    if event.agent_id not in todo.call.wrapping_up:
        todo.refusal = "There is no after-call work of yours for this call."
        return
    request = event.request
    if request:
        number = todo.call.request_count + 1
        todo.record(
            RequestOpened(
                todo.now, number, request.kind, request.subject, request.description, event.agent_id
            )
        )
    todo.record(WrapUpFinished(todo.now, event.agent_id, event.disposition, event.note))
    todo.tells.append(WrapUpDone(event.agent_id, event.call_id))
    close_if_done(todo)


def wrap_up_ran_out(todo: Decision, agent_id: AgentId, *, late: bool) -> None:
    """Go on without the agent's after-call work."""
    if agent_id in todo.call.wrapping_up:
        todo.record(WrapUpFinished(todo.now, agent_id, None, "", late))
        close_if_done(todo)


def close_if_done(todo: Decision) -> None:
    """Close the call when the caller is gone and no agent has work for it."""
    if todo.call.phase is Phase.ENDED and not todo.call.wrapping_up:
        todo.record(CallClosed(todo.now))
