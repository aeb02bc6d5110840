"""What a callback has besides a call: its next time, its dial, its customer on the line."""

from dataclasses import dataclass

from callcenter.core.call.callback_messages import (
    AgentReserved,
    AgentUnreserved,
    CallbackFact,
    CallbackPostponed,
    CallbackPromised,
    CustomerAnswered,
    CustomerConsented,
    CustomerDialled,
    CustomerEnd,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.ids import LegId, Ms
from callcenter.core.records import replace

UNCOUNTED = frozenset({CustomerEnd.LOST, CustomerEnd.UNCHECKED})
"""Faults of ours: the customer's phone has perhaps not rung at all."""


@dataclass(frozen=True, slots=True)
class CallbackState:
    """How far a callback is."""

    later_until: Ms
    """When it goes into line, if it is not there."""
    reserved: AgentReserved | None = None
    """The agent who is rung when the customer has answered."""
    considered_at: Ms | None = None
    """Since when it is being asked whether the customer may be called."""
    agent_leg: LegId | None = None
    """The agent who has answered and waits for the customer."""
    dial: CustomerDialled | None = None
    """The customer's phone rings, or is about to."""
    dials: int = 0
    misses: int = 0
    """Dials that did not reach the customer."""
    customer: LegId | None = None
    """The customer is on the line."""
    answered_at: Ms | None = None
    """Since when the customer is to press a key; None if that is not awaited."""

    @property
    def is_dialling(self) -> bool:
        """Whether the customer is about to be called, or is being called."""
        return self.considered_at is not None or self.dial is not None


def evolve_callback(state: CallbackState, fact: CallbackFact) -> CallbackState:
    """Return the state with a fact applied."""
    match fact:
        case CallbackPromised():
            return state  # a fact of the call in which it was asked for
        case CallbackPostponed():
            return _waits(state, fact.until, misses=state.misses)
        case CustomerUnreached():
            counts = fact.reason not in UNCOUNTED
            return _waits(state, fact.retry_at, misses=state.misses + counts)
        case AgentReserved():
            return replace(state, reserved=fact)
        case AgentUnreserved():
            return replace(state, reserved=None)
        case DialConsidered():
            return replace(state, considered_at=fact.at, agent_leg=fact.leg_id)
        case CustomerDialled():
            return replace(state, considered_at=None, dial=fact, dials=fact.attempt)
        case CustomerAnswered():
            awaits_key = state.agent_leg is None
            answered_at = fact.at if awaits_key else None
            return replace(state, dial=None, customer=fact.leg_id, answered_at=answered_at)
        case CustomerConsented():
            return replace(state, answered_at=None)


def _waits(state: CallbackState, until: Ms, misses: int) -> CallbackState:
    return CallbackState(until, dials=state.dials, misses=misses)
