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
from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.choice import RingWidened
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
    RestEnded,
    RulesChanged,
    StatusChosen,
    WrapUpEnded,
    WrapUpStarted,
)
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    LineInput,
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
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import (
    CallDequeued,
    OpennessAsked,
    QueueCloseRequested,
    QueueReopenRequested,
)
from callcenter.core.acd.requests import bump, pick
from callcenter.core.acd.routing import (
    available,
    ease,
    release_callers_of,
    ring_more,
    route_again,
    route_agent,
    route_all,
    route_call,
)
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.records import replace


def decide(pool: Pool, event: PoolInput, now: Ms) -> Decision:
    """Decide what follows from an input; the pool in the decision has its facts applied."""
    todo = Decision(pool, now)
    match event:
        case QueueCloseRequested() | QueueReopenRequested() | OpennessAsked():
            opening.take(todo, event)
        case OffersResumed() | RulesReplaced() | BumpRequested():
            _about_line(todo, event)
        case LogInRequested():
            _log_in(todo, event)
        case (
            CallEntered()
            | CallWithdrawn()
            | OfferTaken()
            | OfferFailed()
            | AgentHungUp()
            | WrapUpDone()
        ):
            _from_call(todo, event)
        case _:
            _from_desk(todo, event)
    overflow.look_at_staff(todo)
    return todo


def _from_call(todo: Decision, event: OfCaller) -> None:
    match event:
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


def _about_line(todo: Decision, event: LineInput) -> None:
    match event:
        case OffersResumed():
            route_all(todo)
        case RulesReplaced():
            todo.record(RulesChanged(todo.now, event.changes))
            overflow.give_up_unstaffed(todo)
            route_all(todo)
        case BumpRequested():
            bump(todo, event)


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
        route_agent(todo, event.profile.agent_id)
        release_callers_of(todo, event.profile.agent_id)
        overflow.give_up_unstaffed(todo)  # the agent may have been the last who could take them


def _from_desk(
    todo: Decision,
    event: LogOutRequested | ReadyRequested | PauseRequested | DeskFound | DeskLost | PickRequested,
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
                route_agent(todo, event.agent_id)
        case DeskLost():
            if agent.page_connected:
                todo.record(DeskDisconnected(todo.now, event.agent_id))
                release_callers_of(todo, event.agent_id)
        case PickRequested():
            pick(todo, agent, event)


def _choose(todo: Decision, agent: Agent, status: AgentStatus, reason: str) -> None:
    if (agent.status, agent.pause_reason, agent.logs_out_after) == (status, reason, False):
        return
    todo.record(StatusChosen(todo.now, agent.profile.agent_id, status, reason))
    route_agent(todo, agent.profile.agent_id)
    release_callers_of(todo, agent.profile.agent_id)


def _log_out(todo: Decision, agent: Agent, reason: str) -> None:
    agent_id = agent.profile.agent_id
    if agent.activity is not Activity.IDLE:
        if not agent.logs_out_after:
            todo.record(LogOutDeferred(todo.now, agent_id))
            release_callers_of(todo, agent_id)
        return
    todo.record(AgentLoggedOut(todo.now, agent_id, reason))
    release_callers_of(todo, agent_id)
    overflow.give_up_unstaffed(todo)


# ---------------------------------------------------------------- callers


def _enter(todo: Decision, event: CallEntered) -> None:
    if event.call_id in todo.pool.waiting:
        return
    todo.record(_queued(todo, event))
    call = todo.pool.waiting[event.call_id]
    if overflow.turned_away(todo, call) or route_call(todo, call):
        return
    if not overflow.left_while_waiting(todo, call.call_id) and overflow.stays(todo, call):
        _tell_position(todo, todo.pool.waiting[call.call_id])


def _queued(todo: Decision, event: CallEntered) -> CallQueued:
    fact = CallQueued(
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
        event.prefers,
        event.forbids,
    )
    wait_ms = todo.pool.queues[event.queue_id].agent_wait_ms
    own = available(todo.pool, fact, event.own_agents) if wait_ms else ()
    return replace(fact, waits_for=own, waits_until=todo.now + wait_ms) if own else fact


def _withdraw(todo: Decision, call_id: CallId) -> None:
    call = todo.pool.waiting.get(call_id)
    if call is None:
        return
    agent_ids = _close_offers(todo, call, OfferEnd.ABANDONED)
    todo.record(CallDequeued(todo.now, call_id, call.queue_id, "withdrawn"))
    for agent_id in agent_ids:
        _agent_is_back(todo, agent_id)


def _close_offers(
    todo: Decision, call: WaitingCall, reason: OfferEnd, but: OfferId | None = None
) -> list[AgentId]:
    """Close the offers of a call, nobody to blame; return the agents who are free again."""
    offers = [todo.pool.offers[each] for each in call.offer_ids if each != but]
    for offer in offers:
        who = (offer.offer_id, call.call_id, offer.agent_id)
        todo.record(OfferClosed(todo.now, *who, reason, todo.now))
    return [offer.agent_id for offer in offers]


def _call_due(todo: Decision, call_id: CallId) -> None:
    if todo.pool.waiting[call_id].offer_id is not None:
        todo.record(RingWidened(todo.now, call_id))
        ring_more(todo, call_id)
    elif not overflow.left_while_waiting(todo, call_id):
        _wait_on(todo, todo.pool.waiting[call_id])


def _wait_on(todo: Decision, call: WaitingCall) -> None:
    eases_at = todo.pool.eases_at(call)
    if eases_at is not None and eases_at <= todo.now:
        ease(todo, call)
        route_again(todo, call.call_id)
    elif call.announce_at is not None and todo.now >= call.announce_at:
        _tell_position(todo, call)
    else:
        overflow.considered(todo, call)


def _tell_position(todo: Decision, call: WaitingCall) -> None:
    fact, message = announce(todo.pool, call, todo.now)
    todo.record(fact)
    todo.tell(message)


# ---------------------------------------------------------------- offers


def _accept(todo: Decision, offer_id: OfferId) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    call = todo.pool.waiting[offer.call_id]
    others = _close_offers(todo, call, OfferEnd.ELSEWHERE, but=offer_id)
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
    for agent_id in others:
        _agent_is_back(todo, agent_id)


def _close_offer(todo: Decision, offer_id: OfferId, reason: OfferEnd) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    rest_until = todo.now + _rest_ms(todo.pool, reason)
    todo.record(OfferClosed(todo.now, offer_id, offer.call_id, offer.agent_id, reason, rest_until))
    call = todo.pool.waiting[offer.call_id]
    if call.offer_id is None and not overflow.left_while_waiting(todo, offer.call_id):
        ease(todo, call, all_agents=True)  # their own agent, if any, did not take the call
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
    route_again(todo, offer.call_id)


def _rest_ms(pool: Pool, reason: OfferEnd) -> Ms:
    match reason:
        case OfferEnd.NO_ANSWER:
            return pool.rules.no_answer_rest_ms
        case OfferEnd.REFUSED:
            return pool.rules.refused_rest_ms
        case OfferEnd.UNREACHABLE:
            return pool.rules.unreachable_rest_ms
        case OfferEnd.LOST | OfferEnd.ABANDONED | OfferEnd.ELSEWHERE:
            return 0


def _agent_is_back(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is not Activity.IDLE:
        return  # has been given the next caller already
    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        route_agent(todo, agent_id)


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
        route_agent(todo, agent_id)
    else:
        _log_out(todo, agent, "page lost")
