"""A flow, its nodes, and a caller's place in it. All of it is data and can be stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr_flows.faults import Marks


@dataclass(frozen=True, slots=True)
class Say:
    """Play prompts to their end, then go on."""

    prompts: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Play prompts and take one key; the key may interrupt the prompts."""

    prompts: tuple[str, ...]
    keys: Mapping[str, str]
    """Key ("0".."9", "*", "#") to the node it leads to."""
    otherwise: str
    """Where a caller goes who pressed nothing or a wrong key in every attempt."""
    timeout_ms: int = 5_000
    """How long to wait for a key after the prompts."""
    attempts: int = 3
    wrong_key: tuple[str, ...] = ()
    """Prompts before the menu is repeated after a wrong key."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Put the caller into a queue; only a caller whom no agent took comes back."""

    queue: str
    timed_out: str
    """The node after the longest wait."""
    unstaffed: str
    """The node when nobody is logged in for the queue."""
    priority: int = 0
    """Higher goes first."""
    requires: Mapping[str, int] = field(default_factory=dict)
    """Skill name to the least level, 1 to 10."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key to the node it leads to while the caller waits; the place in line is kept."""
    prefers: Mapping[str, int] = field(default_factory=dict)
    """Skill name to how much it weighs, 1 to 10: who has more of it is asked first."""
    forbids: tuple[str, ...] = ()
    """Skills of agents who must not take the call."""
    closed: str = ""
    """The node when the queue is closed; empty: as when it is not staffed."""
    full: str = ""
    """The node when too many wait already; empty: the same."""


@dataclass(frozen=True, slots=True)
class Back:
    """Return to the queue that the caller still waits in, after prompts if there are any."""

    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Go on according to whether a queue is open; holds nobody."""

    queue: str
    open: str
    closed: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Open a service request for the caller, then go on."""

    subject: str
    kind: str
    next: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Leave a task for the team to call this caller back, then go on."""

    subject: str
    next: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call, after prompts if there are any."""

    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digits:
    """Take a number that the caller keys; # ends it, * begins it anew."""

    prompts: tuple[str, ...]
    next: str
    otherwise: str
    """Where a caller goes who keyed too little in every attempt."""
    timeout_ms: int = 8_000
    """How long to wait for each key."""
    attempts: int = 3
    least: int = 5
    most: int = 17
    """With so many digits it is complete."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Promise the caller a call back, at the place in line that they have; holds nobody."""

    queue: str
    taken: str
    """The node when it was promised; the caller does not wait any more."""
    refused: str
    """The node when it cannot be: no number, one that may not be called, or no slot is free."""
    number: str = "shown"
    """"shown" by the network, or "keyed" at a node with digits before."""
    after_ms: int = 0
    """Not before so long from now; 0: as soon as it would have been the caller's turn."""


Node = Say | Menu | Queue | Hours | OpenRequest | FollowUp | HangUp | Back | Digits | Callback


@dataclass(frozen=True, slots=True)
class Flow:
    """A checked flow: every node that is named exists."""

    flow_id: str
    version: str
    """A digest of the source text: a call goes on in the version it began with."""
    start: str
    nodes: Mapping[str, Node]
    source: str = ""
    """The file it came from, for messages."""
    marks: Marks = field(default_factory=Marks, compare=False, repr=False)
    """Where its nodes stand in that file, for messages."""


class Awaiting(StrEnum):
    """What the session waits for."""

    PROMPT = "prompt"
    KEY = "key"
    QUEUE = "queue"
    ANSWER = "answer"
    """Whether a queue is open; it is there within the same turn."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Session:
    """A caller's place in a flow: data, not a suspended coroutine, so it survives a crash."""

    flow_id: str
    version: str
    node_id: str
    awaiting: Awaiting
    attempt: int = 1
    """Which try at the current menu, from 1."""
    path: tuple[str, ...] = ()
    """The menu path for people: "main_menu: 2"."""
    waiting_at: str = ""
    """The queue's node, while the caller has gone aside by a key and keeps the place; else ""."""
    keyed: str = ""
    """The digits that the caller has keyed at the last node that takes a number."""
