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
what the caller or a fault did (abandoned, lost).

Callers for whom nobody is there, who waited as long as the queue allows, or come to a queue that is
closed or full, leave it: by the queue's rules for overflow, or back into their flow (``overflow``).

Late inputs are normal and change nothing: an offer that is over, a call that has left, an agent
who is logged out.
"""

from callcenter.core.acd import opening, overflow
from callcenter.core.acd.announcing import announce
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    OfferClosed,
    OfferMade,
    RestEnded,
    RulesChanged,
    StatusChosen,
    WrapUpEnded,
    WrapUpStarted,
)
from callcenter.core.acd.messages import (
    Activity,
    AgentHungUp,
    AgentStatus,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    DeskInput,
    DeskLost,
    LogInRequested,
    LogOutRequested,
    OfCaller,
    OfferEnd,
    OfferFailed,
    OffersResumed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    ReadyRequested,
    RulesReplaced,
    WrapUpDone,
    WrapUpRanOut,
)
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import CallDequeued, OpennessAsked, QueueInput
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId, derive_id


def decide(pool: Pool, event: PoolInput, now: Ms) -> Decision:
    """Decide what follows from an input; the pool in the decision has its facts applied."""
    todo = Decision(pool, now)
    if isinstance(event, QueueInput | OpennessAsked):
        opening.take(todo, event)
    else:
        _follow(todo, event)
    overflow.look_at_staff(todo)
    return todo


def _follow(todo: Decision, event: DeskInput | OfCaller | OffersResumed | RulesReplaced) -> None:
    match event:
        case LogInRequested():
            _log_in(todo, event)
        case LogOutRequested() | ReadyRequested() | PauseRequested() | DeskFound() | DeskLost():
            _from_desk(todo, event)
        case CallEntered():
            _enter(todo, event)
        case CallWithdrawn():
            _withdraw(todo, event.call_id)
        case OfferTaken():
            _accept(todo, event.offer_id)
        case OfferFailed():
            _close_offer(todo, event.offer_id, event.reason)
        case AgentHungUp():
            _start_wrap_up(todo, event)
        case WrapUpDone():
            _finish_wrap_up(todo, event)
        case OffersResumed() | RulesReplaced():
            _look_at_all(todo, event)


def wake(pool: Pool, now: Ms) -> Decision:
    """Decide what follows from the time alone."""
    todo = Decision(pool, now)
    for kind, name in pool.agenda.due(now):
        if kind == "agent":
            _agent_due(todo, AgentId(name))
        elif kind == "queue":
            opening.due(todo, QueueId(name))
        elif name in pool.waiting:  # not if its queue has closed in this very turn
            _call_due(todo, CallId(name))
    overflow.look_at_staff(todo)
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


def _choose(todo: Decision, agent: Agent, status: AgentStatus, reason: str) -> None:
    if (agent.status, agent.pause_reason, agent.logs_out_after) == (status, reason, False):
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
            event.overflows,
            event.comes_back,
        )
    )
    call = todo.pool.waiting[event.call_id]
    if overflow.turned_away(todo, call) or _route_call(todo, call):
        return
    if not overflow.left_while_waiting(todo, call.call_id) and overflow.stays(todo, call):
        _tell_position(todo, todo.pool.waiting[call.call_id])


def _withdraw(todo: Decision, call_id: CallId) -> None:
    call = todo.pool.waiting.get(call_id)
    if call is None:
        return
    offer = todo.pool.offers[call.offer_id] if call.offer_id else None
    if offer:
        todo.record(
            OfferClosed(
                todo.now, offer.offer_id, call_id, offer.agent_id, OfferEnd.ABANDONED, todo.now
            )
        )
    todo.record(CallDequeued(todo.now, call_id, call.queue_id, "withdrawn"))
    if offer:
        _agent_is_back(todo, offer.agent_id)


def _give_up_unstaffed(todo: Decision) -> None:
    for call_id in list(todo.pool.matcher.unstaffed_calls()):
        if todo.pool.waiting[call_id].queue_id not in todo.pool.staff.queues:
            overflow.leave_unstaffed(todo, call_id)


def _call_due(todo: Decision, call_id: CallId) -> None:
    if overflow.left_while_waiting(todo, call_id):
        return
    call = todo.pool.waiting[call_id]
    if call.announce_at is not None and todo.now >= call.announce_at:
        _tell_position(todo, call)
    else:
        overflow.considered(todo, call)


def _tell_position(todo: Decision, call: WaitingCall) -> None:
    fact, message = announce(todo.pool, call, todo.now)
    todo.record(fact)
    todo.tell(message)


def _look_at_all(todo: Decision, event: OffersResumed | RulesReplaced) -> None:
    if isinstance(event, RulesReplaced):
        todo.record(RulesChanged(todo.now, event.changes))
        _give_up_unstaffed(todo)
    _route_all(todo)


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


def _close_offer(todo: Decision, offer_id: OfferId, reason: OfferEnd) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    rest_until = todo.now + _rest_ms(todo.pool, reason)
    todo.record(OfferClosed(todo.now, offer_id, offer.call_id, offer.agent_id, reason, rest_until))
    overflow.left_while_waiting(todo, offer.call_id)
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
    _route_again(todo, offer.call_id)


def _route_again(todo: Decision, call_id: CallId) -> None:
    call = todo.pool.waiting.get(call_id)
    if call is None or call.offer_id is not None:
        return
    if overflow.stays(todo, call):
        _route_call(todo, todo.pool.waiting[call_id])


def _rest_ms(pool: Pool, reason: OfferEnd) -> Ms:
    match reason:
        case OfferEnd.NO_ANSWER:
            return pool.rules.no_answer_rest_ms
        case OfferEnd.REFUSED:
            return pool.rules.refused_rest_ms
        case OfferEnd.UNREACHABLE:
            return pool.rules.unreachable_rest_ms
        case OfferEnd.LOST | OfferEnd.ABANDONED:
            return 0


def _agent_is_back(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is not Activity.IDLE:
        return  # has been given the next caller already
    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        _route_agent(todo, agent_id)


# ---------------------------------------------------------------- after the talk


def _start_wrap_up(todo: Decision, event: AgentHungUp) -> None:
    agent = todo.pool.agents.get(event.agent_id)
    if agent is None or agent.activity is not Activity.TALKING or agent.call_id != event.call_id:
        return
    assert agent.queue_id is not None, f"{event} of an agent who talks for no queue: {agent}"  # noqa: S101
    limit_ms = todo.pool.queues[agent.queue_id].wrap_up_ms
    todo.record(WrapUpStarted(todo.now, event.agent_id, event.call_id, todo.now + limit_ms))
    if not limit_ms:
        _end_wrap_up(todo, event.agent_id, event.call_id, late=False)


def _finish_wrap_up(todo: Decision, event: WrapUpDone) -> None:
    agent = todo.pool.agents.get(event.agent_id)
    if agent and agent.activity is Activity.WRAP_UP and agent.call_id == event.call_id:
        todo.record(WrapUpEnded(todo.now, event.agent_id))
        _agent_is_back(todo, event.agent_id)


def _end_wrap_up(todo: Decision, agent_id: AgentId, call_id: CallId, *, late: bool) -> None:
    todo.record(WrapUpEnded(todo.now, agent_id, late=late))
    todo.tell(WrapUpRanOut(call_id, agent_id, late=late))
    _agent_is_back(todo, agent_id)


def _agent_due(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is Activity.WRAP_UP and agent.call_id:
        _end_wrap_up(todo, agent_id, agent.call_id, late=True)
    elif agent.rest_until is not None and agent.rest_until <= todo.now:
        todo.record(RestEnded(todo.now, agent_id))
        _route_agent(todo, agent_id)
    else:
        _log_out(todo, agent, "page lost")
