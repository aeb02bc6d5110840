"""How a queue calls its callers back: what the operator declares."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import Ms


class CallFirst(StrEnum):
    """Whose phone rings first."""

    AGENT = "agent"
    """The agent's; the customer is called when the agent has answered, and never waits."""
    CUSTOMER = "customer"
    """The customer's, who presses a key for a talk; the agent is reserved meanwhile."""


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How customers of one queue are called back."""

    first: CallFirst = CallFirst.AGENT
    ring_ms: Ms = 25_000
    """How long the customer's phone rings."""
    attempts: int = 3
    """So often a customer is called who is not reached."""
    retry_ms: Ms = 900_000
    """How long a callback rests after the customer was not reached."""
    starts_after_ms: Ms = 10_000
    """After so long it goes into line: the caller must first have hung up."""
    keep_ms: Ms = 86_400_000
    """So long after it was due a promise is kept; then a task is left for people."""
    snooze_ms: Ms = 1_800_000
    """How long a callback rests when the customer presses the key for later."""
    greeting: tuple[str, ...] = ("callback_greeting",)
    """What a customer hears who is called first: 1 talk now, 2 later, 3 not any more."""
    slot_ms: Ms = 900_000
    """How long a slot for callbacks at a certain time is."""
    per_slot: int = 0
    """The most callbacks in one slot; 0: any number."""
