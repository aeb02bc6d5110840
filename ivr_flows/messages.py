"""What can happen to a caller in a flow, and what the flow asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """The prompts have been played, or could not be played."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key: "0".."9", "*", "#" or "A".."D"."""

    key: str


@dataclass(frozen=True, slots=True)
class KeyTimedOut:
    """No key came in the menu's time."""


class QueueExit(StrEnum):
    """Why a caller left the queue without an agent."""

    TIMED_OUT = "timed_out"
    UNSTAFFED = "unstaffed"
    CLOSED = "closed"
    """It was closed when the caller came."""
    FULL = "full"
    """As many waited there as may, when the caller came."""
    CLOSING = "closing"
    """It closed while the caller waited."""
    WAITED = "waited"
    """For as long as a rule for overflow says."""
    POSITION = "position"
    """Too far behind in line."""
    SERVICE_LEVEL = "service_level"
    """Too few were served in time of late."""
    CALLBACK = "callback"
    """Will be called back; the flow knows, and is not told."""
    LEFT = "left"
    """By a key that led elsewhere; the flow knows, and is not told."""


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The queue gave the caller back."""

    reason: QueueExit


@dataclass(frozen=True, slots=True)
class OpenTold:
    """Whether the queue that was asked for is open."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class CallbackTold:
    """Whether the caller will be called back."""

    is_promised: bool


Event = PromptEnded | KeyPressed | KeyTimedOut | QueueLeft | OpenTold | CallbackTold


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts in this order; ``PromptEnded`` follows. A later action replaces it."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Wait for a key in silence; ``KeyTimedOut`` follows after the time."""

    timeout_ms: int


@dataclass(frozen=True, slots=True)
class EnterQueue:
    """Put the caller into a queue."""

    queue: str
    priority: int = 0
    requires: Mapping[str, int] = field(default_factory=dict)
    prefers: Mapping[str, int] = field(default_factory=dict)
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskForRequest:
    """Open a service request for this caller."""

    subject: str
    kind: str


@dataclass(frozen=True, slots=True)
class AskForFollowUp:
    """Leave a follow-up task."""

    subject: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up."""


@dataclass(frozen=True, slots=True)
class AskIfOpen:
    """Find out whether a queue is open; ``OpenTold`` follows at once."""

    queue: str


@dataclass(frozen=True, slots=True)
class AskForCallback:
    """Promise the caller a call back; ``CallbackTold`` follows at once."""

    queue: str
    number: str = ""
    """The number that the caller keyed; empty: the one the network shows."""
    after_ms: int = 0
    """Not before so long from now."""


@dataclass(frozen=True, slots=True)
class WaitOn:
    """Return to the queue that the caller waits in; nothing plays any more."""


Action = (
    Play
    | AwaitKey
    | EnterQueue
    | AskForRequest
    | AskForFollowUp
    | EndCall
    | AskIfOpen
    | WaitOn
    | AskForCallback
)
