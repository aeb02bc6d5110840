"""Says in sentences what the facts of a callback record."""

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
from callcenter.core.ids import Ms

_ENDS = {
    CustomerEnd.BUSY: "the line is busy",
    CustomerEnd.NO_ANSWER: "nobody answered",
    CustomerEnd.UNREACHABLE: "the number could not be reached",
    CustomerEnd.LOST: "the call was lost, at nobody's fault",
    CustomerEnd.NO_KEY: "somebody answered and pressed no key",
    CustomerEnd.NOT_ALLOWED: "the number may not be called",
    CustomerEnd.DO_NOT_CALL: "the customer wants no calls",
    CustomerEnd.UNCHECKED: "the CRM did not say whether the customer may be called",
    CustomerEnd.AGENT_LEFT: "the agent did not wait",
    CustomerEnd.SNOOZED: "the customer asked for a later call",
    CustomerEnd.CLOSED: "the queue is closed",
    CustomerEnd.DRAINING: "no new calls are begun before planned work",
    CustomerEnd.CUSTOMER_CALLS: "the customer is calling us",
    CustomerEnd.CUSTOMER_GONE: "the customer called us and left without an agent",
}


def callback_sentence(fact: CallbackFact) -> str:
    """Say in a sentence what a fact of a callback records."""
    match fact:
        case CallbackPromised():
            return f"The caller will be called back at {fact.number}."
        case CallbackPostponed():
            waits = _seconds(fact.until - fact.at)
            return f"The callback waits for {waits}: {_ENDS[fact.reason]}."
        case CustomerUnreached():
            waits = _seconds(fact.retry_at - fact.at)
            return f"Not reached: {_ENDS[fact.reason]}. The next try is in {waits}."
        case AgentReserved() | AgentUnreserved() | DialConsidered():
            return _of_agent(fact)
        case CustomerDialled():
            return f"Dial {fact.attempt}: the customer's phone is rung ({fact.station})."
        case CustomerAnswered():
            return "The customer answered."
        case CustomerConsented():
            return "The customer wants to talk now."


def _of_agent(fact: AgentReserved | AgentUnreserved | DialConsidered) -> str:
    match fact:
        case AgentReserved():
            return f"{fact.agent_name} is kept free for the customer."
        case AgentUnreserved():
            return "The agent is not kept free any more."
        case DialConsidered():
            waits = "The agent answered; the" if fact.leg_id else "The"
            return f"{waits} customer is to be called, if they may be."


def begun(terms: CallbackTerms) -> str:
    """Say how a callback came about."""
    asked = {"caller": "The customer asked", "agent": "An agent asked"}
    who = asked.get(terms.asked_by, "Another program asked")
    return f"{who} for a callback to {terms.number}."


def _seconds(duration_ms: Ms) -> str:
    return f"{max(0, duration_ms) / 1000:.0f} s"
