"""What a pool does about an input.

Theory of operation. Three kinds of records: agents, waiting callers, offers. An offer ties one
agent to one caller, and only ``OfferMade`` makes one, so nobody is ever offered twice. The caller
who is being offered keeps the place in line; if the offer comes to nothing, the caller is at the
head again.

The invariant after each input: no caller waits beside a free agent who may take that caller. Only
an input that adds a caller or frees an agent can break it, so each of these ends in one look at
the matcher for the new element.

Who may be offered: an agent who is ready, idle, has a page connected, and does not rest. The rest
follows a call that was not taken; the agent is not offered again at once, and is not blamed for
what the caller or a fault did (``offer_ends``). Too many misses in a row pause the agent visibly.

Callers whom nobody who is logged in may take are given back to their flow at once as unstaffed;
those who waited as long as the queue allows, as timed out.

Late inputs are normal and change nothing: an offer that is over, a call that has left, an agent
who is logged out.
"""

from callcenter.core.acd import after_call, offer_ends, waiting_room
from callcenter.core.acd.comfort_messages import PositionAsked
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallDequeued,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    OfferMade,
    RestEnded,
    StatusChosen,
)
from callcenter.core.acd.messages import (
    Activity,
    AgentHungUp,
    AgentStatus,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    LogInRequested,
    LogOutRequested,
    OfferFailed,
    OffersResumed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    QueueGaveUp,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.offer_end_messages import (
    AgentNotAnswering,
    OfferClosed,
    OfferEnd,
    OfferRecalled,
)
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, derive_id
from ivr_flows.messages import QueueExit


def decide(pool: Pool, event: PoolInput, now: Ms) -> Decision:
    """Decide what follows from an input; the pool in the decision has its facts applied."""
    todo = Decision(pool, now)
    match event:
        case LogInRequested():
            _log_in(todo, event)
        case LogOutRequested() | ReadyRequested() | PauseRequested() | DeskFound() | DeskLost():
            _from_desk(todo, event)
        case CallEntered() | CallWithdrawn() | PositionAsked():
            _from_caller(todo, event)
        case OfferTaken():
            _accept(todo, event.offer_id)
        case OfferFailed():
            _close_offer(todo, event.offer_id, event.reason)
        case AgentHungUp() | WrapUpDone():
            _after_talk(todo, event)
        case WrapUpExtensionRequested() | DispositionChosen():
            after_call.change(todo, event)
        case OffersResumed():
            _route_all(todo)
    return todo


def wake(pool: Pool, now: Ms) -> Decision:
    """Decide what follows from the time alone."""
    todo = Decision(pool, now)
    for kind, name in pool.agenda.due(now):
        if kind == "agent":
            _agent_due(todo, AgentId(name))
        else:
            _call_due(todo, CallId(name))
    return todo


# ---------------------------------------------------------------- desks


def _log_in(todo: Decision, event: LogInRequested) -> None:
    known = todo.pool.agents.get(event.profile.agent_id)
    if known is None or known.profile != event.profile or known.logs_out_after:
        todo.record(AgentLoggedIn(todo.now, event.profile))
        _route_agent(todo, event.profile.agent_id)
        _give_up_unstaffed(todo)  # the agent may have been the last who could take them


def _from_desk(
    todo: Decision,
    event: LogOutRequested | ReadyRequested | PauseRequested | DeskFound | DeskLost,
) -> None:
    agent = todo.pool.agents.get(event.agent_id)
    if agent is None:
        todo.refusal = "You are not logged in."
        return
    match event:
        case LogOutRequested():
            _log_out(todo, agent, "requested")
        case ReadyRequested():
            _choose(todo, agent, AgentStatus.READY, "")
        case PauseRequested():
            _choose(todo, agent, AgentStatus.PAUSED, event.reason)
        case DeskFound():
            if not agent.page_connected:
                todo.record(DeskConnected(todo.now, event.agent_id))
                _route_agent(todo, event.agent_id)
        case DeskLost():
            if agent.page_connected:
                todo.record(DeskDisconnected(todo.now, event.agent_id))
                if agent.offer_id and agent.call_id and not event.by_restart:
                    todo.tell(OfferRecalled(agent.call_id, agent.offer_id))


def _choose(todo: Decision, agent: Agent, status: AgentStatus, reason: str) -> None:
    is_chosen = (agent.status, agent.pause_reason, agent.logs_out_after) == (status, reason, False)
    if is_chosen and agent.rest_until is None and not agent.is_not_answering:
        return
    todo.record(StatusChosen(todo.now, agent.profile.agent_id, status, reason))
    _route_agent(todo, agent.profile.agent_id)


def _log_out(todo: Decision, agent: Agent, reason: str) -> None:
    agent_id = agent.profile.agent_id
    if agent.activity is not Activity.IDLE:
        if not agent.logs_out_after:
            todo.record(LogOutDeferred(todo.now, agent_id))
        return
    todo.record(AgentLoggedOut(todo.now, agent_id, reason))
    _give_up_unstaffed(todo)


# ---------------------------------------------------------------- callers


def _from_caller(todo: Decision, event: CallEntered | CallWithdrawn | PositionAsked) -> None:
    match event:
        case CallEntered():
            _enter(todo, event)
        case CallWithdrawn():
            _withdraw(todo, event)
        case PositionAsked():
            if event.call_id in todo.pool.waiting:
                waiting_room.tell_position(todo, todo.pool.waiting[event.call_id], anew=True)


def _enter(todo: Decision, event: CallEntered) -> None:
    if event.call_id in todo.pool.waiting:
        return
    todo.record(
        CallQueued(
            todo.now,
            event.call_id,
            event.call_number,
            event.queue_id,
            event.priority,
            event.requires,
            todo.now if event.entered_at is None else event.entered_at,
            event.attempts,
        )
    )
    call = todo.pool.waiting[event.call_id]
    if not todo.pool.matcher.is_staffed(call.queue_id, call.requires):
        _give_up(todo, call.call_id, QueueExit.UNSTAFFED)
    elif not _route_call(todo, call):
        waiting_room.tell_position(todo, call)


def _withdraw(todo: Decision, event: CallWithdrawn) -> None:
    call_id = event.call_id
    call = todo.pool.waiting.get(call_id)
    if call is None:
        return
    offer = todo.pool.offers[call.offer_id] if call.offer_id else None
    if offer:
        hung_up = event.reason == "withdrawn"
        end = OfferEnd.ABANDONED if hung_up else OfferEnd.WITHDRAWN
        todo.record(OfferClosed(todo.now, offer.offer_id, call_id, offer.agent_id, end, todo.now))
    todo.record(CallDequeued(todo.now, call_id, call.queue_id, event.reason))
    if offer:
        _agent_is_back(todo, offer.agent_id)


def _give_up_unstaffed(todo: Decision) -> None:
    for call_id in list(todo.pool.matcher.unstaffed_calls()):
        _give_up(todo, call_id, QueueExit.UNSTAFFED)


def _give_up(todo: Decision, call_id: CallId, reason: QueueExit) -> None:
    queue_id = todo.pool.waiting[call_id].queue_id
    todo.record(CallDequeued(todo.now, call_id, queue_id, reason.value))
    todo.tell(QueueGaveUp(call_id, reason))


def _call_due(todo: Decision, call_id: CallId) -> None:
    call = todo.pool.waiting[call_id]
    if todo.now >= todo.pool.gives_up_at(call):
        _give_up(todo, call_id, QueueExit.TIMED_OUT)
    else:
        waiting_room.comfort_caller(todo, call)


# ---------------------------------------------------------------- offers


def _route_all(todo: Decision) -> None:
    for call in sorted(todo.pool.waiting.values(), key=lambda each: each.place):
        if call.offer_id is None:
            _route_call(todo, call)


def _route_call(todo: Decision, call: WaitingCall) -> bool:
    if todo.pool.holds_offers:
        return False
    agent_id = todo.pool.matcher.agent_for(call)
    if agent_id is not None:
        _offer(todo, call, todo.pool.agents[agent_id])
    return agent_id is not None


def _route_agent(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    is_free = agent.is_free and not todo.pool.holds_offers
    call_id = todo.pool.matcher.call_for(agent) if is_free else None
    if call_id is not None:
        _offer(todo, todo.pool.waiting[call_id], agent)


def _offer(todo: Decision, call: WaitingCall, agent: Agent) -> None:
    attempt = call.attempts + 1
    offer_id = OfferId(derive_id(todo.pool.journal_id, call.call_number, "offer", attempt))
    profile = agent.profile
    todo.record(OfferMade(todo.now, offer_id, call.call_id, profile.agent_id, attempt))
    todo.tell(
        CallOfferedToAgent(
            call.call_id,
            offer_id,
            attempt,
            profile.agent_id,
            profile.name,
            profile.station,
            todo.pool.queues[call.queue_id].ring_ms,
            todo.pool.rules.shown_within_ms,
        )
    )


def _accept(todo: Decision, offer_id: OfferId) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    call = todo.pool.waiting[offer.call_id]
    todo.record(
        OfferAccepted(
            todo.now,
            offer_id,
            offer.call_id,
            offer.agent_id,
            call.queue_id,
            todo.now - call.entered_at,
        )
    )


def _close_offer(todo: Decision, offer_id: OfferId, told: OfferEnd) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    agent = todo.pool.agents[offer.agent_id]
    reason = offer_ends.found_end(agent, told)
    rest_until = todo.now + offer_ends.rest_ms(todo.pool.rules, agent, reason)
    todo.record(OfferClosed(todo.now, offer_id, offer.call_id, offer.agent_id, reason, rest_until))
    agent = todo.pool.agents[offer.agent_id]
    if offer_ends.is_not_answering(todo.pool.rules, agent):
        todo.record(AgentNotAnswering(todo.now, offer.agent_id, agent.misses))
    if todo.now >= todo.pool.gives_up_at(todo.pool.waiting[offer.call_id]):
        _give_up(todo, offer.call_id, QueueExit.TIMED_OUT)
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
    _route_again(todo, offer.call_id)


def _route_again(todo: Decision, call_id: CallId) -> None:
    call = todo.pool.waiting.get(call_id)
    if call is None or call.offer_id is not None:
        return
    if todo.pool.matcher.is_staffed(call.queue_id, call.requires):
        _route_call(todo, call)
    else:
        _give_up(todo, call_id, QueueExit.UNSTAFFED)


def _agent_is_back(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is not Activity.IDLE:
        return  # has been given the next caller already
    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        _route_agent(todo, agent_id)


# ---------------------------------------------------------------- after the talk


def _after_talk(todo: Decision, event: AgentHungUp | WrapUpDone) -> None:
    if isinstance(event, AgentHungUp):
        is_over = after_call.start(todo, event)
    else:
        is_over = after_call.finish(todo, event)
    if is_over:
        _agent_is_back(todo, event.agent_id)


def _agent_due(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is Activity.WRAP_UP and agent.call_id:
        after_call.end(todo, agent_id, agent.call_id, late=True)
        _agent_is_back(todo, agent_id)
    elif agent.rest_until is not None and agent.rest_until <= todo.now:
        todo.record(RestEnded(todo.now, agent_id))
        _route_agent(todo, agent_id)
    else:
        _log_out(todo, agent, "page lost")
