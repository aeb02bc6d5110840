"""How a call begins: served by a flow, or only accounted for."""

from dataclasses import dataclass

from callcenter.core.call import agent, flow
from callcenter.core.call.callback_messages import CallbackTerms
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.effects import LookUpCaller
from callcenter.core.call.facts import CallArrived, CallEnded
from callcenter.core.call.messages import CallerArrived, EndedBy, Outcome, Presentation
from callcenter.core.call.model import evolve
from callcenter.core.ids import CallId, LegId, Ms, derive_id

CALLBACK_SERVICE = "Callback"
"""What a callback's record names in place of a service number."""


def arrive(event: CallerArrived, number: int, now: Ms, setting: Setting) -> Decision:
    """Begin a call: answer it, ask who calls, start the flow.

    Args:
        event: The caller, in our hands.
        number: The call's number in the journal, from 1, never given before.
        now: The instant.
        setting: Flows and queues.
    """
    todo = _begin(event, number, now, setting)
    call_id = todo.call.arrived.call_id
    todo.effects.append(LookUpCaller(call_id, event.ani, event.presentation, event.dnis))
    flow.begin(todo)
    return todo


def call_back(terms: CallbackTerms, number: int, now: Ms, setting: Setting) -> Decision:
    """Begin a callback: nobody is on the line, and nothing happens before it is due.

    Args:
        terms: What was promised.
        number: As for ``arrive``.
        now: The instant.
        setting: Flows and queues.
    """
    call_id = CallId(derive_id(setting.journal_id, number, "call"))
    who = (terms.number, Presentation.ALLOWED, terms.name, terms.dnis)
    arrived = CallArrived(now, call_id, number, LegId(""), *who, CALLBACK_SERVICE, terms)
    todo = Decision(evolve(None, arrived), now, setting, [arrived])
    todo.effects.append(LookUpCaller(call_id, terms.number, Presentation.ALLOWED, terms.dnis))
    return todo


@dataclass(frozen=True, slots=True)
class Loss:
    """A call that we had and could do nothing for."""

    arrived_at: Ms
    cause: str
    """``UNSEEN`` or "fault"."""


def account_for(
    event: CallerArrived, number: int, now: Ms, setting: Setting, loss: Loss
) -> Decision:
    """Record a call that we had and could do nothing for: begun, failed and closed at once.

    Args:
        event: The caller.
        number: As for ``arrive``.
        now: The instant.
        setting: Flows and queues.
        loss: Since when we had it, and why it came to nothing.
    """
    todo = _begin(event, number, now, setting, loss.arrived_at)
    todo.record(CallEnded(now, Outcome.FAILED, EndedBy.SYSTEM, loss.cause))
    agent.close_if_done(todo)
    return todo


def _begin(
    event: CallerArrived, number: int, now: Ms, setting: Setting, arrived_at: Ms | None = None
) -> Decision:
    service = setting.plan.numbers.get(event.dnis)
    arrived = CallArrived(
        now if arrived_at is None else arrived_at,
        CallId(derive_id(setting.journal_id, number, "call")),
        number,
        event.leg_id,
        event.ani,
        event.presentation,
        event.ani_name,
        event.dnis,
        service.name if service else event.dnis,
    )
    return Decision(evolve(None, arrived), now, setting, [arrived])
