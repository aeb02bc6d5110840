"""What is told of a customer who is called back."""

from typing import Literal, assert_never

from callcenter.core.call.callback_messages import (
    AgentReserved,
    AgentUnreserved,
    CallbackFact,
    CallbackPostponed,
    CallbackPromised,
    CallbackTerms,
    CustomerAnswered,
    CustomerConsented,
    CustomerDialled,
    CustomerEnd,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.call.messages import Outcome
from callcenter.core.ids import Ms
from callcenter.core.why.words import Names, duration

CallbackOutcome = Literal[
    Outcome.CALLBACK_REQUESTED, Outcome.CALLBACK_UNREACHED, Outcome.CALLBACK_CANCELLED
]
_Dial = DialConsidered | CustomerDialled | CustomerAnswered | CustomerConsented | CustomerUnreached
_HeldBack = Literal[
    CustomerEnd.NOT_ALLOWED,
    CustomerEnd.DO_NOT_CALL,
    CustomerEnd.UNCHECKED,
    CustomerEnd.AGENT_LEFT,
    CustomerEnd.CLOSED,
    CustomerEnd.DRAINING,
]


def began(terms: CallbackTerms, now: Ms) -> tuple[str, ...]:
    """Return what is told of the beginning of a callback."""
    older = now - terms.entered_at
    place = f"In line as if come {duration(older)} earlier: the place is kept." if older else ""
    later = terms.due_at - now
    due = f"Not before {duration(later)} are over." if later > 0 else ""
    return ("A customer is to be called back: a call of its own.", place, due)


def told(fact: CallbackFact, names: Names) -> tuple[str, ...]:
    """Return a sentence about one step of a callback, and what it came from."""
    match fact:
        case CallbackPromised():
            return ("The caller was promised a callback, which is a call of its own.",)
        case CallbackPostponed():
            wait = duration(fact.until - fact.at)
            return (f"The callback left the line for {wait}.", customer_end(fact.reason))
        case AgentReserved():
            agent = "an agent" if names.hides_agents else fact.agent_name
            return (f"Offer {fact.attempt}: {agent} is kept free for the customer.",)
        case AgentUnreserved():
            return ("The agent who was kept free is there no more.",)
        case _:
            return _dialled(fact)


def _dialled(fact: _Dial) -> tuple[str, ...]:
    match fact:
        case DialConsidered():
            return ("It was asked whether the customer may be called.",)
        case CustomerDialled():
            return (f"The customer's phone was rung, for the {_nth(fact.attempt)} time.",)
        case CustomerAnswered():
            return ("The customer answered.",)
        case CustomerConsented():
            return ("The customer pressed the key for a talk.",)
        case CustomerUnreached():
            again = f"To be called again after {duration(fact.retry_at - fact.at)}."
            return (customer_end(fact.reason), again)
        case _:
            assert_never(fact)


def customer_end(reason: CustomerEnd) -> str:
    """Say why a customer was not reached, or waits again."""
    match reason:
        case CustomerEnd.BUSY:
            return "The customer was busy."
        case CustomerEnd.NO_ANSWER:
            return "The customer did not answer."
        case CustomerEnd.UNREACHABLE:
            return "The customer could not be reached."
        case CustomerEnd.LOST:
            return "The connection with the customer was lost."
        case CustomerEnd.NO_KEY:
            return "Somebody answered and pressed no key: perhaps a mailbox."
        case CustomerEnd.SNOOZED:
            return "The customer asked by a key to be called later."
        case CustomerEnd.CUSTOMER_CALLS:
            return "The customer is on the line by a call of their own."
        case CustomerEnd.CUSTOMER_GONE:
            return "The customer called, and left again without an agent."
        case _:
            return _held_back(reason)


def _held_back(reason: _HeldBack) -> str:
    match reason:
        case CustomerEnd.NOT_ALLOWED:
            return "The rules of what may be dialled do not allow the number."
        case CustomerEnd.DO_NOT_CALL:
            return "The CRM says that the customer is not to be called."
        case CustomerEnd.UNCHECKED:
            return "The CRM did not say whether the customer may be called."
        case CustomerEnd.AGENT_LEFT:
            return "The agent did not wait for the customer."
        case CustomerEnd.CLOSED:
            return "The queue is closed."
        case CustomerEnd.DRAINING:
            return "No new calls are begun before planned work."
        case _:
            assert_never(reason)


def outcome(reached: CallbackOutcome) -> str:
    """Say how a call ended in which a callback was promised, or that was one."""
    match reached:
        case Outcome.CALLBACK_REQUESTED:
            return "the caller is to be called back"
        case Outcome.CALLBACK_UNREACHED:
            return "the customer was called back as often as was to be, and not reached"
        case Outcome.CALLBACK_CANCELLED:
            return "the callback is not needed any more"
        case _:
            assert_never(reached)


def _nth(attempt: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(attempt, f"{attempt}th")
