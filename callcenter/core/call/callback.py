"""What a callback does: waits for its time, stands in line, calls the customer.

Agent first: the agent's phone rings as for any caller; when they have answered, the customer is
called, and the two are connected. Customer first: the pool's offer only reserves the agent; the
customer is called and presses 1 for a talk (then the agent's phone rings, with the customer in the
waiting room), 2 to be called later, 3 not to be called any more. Either way each dial needs an
agent of its own, so no more customers are rung than agents can take.

Each dial asks anew: the toll rules (``core.dialling``), and the CRM store whether the customer
wants no calls. A callback stands in line only while its queue is open.
"""

from collections.abc import Iterator

from callcenter.core.acd.callback_rules import CallFirst
from callcenter.core.acd.messages import CallOfferedToAgent, OfferFailed
from callcenter.core.acd.offer_end_messages import OfferEnd, OfferRecalled
from callcenter.core.acd.queue_messages import QueueGaveUp
from callcenter.core.call import agent, flow, promising
from callcenter.core.call.callback_messages import (
    AgentCallbackRequested,
    AgentReserved,
    AgentUnreserved,
    CallbackCancelRequested,
    CallbackPutOff,
    CustomerAnswered,
    CustomerConsented,
    CustomerEnd,
    NumberChecked,
)
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.dialling_out import (
    CHECK_LIMIT_MS,
    SOON_MS,
    consider,
    dial,
    end,
    give_up,
    leave_to_people,
    postpone,
    rules_of,
    state_of,
    terms_of,
    unreached,
)
from callcenter.core.call.facts import PromptFinished, QueueEntered
from callcenter.core.call.messages import (
    CallRecovered,
    EndedBy,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    Outcome,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import Ms

KEY_LIMIT_MS: Ms = 30_000
"""So long a customer who picked up may take to press a key; a mailbox never does."""
OWN_CALL_LIMIT_MS: Ms = 3_600_000
"""So long a callback waits at most for a customer who is on the line by a call of their own."""
TALK, LATER, NOT_ANY_MORE = "1", "2", "3"
SATISFIED = "satisfied_by_inbound"

_CUSTOMER_ENDS = {
    LegEnd.REFUSED: CustomerEnd.BUSY,
    LegEnd.HUNG_UP: CustomerEnd.NO_KEY,
    LegEnd.NO_ANSWER: CustomerEnd.NO_ANSWER,
    LegEnd.LOST: CustomerEnd.LOST,
    LegEnd.CANCELLED: CustomerEnd.LOST,
}


def deadlines(call: Call) -> Iterator[Ms]:
    """Yield the instants at which a callback is to be looked at."""
    if call.back is None or call.phase not in (Phase.LATER, Phase.QUEUE):
        return
    state, terms = call.back, terms_of(call)
    if call.phase is Phase.LATER:
        yield min(state.later_until, terms.until)
    elif state.considered_at is not None:
        yield state.considered_at + CHECK_LIMIT_MS
    elif state.dial is not None:
        yield state.dial.ring_until
    elif state.answered_at is not None:
        yield state.answered_at + KEY_LIMIT_MS
    elif state.customer is None:
        yield terms.until


def wake(todo: Decision) -> None:
    """Decide what follows for a callback from the time alone."""
    if not any(at <= todo.now for at in deadlines(todo.call)):
        return
    state = state_of(todo.call)
    if state.considered_at is not None:
        unreached(todo, CustomerEnd.UNCHECKED)
    elif state.dial is not None:
        unreached(todo, CustomerEnd.NO_ANSWER)
    elif state.answered_at is not None:
        unreached(todo, CustomerEnd.NO_KEY)
    elif todo.now >= terms_of(todo.call).until:
        leave_to_people(todo, f"Call back {terms_of(todo.call).number}: nobody was free in time")
        end(todo, Outcome.CALLBACK_UNREACHED, EndedBy.SYSTEM, "expired")
    else:
        _stand_in_line(todo)


def _stand_in_line(todo: Decision) -> None:
    terms = terms_of(todo.call)
    queue = todo.setting.plan.queues.get(terms.queue_id)
    if todo.setting.holds_callbacks:
        postpone(todo, todo.now + SOON_MS, CustomerEnd.DRAINING)
        return
    if queue is None:
        leave_to_people(todo, f"Call back {terms.number}: its queue is not there any more")
        end(todo, Outcome.CALLBACK_UNREACHED, EndedBy.SYSTEM, "no queue")
        return
    flow.wait(
        todo,
        QueueEntered(
            todo.now,
            queue.queue_id,
            queue.name,
            terms.priority,
            terms.requires,
            terms.entered_at,
            terms.prefers,
            terms.forbids,
        ),
    )


# ---------------------------------------------------------------- the pool


def offered(todo: Decision, event: CallOfferedToAgent) -> None:
    """Ring the agent, or only reserve them while the customer is asked."""
    call = todo.call
    is_asked_first = call.lacks_customer and rules_of(todo).first is CallFirst.CUSTOMER
    if not is_asked_first and not state_of(call).answered_at:
        agent.offer(todo, event)
        return
    who = (event.agent_id, event.agent_name, event.station)
    limits = (event.ring_ms, event.shown_ms)
    todo.record(AgentReserved(todo.now, event.offer_id, event.attempt, *who, *limits))
    if not state_of(call).is_dialling and call.lacks_customer:
        consider(todo, None)


def recalled(todo: Decision, event: OfferRecalled) -> None:
    """Give a reserved agent back whose page is gone; the customer is asked all the same."""
    reserved = state_of(todo.call).reserved
    if reserved is not None and reserved.offer_id == event.offer_id:
        todo.record(AgentUnreserved(todo.now, event.offer_id))
        todo.tells.append(OfferFailed(event.offer_id, OfferEnd.PAGE_LOST))


def turned_away(todo: Decision, event: QueueGaveUp) -> None:
    """Wait until the queue is open again; a customer on the line is left to people."""
    if todo.call.lacks_customer:
        # The pool has let it go already.
        until = event.until if event.until is not None else todo.now + SOON_MS
        postpone(todo, min(until, terms_of(todo.call).until), CustomerEnd.CLOSED)
        return
    leave_to_people(todo, f"Call back {terms_of(todo.call).number}: the agent was lost")
    end(todo, Outcome.OVERFLOW, EndedBy.SYSTEM, event.reason.value)


# ---------------------------------------------------------------- the customer


def told(
    todo: Decision,
    event: NumberChecked | CallbackCancelRequested | AgentCallbackRequested | CallbackPutOff,
) -> None:
    """Take the CRM store's answer, or what people want."""
    match event:
        case NumberChecked():
            checked(todo, event)
        case CallbackCancelRequested():
            cancel(todo, event)
        case AgentCallbackRequested():
            promising.by_agent(todo, event)
        case CallbackPutOff():
            _put_off(todo)


def _put_off(todo: Decision) -> None:
    state = todo.call.back
    if state is None or todo.call.phase is not Phase.QUEUE or not todo.call.lacks_customer:
        return
    if not (todo.call.rings or state.reserved or state.is_dialling):
        postpone(todo, todo.now + SOON_MS, CustomerEnd.DRAINING)


def checked(todo: Decision, event: NumberChecked) -> None:
    """Call the customer who may be called."""
    if todo.call.back is None or todo.call.back.considered_at is None:
        return
    if event.may_call is None:
        unreached(todo, CustomerEnd.UNCHECKED)
    elif event.may_call:
        dial(todo)
    else:
        give_up(todo, CustomerEnd.DO_NOT_CALL)


def leg(todo: Decision, event: LegRinging | LegAnswered | LegEnded) -> bool:
    """Take what a customer's leg says; return False if it is not the customer's."""
    state = todo.call.back
    if state is None:
        return False
    dialled = state.dial.leg_id if state.dial is not None else None
    if event.leg_id not in (dialled, state.customer):
        return False
    match event:
        case LegRinging():
            pass  # the agent hears it, and the ring has its own limit
        case LegAnswered():
            if state.dial is not None:
                _answered(todo)
        case LegEnded():
            _ended(todo, event.end)
    return True


def _answered(todo: Decision) -> None:
    state = state_of(todo.call)
    assert state.dial is not None, f"nobody was called: {todo.call}"  # noqa: S101
    todo.record(CustomerAnswered(todo.now, state.dial.leg_id))
    if state.agent_leg is not None:
        agent.connect(todo, state.agent_leg)
    else:
        flow.play(todo, rules_of(todo).greeting)


def _ended(todo: Decision, end_of_leg: LegEnd) -> None:
    state = state_of(todo.call)
    if todo.call.phase is Phase.TALK:
        ended_by = EndedBy.SYSTEM if end_of_leg is LegEnd.LOST else EndedBy.CALLER
        agent.end_talk(todo, ended_by, "lost" if end_of_leg is LegEnd.LOST else "")
        agent.close_if_done(todo)
    elif state.dial is not None or state.answered_at is not None:
        unreached(todo, _CUSTOMER_ENDS.get(end_of_leg, CustomerEnd.UNREACHABLE))
    elif todo.call.phase is Phase.QUEUE:
        end(todo, Outcome.ABANDONED_QUEUE, EndedBy.CALLER, "")


def ask_again(todo: Decision) -> None:
    """Tell a customer the keys once more, until one is pressed or the time is over."""
    flow.play(todo, rules_of(todo).greeting)


def key(todo: Decision, digit: str) -> None:
    """Take the key of a customer who is asked whether to talk now."""
    if todo.call.back is None or todo.call.back.answered_at is None:
        return
    if digit == TALK:
        _consented(todo)
    elif digit == LATER:
        until = todo.now + rules_of(todo).snooze_ms
        postpone(todo, min(until, terms_of(todo.call).until), CustomerEnd.SNOOZED)
    elif digit == NOT_ANY_MORE:
        end(todo, Outcome.CALLBACK_CANCELLED, EndedBy.CALLER, "by key")


def _consented(todo: Decision) -> None:
    todo.record(CustomerConsented(todo.now))
    if todo.call.prompt is not None:
        todo.record(PromptFinished(todo.now))
    queue = todo.call.queue
    assert queue is not None, f"asked out of line: {todo.call}"  # noqa: S101
    todo.tells.append(flow.asked_of_pool(todo, queue))
    reserved = state_of(todo.call).reserved
    if reserved is None:
        return  # the pool has no agent just now, and offers one as to any caller
    todo.record(AgentUnreserved(todo.now, reserved.offer_id))
    agent.offer(
        todo,
        CallOfferedToAgent(
            todo.call.arrived.call_id,
            reserved.offer_id,
            reserved.attempt,
            reserved.agent_id,
            reserved.agent_name,
            reserved.station,
            reserved.ring_ms,
            reserved.shown_ms,
        ),
    )


# ---------------------------------------------------------------- not needed any more


def cancel(todo: Decision, event: CallbackCancelRequested) -> None:
    """Take a callback back, as somebody asked."""
    if todo.call.back is None:
        todo.refusal = "This is not a callback."
    elif todo.call.phase not in (Phase.LATER, Phase.QUEUE):
        todo.refusal = "The customer has been reached already."
    else:
        end(todo, Outcome.CALLBACK_CANCELLED, EndedBy.SYSTEM, f"by {event.asked_by}")


def customer_calls(call: Call, now: Ms, setting: Setting) -> Decision:
    """Let a callback wait while its customer is on the line by a call of their own."""
    todo = Decision(call, now, setting)
    if call.lacks_customer and not state_of(call).is_dialling:
        terms = terms_of(call)
        until = max(terms.due_at, now + OWN_CALL_LIMIT_MS)
        postpone(todo, min(until, terms.until), CustomerEnd.CUSTOMER_CALLS)
    return todo


def customer_gone(call: Call, now: Ms, setting: Setting) -> Decision:
    """Let a callback go on whose customer has called and left without an agent."""
    todo = Decision(call, now, setting)
    if call.phase is Phase.LATER:
        until = max(terms_of(call).due_at, now + rules_of(todo).starts_after_ms)
        postpone(todo, until, CustomerEnd.CUSTOMER_GONE)
    return todo


def satisfied(call: Call, now: Ms, setting: Setting) -> Decision:
    """End a callback whose customer has reached an agent by calling again."""
    todo = Decision(call, now, setting)
    if call.phase in (Phase.LATER, Phase.QUEUE):
        end(todo, Outcome.CALLBACK_CANCELLED, EndedBy.SYSTEM, SATISFIED)
    return todo


# ---------------------------------------------------------------- after a restart


def recover(todo: Decision, event: CallRecovered) -> bool:
    """Learn what became of the customer's leg; return whether the agents' legs come next."""
    state = state_of(todo.call)
    if state.customer is not None:
        if event.pbx_restarted and not event.caller_present:
            number = terms_of(todo.call).number
            leave_to_people(
                todo, f"Call back {number}: cut off when the telephone system restarted"
            )
        if not event.caller_present:
            _ended(todo, LegEnd.LOST)
            return False
        if state.answered_at is not None:
            flow.play(todo, rules_of(todo).greeting)
        return state.answered_at is None
    if state.agent_leg is not None and state.agent_leg not in event.answered:
        agent.offer_failed(todo, state.agent_leg, LegEnd.LOST)
        return False
    if state.dial is None:
        return state.agent_leg is None  # whether they may be called is asked again
    if state.dial.leg_id in event.answered:
        _answered(todo)
    elif state.dial.leg_id not in event.ringing:
        unreached(todo, CustomerEnd.LOST)
    return False
