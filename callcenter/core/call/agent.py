"""A call and its agents: offers, talks, after-call work."""

from collections.abc import Iterator

from callcenter.core.acd.messages import (
    AgentHungUp,
    CallOfferedToAgent,
    OfferAnswered,
    OfferFailed,
    OfferTaken,
    WrapUpDone,
)
from callcenter.core.acd.offer_end_messages import OfferEnd, OfferRecalled
from callcenter.core.call import briefing, flow
from callcenter.core.call.callback_messages import CustomerEnd
from callcenter.core.call.decision import Decision
from callcenter.core.call.dialling_out import SOON_MS, consider, postpone
from callcenter.core.call.effects import (
    PickUpStation,
)
from callcenter.core.call.facts import (
    AgentBriefed,
    AgentConnected,
    AgentOffered,
    CallClosed,
    CallEnded,
    OfferShown,
    RequestOpened,
    RingEnded,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import (
    AnswerRequested,
    EndedBy,
    HangUpRequested,
    LegEnd,
    OfferSeen,
    Outcome,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Call, Phase, Ring
from callcenter.core.ids import AgentId, LegId, Ms, derive_id
from callcenter.core.records import replace

_OFFER_ENDS = {
    LegEnd.REFUSED: OfferEnd.REFUSED,
    LegEnd.NO_ANSWER: OfferEnd.NO_ANSWER,
    LegEnd.UNREACHABLE: OfferEnd.UNREACHABLE,
    LegEnd.HUNG_UP: OfferEnd.REFUSED,
    LegEnd.CANCELLED: OfferEnd.LOST,
    LegEnd.LOST: OfferEnd.LOST,
    LegEnd.ELSEWHERE: OfferEnd.ELSEWHERE,
    LegEnd.NOT_RUNG: OfferEnd.NOT_RUNG,
    LegEnd.NOT_SHOWN: OfferEnd.NOT_SHOWN,
    LegEnd.PAGE_LOST: OfferEnd.PAGE_LOST,
}
RING_WITHIN_MS = 2_000
"""A phone that does not ring by then is dead (on the real PBX a live one rings within 5 ms)."""


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
            todo.now + event.shown_ms if event.shown_ms else None,
        )
    )


def deadlines(call: Call) -> Iterator[Ms]:
    """Yield the instants at which the offers at hand are to be looked at."""
    if call.briefing is not None:
        yield call.briefing.at + briefing.LIMIT_MS
        return
    if call.briefed is not None:
        return  # waits for the customer, which has limits of its own
    for ring in call.rings:
        yield from _deadlines_of(ring)


def _deadlines_of(ring: Ring) -> Iterator[Ms]:
    yield ring.offer.ring_until
    if ring.rang_at is None:
        yield ring.offer.at + RING_WITHIN_MS
    if ring.shown_at is None and ring.offer.shown_until is not None:
        yield ring.offer.shown_until


def wake(todo: Decision) -> None:
    """Decide what follows from the time alone for the offers at hand."""
    if todo.call.briefing is not None:
        if todo.now >= todo.call.briefing.at + briefing.LIMIT_MS:
            briefed(todo)
        return
    for ring in () if todo.call.briefed is not None else todo.call.rings:
        if todo.now >= min(_deadlines_of(ring)):
            offer_failed(todo, ring.offer.leg_id, _why_late(ring, todo.now))


def _why_late(ring: Ring, now: Ms) -> LegEnd:
    if ring.rang_at is None and now >= ring.offer.at + RING_WITHIN_MS:
        return LegEnd.NOT_RUNG
    return LegEnd.NO_ANSWER if now >= ring.offer.ring_until else LegEnd.NOT_SHOWN


def shown(todo: Decision, event: OfferSeen) -> None:
    """Note that the agent's page shows an offer at hand; of another one it is late."""
    said = (event.agent_id, event.offer_id)
    for ring in todo.call.rings:
        if (ring.offer.agent_id, ring.offer.offer_id) == said and ring.shown_at is None:
            todo.record(OfferShown(todo.now, event.offer_id))


def recall(todo: Decision, event: OfferRecalled) -> None:
    """End the ring of an agent whose page is gone; who has answered goes on."""
    for ring in todo.call.rings:
        if ring.offer.offer_id == event.offer_id and ring is not todo.call.briefed:
            offer_failed(todo, ring.offer.leg_id, LegEnd.PAGE_LOST)


def offer_failed(todo: Decision, leg_id: LegId, reason: LegEnd) -> None:
    """Give the agent back to the pool; the caller keeps the place."""
    ring = todo.call.ring_of(leg_id)
    if ring is None or todo.call.phase is not Phase.QUEUE:
        return
    end = _found_end(ring, reason)
    if todo.call.back is not None and todo.call.back.agent_leg == leg_id:
        postpone(todo, todo.now + SOON_MS, CustomerEnd.AGENT_LEFT)
        return
    todo.record(RingEnded(todo.now, leg_id, end))
    todo.tells.append(OfferFailed(ring.offer.offer_id, _OFFER_ENDS[end]))


def _found_end(ring: Ring, reason: LegEnd) -> LegEnd:
    """Return why a ring really ended: only one that was heard and seen can be missed."""
    if reason is not LegEnd.NO_ANSWER:
        return reason
    if ring.rang_at is None:
        return LegEnd.NOT_RUNG
    return LegEnd.NOT_SHOWN if ring.shown_at is None else reason


def answered(todo: Decision, leg_id: LegId) -> None:
    """Let the agent who answered hear whose call it is, if the queue wants that; else connect.

    Of several whose phones ring it is the first who answers; the others stop ringing.
    """
    ring = todo.call.ring_of(leg_id)
    if ring is None or todo.call.phase is not Phase.QUEUE or todo.call.briefed is not None:
        return
    prompts = briefing.prompts_for(todo.call, todo.setting.plan, todo.now)
    if not prompts:
        connect(todo, leg_id)
        return
    _stop_others(todo, ring)
    todo.record(AgentBriefed(todo.now, leg_id, todo.call.playback_count + 1, prompts))
    todo.tells.append(OfferAnswered(ring.offer.offer_id))


def _stop_others(todo: Decision, answered: Ring) -> None:
    """Let the other phones that ring stop; the pool closes their offers by itself."""
    for other in todo.call.rings:
        if other is not answered:
            todo.record(RingEnded(todo.now, other.offer.leg_id, LegEnd.ELSEWHERE))


def briefed(todo: Decision) -> None:
    """Connect the agent who has heard whose call it is."""
    if todo.call.briefing is not None:
        connect(todo, todo.call.briefing.leg_id)


def connect(todo: Decision, leg_id: LegId) -> None:
    """Let the caller and the agent who answered talk, wherever the caller is in the flow.

    For a callback, the customer is called first.
    """
    ring = todo.call.ring_of(leg_id)
    if ring is None or todo.call.phase is not Phase.QUEUE:
        return
    if todo.call.lacks_customer:
        _stop_others(todo, ring)
        consider(todo, ring)
        return
    flow.return_to_queue(todo)
    _stop_others(todo, ring)
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
    again = flow.asked_of_pool(todo, queue)
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
        if todo.call.briefed is not None:
            return  # picked up already
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
