"""What pages show: entities that are replaced whole when they change.

A page subscribes to a topic, gets a snapshot of its entities, and then changes with sequence
numbers. Each entity has a ``kind`` (its class) and an ``id`` that is unique within the kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callcenter.ports.directory import Candidate, CustomerCard


class AgentState(StrEnum):
    """How an agent is shown: the choice and what is happening in one word."""

    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    RESTING = "resting"
    """Ready, but not offered calls for some seconds after one that was not taken."""
    LOST = "lost"
    """Ready, but the page has vanished: not offered calls."""
    LOGGED_OUT = "logged_out"
    NOT_ANSWERING = "not_answering"
    """Paused by the service after too many calls in a row that were not answered."""


class CallPhase(StrEnum):
    """Where a call is, as pages show it."""

    IVR = "ivr"
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    LATER = "later"
    """A callback that waits for its time."""
    CONNECTING = "connecting"
    """The agent answered and hears whose call it is; the caller follows."""


@dataclass(frozen=True, slots=True)
class MyAgent:
    """The agent whose page it is. Topic "desk"; one, with the agent's id."""

    id: str
    name: str
    state: AgentState
    since_at: int
    pause_reason: str
    next_status: str
    """What is to follow the call at hand: "", "ready", "paused: lunch", "log out"."""
    station: str
    answers_by_click: bool
    resting_until: int | None
    misses: int = 0
    """Calls in a row that were shown, rang, and were not answered."""


@dataclass(frozen=True, slots=True)
class DeskCall:
    """The call that the agent is offered, talks in, or wraps up: the pop. Topic "desk"."""

    id: str
    phase: CallPhase
    ani: str
    """The caller's number, or "" if withheld."""
    presentation: str
    caller_name: str
    """The person's name if matched, else the network's."""
    match_status: str
    party_id: str
    candidates: Sequence[Candidate]
    dnis: str
    service: str
    queue_name: str
    menu_path: Sequence[str]
    waited_ms: int
    """How long the caller had waited when the phone began to ring."""
    offered_at: int
    answered_at: int | None
    ended_at: int | None
    wrap_up_until: int | None
    card: CustomerCard | None
    offer_id: str = ""
    """The offer that rings, which the page says it shows; "" when none does."""
    extensions_left: int = 0
    """How often the agent may still ask for more time for the wrap-up."""
    extension_ms: int = 0
    """How much more each time."""


@dataclass(frozen=True, slots=True)
class MyQueue:
    """A queue that the agent works. Topic "desk"."""

    id: str
    name: str
    waiting: int
    oldest_entered_at: int | None


@dataclass(frozen=True, slots=True)
class LeftCount:
    """How many callers left a queue for one reason."""

    reason: str
    """As in the record's segments: "timed_out", "closed", "waited"."""
    count: int


@dataclass(frozen=True, slots=True)
class FloorQueue:
    """A queue as a supervisor sees it. Topic "floor"."""

    id: str
    name: str
    waiting: int
    oldest_entered_at: int | None
    ready: int
    talking: int
    wrap_up: int
    paused: int
    lost: int
    offered_today: int
    """Callers who entered since midnight of the node's time zone."""
    answered_today: int
    abandoned_today: int
    in_time_today: int
    """Answered within the service level's threshold."""
    service_level_s: int
    estimates: int = 0
    """Answered callers whose wait was estimated at entry; the rest is of the last 1000 or so."""
    estimate_error_s: int = 0
    """How far off the likely wait was on average, to either side."""
    estimate_bias_s: int = 0
    """The same with its sign: over 0, too long was expected."""
    estimate_coverage: float = 0.0
    """Share of the real waits within the range; 0.6 is to be expected."""
    is_open: bool = True
    changes_at: int | None = None
    """When its hours open or close it; None: never, or not before somebody opens it."""
    closed_by: str = ""
    """Who closed it early; empty: nobody."""
    closed_reason: str = ""
    left_today: Sequence[LeftCount] = ()
    """Callers who left without an agent and without hanging up."""


@dataclass(frozen=True, slots=True)
class FloorAgent:
    """An agent as a supervisor sees them. Topic "floor"."""

    id: str
    name: str
    state: AgentState
    since_at: int
    pause_reason: str
    queue_ids: Sequence[str]
    station: str
    call_id: str
    page_connected: bool


@dataclass(frozen=True, slots=True)
class FloorCall:
    """A call in progress as a supervisor sees it. Topic "floor"."""

    id: str
    phase: CallPhase
    ani: str
    caller_name: str
    dnis: str
    service: str
    queue_id: str
    agent_id: str
    since_at: int
    """Start of the phase; of the wait, for one who waits or is being offered."""
    arrived_at: int
    priority: int


@dataclass(frozen=True, slots=True)
class FloorNotice:
    """Something about the service itself that supervisors should know. Topic "floor"."""

    id: str
    text: str
    """A sentence for people."""
    since_at: int


DeskEntity = MyAgent | DeskCall | MyQueue
FloorEntity = FloorQueue | FloorAgent | FloorCall | FloorNotice
Entity = DeskEntity | FloorEntity
