"""Lets those who wait hear what is due (``comfort``, ``announcing``)."""

from callcenter.core.acd import comfort, overflow
from callcenter.core.acd.announcing import announce
from callcenter.core.acd.comfort_messages import ComfortDue, ComfortGiven
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.queue_messages import CustomerWaits
from callcenter.core.ids import CallId
from callcenter.core.records import replace


def comfort_caller(todo: Decision, call: WaitingCall) -> bool:
    """Tell a caller what is due by now: first place and wait, then prompts; say whether it was."""
    rules = todo.pool.queues[call.queue_id]
    is_announced = call.announce_at is not None and todo.now >= call.announce_at
    if is_announced:
        tell_position(todo, call)
    prompts = comfort.comfort_due(rules, call, todo.now)
    if prompts:
        todo.record(ComfortGiven(todo.now, call.call_id, prompts))
        todo.tell(ComfortDue(call.call_id, prompts))
    return is_announced or bool(prompts)


def tell_position(todo: Decision, call: WaitingCall, *, anew: bool = False) -> None:
    """Tell the place in line and the wait, as far as the queue wants them told now.

    Args:
        todo: The decision.
        call: The caller.
        anew: Whatever was told last may have been missed.
    """
    told = replace(call, told_position=None, told=None) if anew else call
    fact, message = announce(todo.pool, told, todo.now)
    todo.record(fact)
    if message is not None:
        todo.tell(message)


def customer_waits(todo: Decision, call_id: CallId) -> None:
    """Let the customer of a callback, who is on the line now, wait as any caller does."""
    todo.record(CustomerWaits(todo.now, call_id))
    call = todo.pool.waiting[call_id]
    if call.offer_id is None and overflow.stays(todo, call):
        tell_position(todo, todo.pool.waiting[call_id])
