"""After-call work, as a pool decides it: its start, its limit (``wrap_up``), and its end."""

from callcenter.core.acd import wrap_up
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.messages import AgentHungUp, WrapUpDone
from callcenter.core.acd.people import Activity
from callcenter.core.acd.wrap_up_messages import (
    DispositionChosen,
    WrapUpEnded,
    WrapUpExtended,
    WrapUpExtensionRequested,
    WrapUpRanOut,
    WrapUpStarted,
)
from callcenter.core.ids import AgentId, CallId


def start(todo: Decision, event: AgentHungUp) -> bool:
    """Begin the after-call work of an agent; return whether it is over already."""
    agent = todo.pool.agents.get(event.agent_id)
    if agent is None or agent.activity is not Activity.TALKING or agent.call_id != event.call_id:
        return False
    assert agent.queue_id is not None, f"{event} of an agent who talks for no queue: {agent}"  # noqa: S101
    limit_ms = todo.pool.queues[agent.queue_id].wrap_up_ms
    todo.record(WrapUpStarted(todo.now, event.agent_id, event.call_id, todo.now + limit_ms))
    if not limit_ms:
        end(todo, event.agent_id, event.call_id, late=False)
    return not limit_ms


def finish(todo: Decision, event: WrapUpDone) -> bool:
    """End what the agent has filed; return whether it was at hand."""
    agent = todo.pool.agents.get(event.agent_id)
    is_theirs = agent and agent.activity is Activity.WRAP_UP and agent.call_id == event.call_id
    if is_theirs:
        todo.record(WrapUpEnded(todo.now, event.agent_id))
    return bool(is_theirs)


def end(todo: Decision, agent_id: AgentId, call_id: CallId, *, late: bool) -> None:
    """End it without the agent."""
    todo.record(WrapUpEnded(todo.now, agent_id, late=late))
    todo.tell(WrapUpRanOut(call_id, agent_id, late=late))


def change(todo: Decision, event: WrapUpExtensionRequested | DispositionChosen) -> None:
    """Give it more time, or the limit of the outcome that was chosen."""
    agent = todo.pool.agents.get(event.agent_id)
    is_at_it = agent and agent.activity is Activity.WRAP_UP and agent.call_id == event.call_id
    if agent is None or not is_at_it:
        if isinstance(event, WrapUpExtensionRequested):
            todo.refusal = "There is no after-call work of yours to extend."
        return  # an outcome that is chosen in the talk is chosen again when it is over
    if isinstance(event, DispositionChosen):
        assert agent.queue_id is not None, f"after-call work for no queue: {agent}"  # noqa: S101
        queue_ms = todo.pool.queues[agent.queue_id].wrap_up_ms
        rules = todo.pool.rules
        limited = wrap_up.limit_by_outcome(rules, agent, queue_ms, event.disposition, todo.now)
        if limited:
            todo.record(limited)
        return
    extended = wrap_up.extension(todo.pool.rules, agent, todo.now)
    if isinstance(extended, WrapUpExtended):
        todo.record(extended)
    else:
        todo.refusal = extended
