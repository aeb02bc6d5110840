"""Who is offered whom: the looks at the matcher, and what each offer records of its choice."""

from callcenter.core.acd import overflow
from callcenter.core.acd.choice import ChosenBy, NeedsEased, Wants
from callcenter.core.acd.considered import considered, nobody_free
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import CallQueued, OfferMade
from callcenter.core.acd.messages import CallOfferedToAgent
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.needs import demand_of
from callcenter.core.acd.people import AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, OfferId, derive_id
from callcenter.core.plan import Strategy

_STRATEGIES = {strategy: ChosenBy(strategy.value) for strategy in Strategy}


def route_all(todo: Decision) -> None:
    """Look for agents for all who wait, the first in line first."""
    for call in todo.pool.in_order():
        if call.offer_id is None:
            route_call(todo, call)
        else:
            ring_more(todo, call.call_id)


def route_call(todo: Decision, call: WaitingCall) -> bool:
    """Offer a caller who is not being offered; say whether somebody was free."""
    queue = todo.pool.queues[call.queue_id]
    if todo.pool.holds_offers or queue.strategy is Strategy.MANUAL:
        return False
    agent_id = todo.pool.agent_for(call)
    if agent_id is None:
        return False
    chosen_by = ChosenBy.OWN_AGENT if call.waits_for else _STRATEGIES[queue.strategy]
    offer(todo, call, todo.pool.agents[agent_id], chosen_by)
    ring_more(todo, call.call_id)
    return True


def ring_more(todo: Decision, call_id: CallId) -> None:
    """Let further phones ring, where the queue rings several for one caller."""
    pool = todo.pool
    while (call := pool.waiting.get(call_id)) and pool.may_ring_more(call):
        agent_id = None if pool.holds_offers else pool.agent_for(call)
        if agent_id is None:
            return
        offer(todo, call, pool.agents[agent_id], _STRATEGIES[pool.queues[call.queue_id].strategy])


def route_agent(todo: Decision, agent_id: AgentId) -> None:
    """Offer an agent, if free, the first of the callers in line for them."""
    agent = todo.pool.agents[agent_id]
    is_free = agent.is_free and not todo.pool.holds_offers
    call_id = todo.pool.matcher.call_for(agent_id) if is_free else None
    if call_id is not None:
        call = todo.pool.waiting[call_id]
        offer(todo, call, agent, ChosenBy.OWN_AGENT if call.waits_for else ChosenBy.FIRST_IN_LINE)


def offer(todo: Decision, call: WaitingCall, agent: Agent, chosen_by: ChosenBy) -> None:
    """Reserve a free agent for a caller and let the phone ring."""
    pool, profile = todo.pool, agent.profile
    attempt = call.attempts + 1
    offer_id = OfferId(derive_id(pool.journal_id, call.call_number, "offer", attempt))
    of = considered(pool.matcher, pool.demand(call), profile.agent_id, chosen_by)
    todo.record(OfferMade(todo.now, offer_id, call.call_id, profile.agent_id, attempt, of))
    todo.tell(
        CallOfferedToAgent(
            call.call_id,
            offer_id,
            attempt,
            profile.agent_id,
            profile.name,
            profile.station,
            pool.queues[call.queue_id].ring_ms,
            pool.rules.shown_within_ms,
        )
    )


def route_again(todo: Decision, call_id: CallId) -> None:
    """Look further for a caller whose offer has come to nothing."""
    call = todo.pool.waiting.get(call_id)
    if call is None:
        return
    if call.offer_id is not None:
        ring_more(todo, call_id)
    elif overflow.stays(todo, call):
        route_call(todo, todo.pool.waiting[call_id])


# ---------------------------------------------------------------- asking less


def ease(todo: Decision, call: WaitingCall, *, all_agents: bool = False) -> None:
    """Let all relaxations hold whose time has come; the caller is to be routed again after it.

    Args:
        todo: The decision.
        call: A caller who is not being offered.
        all_agents: Whoever may take the call is asked now, not only the caller's own agents.
    """
    queue, waited_ms = todo.pool.queues[call.queue_id], todo.now - call.queued_at
    step = max(call.step, sum(1 for each in queue.relaxations if each.after_ms <= waited_ms))
    is_over = all_agents or (call.waits_until is not None and call.waits_until <= todo.now)
    waits_for = () if is_over else call.waits_for
    if (step, waits_for) != (call.step, call.waits_for):
        demand = demand_of(call, queue, step)
        wants = Wants(demand.requires, demand.most_level) if step != call.step else None
        found = nobody_free(todo.pool.matcher, demand, todo.pool.length(call.queue_id) - 1)
        todo.record(NeedsEased(todo.now, call.call_id, step, waits_for, wants, found))


def available(
    pool: Pool, call: WaitingCall | CallQueued, agent_ids: tuple[AgentId, ...]
) -> tuple[AgentId, ...]:
    """Return those of a caller's own agents who may take the call and may soon be free."""
    step = call.step if isinstance(call, WaitingCall) else 0
    demand = demand_of(call, pool.queues[call.queue_id], step)
    return tuple(
        agent_id
        for agent_id in agent_ids
        if (agent := pool.agents.get(agent_id))
        and _may_become_free(agent)
        and pool.matcher.serves(agent_id, demand)
    )


def _may_become_free(agent: Agent) -> bool:
    return agent.status is AgentStatus.READY and agent.page_connected and not agent.logs_out_after


def release_callers_of(todo: Decision, agent_id: AgentId) -> None:
    """Let callers who wait for an agent who will not be free soon be taken by all."""
    for call_id in todo.pool.matcher.held_for(agent_id):
        call = todo.pool.waiting.get(call_id)
        if call and call.waits_for and not available(todo.pool, call, call.waits_for):
            ease(todo, call, all_agents=True)
            route_again(todo, call_id)
