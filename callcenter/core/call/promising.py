"""Whether a callback can be promised, and on which terms."""

from callcenter.core.call.callback_messages import (
    AgentCallbackRequested,
    CallbackPromised,
    CallbackRequested,
    CallbackTerms,
)
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.model import Call
from callcenter.core.call.wishes import Wishes
from callcenter.core.dialling import international, objection
from callcenter.core.ids import CallId, Ms, QueueId
from callcenter.core.plan import QueueRules
from callcenter.core.records import replace
from ivr_flows.messages import AskForCallback

MOST_AHEAD_MS: Ms = 30 * 86_400_000
"""A callback is promised for a time within the next thirty days."""


def terms_for(todo: Decision, action: AskForCallback, needs: Wishes | None) -> CallbackTerms | None:
    """Return what a caller can be promised; None if nothing.

    Args:
        todo: The decision of the caller's call.
        action: What the flow asks for.
        needs: What the caller needs, if they have waited in no queue yet.
    """
    plan, call = todo.setting.plan, todo.call
    number = international(action.number or call.arrived.ani or "", plan.outbound)
    queue = plan.queues[QueueId(action.queue)]
    entered = call.queue
    if number is None or not may_promise(todo.setting, number, queue, todo.now):
        return None
    due_at = todo.now + max(action.after_ms, queue.callbacks.starts_after_ms)
    slot_at = _slot(queue, due_at) if action.after_ms else None
    if slot_at is not None and is_full(todo.setting, queue, slot_at):
        return None
    terms = CallbackTerms(
        number,
        queue.queue_id,
        due_at if action.after_ms else entered.waits_since if entered else todo.now,
        due_at,
        due_at + queue.callbacks.keep_ms,
        of=call.arrived.call_id,
        dnis=call.arrived.dnis,
        name=call.match.name if call.match else "",
        slot_at=slot_at,
    )
    if entered is not None:  # waits, or has waited
        wishes = (entered.requires, entered.prefers, entered.forbids)
        priority = entered.priority
    else:
        assert needs is not None, f"waits in no queue: {call}"  # noqa: S101
        wishes, priority = (needs.requires, needs.prefers, needs.forbids), needs.priority
    requires, prefers, forbids = wishes
    return replace(terms, priority=priority, requires=requires, prefers=prefers, forbids=forbids)


def may_promise(setting: Setting, number: str, queue: QueueRules, now: Ms) -> bool:
    """Say whether a number may be called, now and by this queue."""
    return not why_not(setting, number, queue, now)


def why_not(setting: Setting, number: str, queue: QueueRules, now: Ms) -> str:
    """Return why no callback to a number can be promised, in words for people; "" if it can."""
    against = objection(number, setting.plan.outbound)
    if against:
        return against
    if queue.hours is not None and queue.hours.stretch(now) == (False, None):
        return "This queue is closed for good."
    if setting.callbacks.of_number(number) is not None:
        return "This customer will be called back already."
    return ""


def open_callback(setting: Setting, call: Call) -> CallId | None:
    """Return the open callback to who calls, by their number."""
    ani = call.arrived.ani
    if not ani or not setting.callbacks:
        return None
    number = international(ani, setting.plan.outbound)
    return setting.callbacks.of_number(number) if number is not None else None


def old_place(todo: Decision, queue_id: QueueId) -> Ms | None:
    """Return since when a caller counts as waiting who has an open callback of this queue."""
    callback_id = open_callback(todo.setting, todo.call)
    if callback_id is None:
        return None
    terms = todo.setting.callbacks.terms(callback_id)
    is_theirs = terms.queue_id == queue_id and terms.entered_at <= todo.now
    return terms.entered_at if is_theirs else None


def _slot(queue: QueueRules, due_at: Ms) -> Ms:
    return due_at - due_at % queue.callbacks.slot_ms


def is_full(setting: Setting, queue: QueueRules, slot_at: Ms) -> bool:
    """Say whether no more callbacks can be promised for a slot."""
    most = queue.callbacks.per_slot
    return bool(most) and setting.callbacks.in_slot(queue.queue_id, slot_at) >= most


def promise(todo: Decision, terms: CallbackTerms) -> None:
    """Promise a callback; it begins in the same turn."""
    todo.record(CallbackPromised(todo.now, terms.number, terms.queue_id, terms.due_at))
    todo.begins.append(terms)


def requested(event: CallbackRequested, setting: Setting, now: Ms) -> CallbackTerms | str:
    """Return what an agent or a program can be promised, or why not, in words for people."""
    queue = setting.plan.queues.get(event.queue_id)
    if queue is None:
        return "There is no such queue."
    number = international(event.number, setting.plan.outbound)
    if number is None:
        return "This is not a telephone number that can be called."
    if event.due_at is not None and not now <= event.due_at <= now + MOST_AHEAD_MS:
        return "The time must lie within the next thirty days."
    due_at = now if event.due_at is None else event.due_at
    slot_at = None if event.due_at is None else _slot(queue, due_at)
    if slot_at is not None and is_full(setting, queue, slot_at):
        return "No more callbacks can be promised for this time: choose another."
    if queue.hours is not None and event.due_at is not None and not queue.hours.open_at(due_at):
        return "The queue is closed at this time: choose another."
    against = why_not(setting, number, queue, now)
    if against:
        return against
    return CallbackTerms(
        number,
        queue.queue_id,
        due_at,
        due_at,
        due_at + queue.callbacks.keep_ms,
        of=event.of,
        asked_by=event.asked_by,
        agent_id=event.agent_id,
        name=event.name,
        slot_at=slot_at,
    )


def by_agent(todo: Decision, event: AgentCallbackRequested) -> None:
    """Promise what an agent wants for the customer of their call, or say why not."""
    call, queue = todo.call, todo.call.queue
    is_theirs = call.offer_to(event.agent_id) is not None or event.agent_id in call.wrapping_up
    if not is_theirs or queue is None:
        todo.refusal = "You are not in this call."
        return
    asked = CallbackRequested(
        call.arrived.ani or "",
        queue.queue_id,
        todo.now + event.after_ms if event.after_ms else None,
        "agent",
        event.agent_id,
        call.arrived.call_id,
        call.match.name if call.match else "",
    )
    terms = requested(asked, todo.setting, todo.now)
    if isinstance(terms, str):
        todo.refusal = terms
        return
    wishes = (queue.requires, queue.prefers, queue.forbids)
    requires, prefers, forbids = wishes
    promise(
        todo,
        replace(
            terms,
            priority=queue.priority,
            requires=requires,
            prefers=prefers,
            forbids=forbids,
            dnis=call.arrived.dnis,
        ),
    )
