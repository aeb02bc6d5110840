"""Lets those who wait hear what is due (``comfort``): records it and tells their calls."""

from callcenter.core.acd import comfort
from callcenter.core.acd.comfort_messages import ComfortDue, ComfortGiven, PositionDue, PositionTold
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.model import WaitingCall
from callcenter.core.plan import AnnouncePosition
from callcenter.core.records import replace


def comfort_caller(todo: Decision, call: WaitingCall) -> None:
    """Tell a caller what is due by now: first the place in line, then prompts."""
    rules = todo.pool.queues[call.queue_id]
    if call.announce_at is not None and todo.now >= call.announce_at:
        tell_position(todo, call)
    prompts = comfort.comfort_due(rules, call, todo.now)
    if prompts:
        todo.record(ComfortGiven(todo.now, call.call_id, prompts))
        todo.tell(ComfortDue(call.call_id, prompts))


def tell_position(todo: Decision, call: WaitingCall, *, anew: bool = False) -> None:
    """Tell the place in line, if the queue wants it told now.

    Args:
        todo: The decision.
        call: The caller.
        anew: Whatever was told last may have been missed.
    """
    rules = todo.pool.queues[call.queue_id]
    if rules.announce_position is AnnouncePosition.OFF:
        return
    position = todo.pool.position(call)
    told = replace(call, told_position=None) if anew else call
    is_due = comfort.tells_position(rules, told, position)
    todo.record(PositionTold(todo.now, call.call_id, position, is_due))
    if is_due:
        todo.tell(PositionDue(call.call_id, position, rules.announce_limit))
