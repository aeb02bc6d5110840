"""The CRM's record of calls, written by the projector from the journal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from callcenter.core.call.messages import (
    EndedBy,
    MatchStatus,
    Outcome,
    Presentation,
)
from callcenter.core.ids import AgentId, CallId, LegId, Ms, PartyId, QueueId


class SegmentKind(StrEnum):
    """A stretch of a call."""

    IVR = "ivr"
    QUEUE = "queue"
    RING = "ring"
    DIAL = "dial"
    """A customer's phone rings: we call back."""
    TALK = "talk"
    WRAP = "wrap"


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a call. A ring that nobody took is a segment, never a call of its own."""

    seq: int
    """From 1, in order of start."""
    kind: SegmentKind
    started_at: Ms
    ended_at: Ms | None
    end_reason: str
    """Such as "connected", "no_answer", "refused", "unreachable", "caller_hung_up", "late"."""
    queue_id: QueueId | None = None
    agent_id: AgentId | None = None
    agent_name: str = ""
    station: str = ""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A service request that the call opened."""

    number: int
    """Counts those of the call, from 1: with the call id it makes the request's key."""
    kind: str
    subject: str
    description: str
    opened_at: Ms
    opened_by: AgentId | None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as the CRM keeps it: an interaction, its segments, and exactly one activity."""

    call_id: CallId
    leg_id: LegId
    ani: str | None
    presentation: Presentation
    ani_name: str
    dnis: str
    service: str
    arrived_at: Ms
    answered_at: Ms | None
    """When an agent and the caller first talked."""
    ended_at: Ms | None
    outcome: Outcome | None
    """None while the caller is on the line."""
    ended_by: EndedBy | None
    cause: str
    menu_path: tuple[str, ...]
    queue_id: QueueId | None
    """The last queue."""
    queue_name: str
    agent_id: AgentId | None
    """The last agent who talked."""
    agent_name: str
    match_status: MatchStatus
    party_id: PartyId | None
    party_name: str
    confirmed_by: AgentId | None
    wait_ms: Ms
    talk_ms: Ms
    wrap_up_ms: Ms
    disposition: str | None
    note: str
    wrap_up_late: bool
    closed: bool
    segments: Sequence[Segment] = field(default_factory=tuple)
    requests: Sequence[RequestRecord] = field(default_factory=tuple)
    follow_up: str | None = None
    """Subject of the follow-up task, if one was left."""
    follow_up_at: Ms | None = None
    callback_of: CallId | None = None
    """The call in which this callback was asked for."""
    is_callback: bool = False
    """We called; else somebody called us."""


class RecordsUnavailable(Exception):
    """The CRM database does not take writes now; the projector waits and tries again."""


class Records(Protocol):
    """Where the projector writes."""

    async def cursor(self, journal_id: str) -> int:
        """Return the last journal sequence whose consequences are stored; 0 for a new journal."""
        ...

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        """Store the records and the cursor in one transaction; writing a record again replaces it.

        One interaction and one activity per call id, whatever happens. Raises RecordsUnavailable,
        also when the store has lost what was written before: ask for the cursor, and go on there.
        """
        ...
