"""The customer's side of a callback: considering the dial, and what follows when it fails.

An agent who has answered hears the ringing tone and is freed at once when the customer is not
reached, without after-call work. The callback keeps its place by the time of the first request.
"""

from callcenter.core.acd.callback_rules import CallbackRules
from callcenter.core.acd.messages import CallWithdrawn, OfferAnswered
from callcenter.core.call.callback_messages import (
    AgentUnreserved,
    CallbackPostponed,
    CallbackTerms,
    CustomerDialled,
    CustomerEnd,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.call.callback_state import UNCOUNTED, CallbackState
from callcenter.core.call.decision import Decision
from callcenter.core.call.effects import AskMayCall
from callcenter.core.call.facts import CallClosed, CallEnded, FollowUpOpened, RingEnded
from callcenter.core.call.messages import EndedBy, LegEnd, Outcome
from callcenter.core.call.model import Call, Phase, Ring
from callcenter.core.dialling import objection
from callcenter.core.ids import LegId, Ms, derive_id

CHECK_LIMIT_MS: Ms = 3_000
"""So long the CRM store may take to say whether a customer may be called."""
SOON_MS: Ms = 60_000
"""When a callback is tried again that came to nothing through no fault of the customer."""


def terms_of(call: Call) -> CallbackTerms:
    """Return what was promised; only of a callback."""
    terms = call.arrived.callback
    assert terms is not None, f"no callback: {call}"  # noqa: S101
    return terms


def state_of(call: Call) -> CallbackState:
    """Return how far a callback is; only of a callback."""
    assert call.back is not None, f"no callback: {call}"  # noqa: S101
    return call.back


def rules_of(todo: Decision) -> CallbackRules:
    """Return how the queue calls back; the usual way if the queue is not there any more."""
    queue = todo.setting.plan.queues.get(terms_of(todo.call).queue_id)
    return queue.callbacks if queue is not None else CallbackRules()


def consider(todo: Decision, ring: Ring | None) -> None:
    """Ask whether the customer may be called, who is then called.

    Args:
        todo: The decision.
        ring: Whose agent has answered and waits; None if the customer is asked first.
    """
    was_briefed = todo.call.briefing is not None
    todo.record(DialConsidered(todo.now, ring.offer.leg_id if ring else None))
    if ring is not None and not was_briefed:
        todo.tells.append(OfferAnswered(ring.offer.offer_id))
    number = terms_of(todo.call).number
    todo.effects.append(AskMayCall(todo.call.arrived.call_id, number))


def dial(todo: Decision) -> None:
    """Call the customer, if the toll rules allow the number now."""
    plan, terms = todo.setting.plan, terms_of(todo.call)
    if objection(terms.number, plan.outbound):
        give_up(todo, CustomerEnd.NOT_ALLOWED)
        return
    attempt = state_of(todo.call).dials + 1
    leg_id = derive_id(todo.setting.journal_id, todo.call.arrived.number, "customer", attempt)
    todo.record(
        CustomerDialled(
            todo.now,
            attempt,
            LegId(leg_id),
            plan.outbound.endpoint_of(terms.number),
            plan.outbound.caller_id,
            todo.now + rules_of(todo).ring_ms,
        )
    )


def unreached(todo: Decision, reason: CustomerEnd) -> None:
    """Free the agent; call again after the rest, or leave the customer to people."""
    state, rules = state_of(todo.call), rules_of(todo)
    counts = reason not in UNCOUNTED
    if state.misses + counts >= rules.attempts:
        give_up(todo, reason)
        return
    _leave_line(todo, "unreached")
    wait_ms = rules.retry_ms if counts else SOON_MS
    todo.record(CustomerUnreached(todo.now, reason, todo.now + wait_ms))


def postpone(todo: Decision, until: Ms, reason: CustomerEnd) -> None:
    """Leave the line until a better time."""
    _leave_line(todo, "postponed")
    todo.record(CallbackPostponed(todo.now, until, reason))


def give_up(todo: Decision, reason: CustomerEnd) -> None:
    """End a callback that did not reach the customer; people are to see to it."""
    subject = f"Call back {terms_of(todo.call).number}: {_WORDS.get(reason, 'not reached')}"
    leave_to_people(todo, subject)
    end(todo, Outcome.CALLBACK_UNREACHED, EndedBy.SYSTEM, reason.value)


_WORDS = {
    CustomerEnd.DO_NOT_CALL: "the customer does not want to be called, but has asked for it",
    CustomerEnd.NOT_ALLOWED: "the number may not be called by the service",
}


def leave_to_people(todo: Decision, subject: str) -> None:
    """Leave a task behind, if there is none yet."""
    if todo.call.follow_up is None:
        todo.record(FollowUpOpened(todo.now, subject))


def end(todo: Decision, outcome: Outcome, ended_by: EndedBy, cause: str) -> None:
    """End a callback before any talk; whoever is on the line or rings is let go."""
    _leave_line(todo, "ended")
    todo.record(CallEnded(todo.now, outcome, ended_by, cause))
    if not todo.call.wrapping_up:  # an agent who was lost in a talk may still have work for it
        todo.record(CallClosed(todo.now))


def _leave_line(todo: Decision, reason: str) -> None:
    if todo.call.phase is not Phase.QUEUE:
        return
    for ring in todo.call.rings:
        todo.record(RingEnded(todo.now, ring.offer.leg_id, LegEnd.CANCELLED))
    reserved = state_of(todo.call).reserved
    if reserved is not None:
        todo.record(AgentUnreserved(todo.now, reserved.offer_id))
    todo.tells.append(CallWithdrawn(todo.call.arrived.call_id, reason))
