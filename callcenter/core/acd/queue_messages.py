"""What happens to a queue: it opens and closes, and callers leave it without an agent."""

from dataclasses import dataclass

from callcenter.core.acd.overflow_rules import Target
from callcenter.core.ids import CallId, Ms, QueueId
from ivr_flows.messages import QueueExit


@dataclass(frozen=True, slots=True)
class QueueCloseRequested:
    """A supervisor closes a queue before its time."""

    queue_id: QueueId
    closed_by: str
    """A name for people."""
    reason: str


@dataclass(frozen=True, slots=True)
class QueueReopenRequested:
    """A supervisor takes an early closing back."""

    queue_id: QueueId
    opened_by: str


QueueInput = QueueCloseRequested | QueueReopenRequested


@dataclass(frozen=True, slots=True)
class OpennessAsked:
    """A flow asks whether a queue is open; ``OpennessTold`` follows in the same turn."""

    call_id: CallId
    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class OpennessTold:
    """Whether the queue is open."""

    call_id: CallId
    is_open: bool


@dataclass(frozen=True, slots=True)
class QueueGaveUp:
    """The queue gives the caller back."""

    call_id: CallId
    reason: QueueExit
    to: Target | None = None
    """Where the caller goes; None: on in the flow, by the exit for the reason."""
    until: Ms | None = None
    """For a callback: when the queue opens again; None: not known."""


# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class CallDequeued:
    """A caller does not wait any more."""

    at: Ms
    call_id: CallId
    queue_id: QueueId
    reason: str
    """"withdrawn", or a ``QueueExit``."""
    target: str = ""
    """Where the caller overflows to: "queue support"; empty: on in the flow, or nowhere."""


@dataclass(frozen=True, slots=True)
class QueueOpened:
    """A queue takes callers from now on."""

    at: Ms
    queue_id: QueueId
    until: Ms | None
    """When it closes by its hours; None: never."""
    opened_by: str = ""
    """Who took an early closing back; empty: its hours did it."""


@dataclass(frozen=True, slots=True)
class QueueClosed:
    """A queue takes no new callers from now on."""

    at: Ms
    queue_id: QueueId
    until: Ms | None
    """When it opens by its hours; None: never, or not before somebody opens it."""
    closed_by: str = ""
    """Who closed it before its time; empty: its hours did it."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OverflowConsidered:
    """A caller's wait was over for a rule whose other conditions did not hold."""

    at: Ms
    call_id: CallId


@dataclass(frozen=True, slots=True)
class StaffMissed:
    """Nobody who counts as staff is there for a waiting caller, who waits on for a while."""

    at: Ms
    call_id: CallId
    leaves_at: Ms


@dataclass(frozen=True, slots=True)
class StaffFound:
    """There is staff again for a caller who was about to leave."""

    at: Ms
    call_id: CallId


@dataclass(frozen=True, slots=True)
class CustomerWaits:
    """The customer of a callback is on the line: from now on they wait as any caller does."""

    at: Ms
    call_id: CallId


QueueFact = (
    CallDequeued
    | QueueOpened
    | QueueClosed
    | OverflowConsidered
    | StaffMissed
    | StaffFound
    | CustomerWaits
)
