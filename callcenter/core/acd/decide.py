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

Callers for whom nobody is there, who waited as long as the queue allows, or come to a queue that is
closed or full, leave it: by the queue's rules for overflow, or back into their flow (``overflow``).

Late inputs are normal and change nothing: an offer that is over, a call that has left, an agent
who is logged out.
"""

from callcenter.core.acd import after_call, offer_ends, opening, overflow, waiting_room
from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.choice import AgentAnswered, RingWidened
from callcenter.core.acd.comfort_messages import PositionAsked
from callcenter.core.acd.considered import nobody_free
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    RestEnded,
    RulesChanged,
    StatusChosen,
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
    OfferAnswered,
    OfferFailed,
    OffersResumed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    ReadyRequested,
    RulesReplaced,
    WrapUpDone,
)
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.needs import demand_of
from callcenter.core.acd.offer_end_messages import (
    AgentNotAnswering,
    OfferClosed,
    OfferEnd,
    OfferRecalled,
)
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
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
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
            | OfferAnswered()
            | OfferTaken()
            | OfferFailed()
            | AgentHungUp()
            | WrapUpDone()
            | PositionAsked()
        ):
            _from_call(todo, event)
        case WrapUpExtensionRequested() | DispositionChosen():
            after_call.change(todo, event)
        case _:
            _from_desk(todo, event)
    overflow.look_at_staff(todo)
    return todo


def _from_call(todo: Decision, event: OfCaller) -> None:
    match event:
        case CallEntered():
            _enter(todo, event)
        case CallWithdrawn():
            _withdraw(todo, event)
        case OfferAnswered():
            _answer(todo, event.offer_id)
        case OfferTaken():
            _accept(todo, event.offer_id)
        case OfferFailed():
            _close_offer(todo, event.offer_id, event.reason)
        case AgentHungUp() | WrapUpDone():
            _after_talk(todo, event)
        case PositionAsked():
            if event.call_id in todo.pool.waiting:
                waiting_room.tell_position(todo, todo.pool.waiting[event.call_id], anew=True)


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
                _lose_desk(todo, agent, event)
        case PickRequested():
            pick(todo, agent, event)


def _lose_desk(todo: Decision, agent: Agent, event: DeskLost) -> None:
    todo.record(DeskDisconnected(todo.now, event.agent_id))
    if agent.offer_id and agent.call_id and not event.by_restart:
        todo.tell(OfferRecalled(agent.call_id, agent.offer_id))
    release_callers_of(todo, event.agent_id)


def _choose(todo: Decision, agent: Agent, status: AgentStatus, reason: str) -> None:
    is_chosen = (agent.status, agent.pause_reason, agent.logs_out_after) == (status, reason, False)
    if is_chosen and agent.rest_until is None and not agent.is_not_answering:
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
        if todo.pool.waiting[event.call_id].is_callback and not event.is_callback:
            waiting_room.customer_waits(todo, event.call_id)
        return
    todo.record(_queued(todo, event))
    call = todo.pool.waiting[event.call_id]
    if overflow.turned_away(todo, call) or route_call(todo, call):
        return
    if call.is_callback:
        return
    if not overflow.left_while_waiting(todo, call.call_id) and overflow.stays(todo, call):
        waiting_room.tell_position(todo, todo.pool.waiting[call.call_id])


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
        is_callback=event.is_callback,
    )
    queue = todo.pool.queues[event.queue_id]
    waiting = todo.pool.length(event.queue_id)
    found = nobody_free(todo.pool.matcher, demand_of(fact, queue, 0), waiting)
    fact = fact if found is None else replace(fact, found=found)
    own = available(todo.pool, fact, event.own_agents) if queue.agent_wait_ms else ()
    until = todo.now + queue.agent_wait_ms
    return replace(fact, waits_for=own, waits_until=until) if own else fact


def _withdraw(todo: Decision, event: CallWithdrawn) -> None:
    call = todo.pool.waiting.get(event.call_id)
    if call is None:
        return
    hung_up = event.reason == "withdrawn"
    agent_ids = _close_offers(todo, call, OfferEnd.ABANDONED if hung_up else OfferEnd.WITHDRAWN)
    todo.record(CallDequeued(todo.now, event.call_id, call.queue_id, event.reason))
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
    elif not call.is_callback and not waiting_room.comfort_caller(todo, call):
        overflow.considered(todo, call)


# ---------------------------------------------------------------- offers


def _answer(todo: Decision, offer_id: OfferId) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    todo.record(AgentAnswered(todo.now, offer.call_id, offer_id))
    call = todo.pool.waiting[offer.call_id]
    for agent_id in _close_offers(todo, call, OfferEnd.ELSEWHERE, but=offer_id):
        _agent_is_back(todo, agent_id)


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
            call.is_callback,
        )
    )
    for agent_id in others:
        _agent_is_back(todo, agent_id)


def _close_offer(todo: Decision, offer_id: OfferId, told: OfferEnd) -> None:
    offer = todo.pool.offers.get(offer_id)
    if offer is None:
        return
    rules, agent = todo.pool.rules, todo.pool.agents[offer.agent_id]
    reason = offer_ends.found_end(agent, told)
    rest_until = todo.now + offer_ends.rest_ms(rules, agent, reason)
    todo.record(OfferClosed(todo.now, offer_id, offer.call_id, offer.agent_id, reason, rest_until))
    agent = todo.pool.agents[offer.agent_id]
    if offer_ends.is_not_answering(rules, agent):
        todo.record(AgentNotAnswering(todo.now, offer.agent_id, agent.misses))
        release_callers_of(todo, offer.agent_id)
    call = todo.pool.waiting[offer.call_id]
    if call.offer_id is None and not overflow.left_while_waiting(todo, offer.call_id):
        ease(todo, call, all_agents=True)  # their own agent, if any, did not take the call
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
    route_again(todo, offer.call_id)


def _agent_is_back(todo: Decision, agent_id: AgentId) -> None:
    agent = todo.pool.agents[agent_id]
    if agent.activity is not Activity.IDLE:
        return  # has been given the next caller already
    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        route_agent(todo, agent_id)


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
        route_agent(todo, agent_id)
    else:
        _log_out(todo, agent, "page lost")
