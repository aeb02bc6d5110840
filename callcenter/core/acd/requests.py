"""What people ask of the line: a supervisor's bump, an agent's pick."""

from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.choice import CallBumped, ChosenBy
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.model import Agent
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.routing import offer
from callcenter.core.plan import Strategy


def bump(todo: Decision, event: BumpRequested) -> None:
    """Put a caller before all others of the pool, at once."""
    todo.refusal = _why_no_bump(todo.pool, event)
    if todo.refusal is None:
        todo.record(CallBumped(todo.now, event.call_id, event.supervisor_id))


def _why_no_bump(pool: Pool, event: BumpRequested) -> str | None:
    call = pool.waiting.get(event.call_id)
    if call is None:
        return "This caller does not wait any more."
    if call.offer_id is not None:
        return "This caller is being offered to an agent already."
    if pool.is_first(call):
        return "This caller is the first in line already."
    return None


def pick(todo: Decision, agent: Agent, event: PickRequested) -> None:
    """Offer an agent the caller they chose."""
    todo.refusal = _why_no_pick(todo.pool, agent, event)
    if todo.refusal is None:
        offer(todo, todo.pool.waiting[event.call_id], agent, ChosenBy.PICKED)


def _why_no_pick(pool: Pool, agent: Agent, event: PickRequested) -> str | None:
    call = pool.waiting.get(event.call_id)
    if call is None:
        return "This caller does not wait any more."
    if call.offer_id is not None:
        return "This caller is being offered to an agent already."
    if pool.queues[call.queue_id].strategy is not Strategy.MANUAL:
        return "Callers of this queue are given out; they cannot be picked."
    if not agent.is_free:
        return "Say that you are ready before you pick a caller."
    if pool.holds_offers:
        return "The telephone system cannot be reached at the moment. Try again soon."
    if not pool.matcher.may_take(agent.profile.agent_id, pool.demand(call)):
        return "This caller needs a queue or a skill that you do not have."
    return None
