"""The words for calling customers back: what is promised, what can happen, what is recorded.

A callback is a call without a caller's leg. It waits for its time, stands in line at the place its
customer had, and rings the customer when an agent is there.
"""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import AgentId, CallId, LegId, Ms, OfferId, QueueId


class CustomerEnd(StrEnum):
    """Why a customer was not reached, or a callback waits again."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """The leg is gone and nobody saw it go."""
    NO_KEY = "no_key"
    """Somebody answered and did not press a key: perhaps a mailbox."""
    NOT_ALLOWED = "not_allowed"
    """The toll rules do not allow the number (any more)."""
    DO_NOT_CALL = "do_not_call"
    UNCHECKED = "unchecked"
    """The CRM store did not say whether the customer may be called."""
    AGENT_LEFT = "agent_left"
    """The agent did not wait for the customer."""
    SNOOZED = "snoozed"
    """The customer asked by a key to be called later."""
    CLOSED = "closed"
    """The queue is closed."""
    DRAINING = "draining"
    """The service begins no new calls before planned work."""
    CUSTOMER_CALLS = "customer_calls"
    """The customer is on the line by a call of their own."""
    CUSTOMER_GONE = "customer_gone"
    """And has left again without an agent."""


@dataclass(frozen=True, slots=True)
class CallbackTerms:
    """What was promised."""

    number: str
    """In international form, allowed by the toll rules when it was promised."""
    queue_id: QueueId
    entered_at: Ms
    """The place in line counts from here."""
    due_at: Ms
    """Not called before."""
    until: Ms
    """Not called later."""
    of: CallId | None = None
    """The call in which it was asked for."""
    priority: int = 0
    requires: tuple[tuple[str, int], ...] = ()
    prefers: tuple[tuple[str, int], ...] = ()
    forbids: tuple[str, ...] = ()
    asked_by: str = "caller"
    """"caller", "agent" or "program"."""
    agent_id: AgentId | None = None
    """Who is asked first."""
    dnis: str = ""
    """The service number that was called."""
    name: str = ""
    """The customer's, if whoever asked gave it."""
    slot_at: Ms | None = None
    """The beginning of the slot that it takes up; None if it was not for a certain time."""


# ---------------------------------------------------------------- inputs


@dataclass(frozen=True, slots=True)
class NumberChecked:
    """The CRM store was asked whether a customer may be called."""

    call_id: CallId
    may_call: bool | None
    """None: it did not answer."""


@dataclass(frozen=True, slots=True)
class CallbackRequested:
    """An agent, or another program, wants a customer to be called."""

    number: str
    """As it was written."""
    queue_id: QueueId
    due_at: Ms | None = None
    """Not before; None: as soon as an agent is there."""
    asked_by: str = "program"
    agent_id: AgentId | None = None
    """Who is to be asked first."""
    of: CallId | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class AgentCallbackRequested:
    """An agent wants the customer of their call to be called back."""

    agent_id: AgentId
    call_id: CallId
    after_ms: Ms
    """After so long; 0: as soon as an agent is there."""


@dataclass(frozen=True, slots=True)
class CallbackCancelRequested:
    """Somebody takes a callback back that is not in a talk yet."""

    call_id: CallId
    asked_by: str


@dataclass(frozen=True, slots=True)
class CallbackPutOff:
    """No new calls are begun before planned work: leave the line, if nobody rings yet."""

    call_id: CallId


# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """The caller will be called back; the callback is a call of its own."""

    at: Ms
    number: str
    queue_id: QueueId
    due_at: Ms


@dataclass(frozen=True, slots=True)
class CallbackPostponed:
    """The callback leaves the line and waits for a better time; it is not the customer's fault."""

    at: Ms
    until: Ms
    reason: CustomerEnd


@dataclass(frozen=True, slots=True)
class AgentReserved:
    """The pool has an agent for this callback, who is rung when the customer has answered."""

    at: Ms
    offer_id: OfferId
    attempt: int
    agent_id: AgentId
    agent_name: str
    station: str
    ring_ms: Ms
    shown_ms: Ms


@dataclass(frozen=True, slots=True)
class AgentUnreserved:
    """The reserved agent is there no more."""

    at: Ms
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class DialConsidered:
    """The customer is to be called now, if the CRM store does not say otherwise."""

    at: Ms
    leg_id: LegId | None
    """The agent who has answered and waits; None if the customer is asked first."""


@dataclass(frozen=True, slots=True)
class CustomerDialled:
    """The customer's phone is to ring."""

    at: Ms
    attempt: int
    """Counts the dials of a call from 1; the leg's id is derived from it."""
    leg_id: LegId
    station: str
    """What to ring, as the PBX names it."""
    caller_id: str
    ring_until: Ms


@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """The customer picked up."""

    at: Ms
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class CustomerConsented:
    """The customer pressed the key for a talk, and waits for the agent."""

    at: Ms


@dataclass(frozen=True, slots=True)
class CustomerUnreached:
    """The customer was not reached; the callback waits, and is called again."""

    at: Ms
    reason: CustomerEnd
    retry_at: Ms


CallbackFact = (
    CallbackPromised
    | CallbackPostponed
    | AgentReserved
    | AgentUnreserved
    | DialConsidered
    | CustomerDialled
    | CustomerAnswered
    | CustomerConsented
    | CustomerUnreached
)
