"""Frames between a page and the service, and bodies of the HTTP interface.

This module is the source of the page's TypeScript types (``agent_ui/src/gen/wire.ts``, written by
``scripts/write_wire_types.py``; ``make check`` fails when it is stale).
"""

from collections.abc import Sequence

import msgspec

from callcenter.adapters.web.why_bodies import Why as Why
from callcenter.adapters.web.why_bodies import WhyWaiting as WhyWaiting
from callcenter.ports.accounts import Role
from callcenter.ports.desk import (
    DeskCall,
    FloorAgent,
    FloorCall,
    FloorNotice,
    FloorQueue,
    MyAgent,
    MyQueue,
)

PROTOCOL = 2
"""Counts incompatible changes; the page reloads itself when it differs."""


class MyAgentItem(msgspec.Struct, tag="me", tag_field="kind", frozen=True):
    """The agent whose page it is."""

    value: MyAgent


class DeskCallItem(msgspec.Struct, tag="desk_call", tag_field="kind", frozen=True):
    """The pop."""

    value: DeskCall


class MyQueueItem(msgspec.Struct, tag="my_queue", tag_field="kind", frozen=True):
    """A queue of the agent's."""

    value: MyQueue


class FloorQueueItem(msgspec.Struct, tag="floor_queue", tag_field="kind", frozen=True):
    """A queue on the floor."""

    value: FloorQueue


class FloorAgentItem(msgspec.Struct, tag="floor_agent", tag_field="kind", frozen=True):
    """An agent on the floor."""

    value: FloorAgent


class FloorCallItem(msgspec.Struct, tag="floor_call", tag_field="kind", frozen=True):
    """A call on the floor."""

    value: FloorCall


class FloorNoticeItem(msgspec.Struct, tag="floor_notice", tag_field="kind", frozen=True):
    """A notice about the service."""

    value: FloorNotice


Item = (
    MyAgentItem
    | DeskCallItem
    | MyQueueItem
    | FloorQueueItem
    | FloorAgentItem
    | FloorCallItem
    | FloorNoticeItem
)


class Removed(msgspec.Struct, frozen=True):
    """An entity that is not there any more."""

    kind: str
    id: str


# ---------------------------------------------------------------- service to page


class Hello(msgspec.Struct, tag="hello", tag_field="type", frozen=True):
    """The first frame."""

    protocol: int
    now: int
    """The service's clock, ms since 1970: the page shows times by it."""


class Snapshot(msgspec.Struct, tag="snapshot", tag_field="type", frozen=True):
    """All entities of a topic; replaces what the page has of it."""

    topic: str
    epoch: str
    """Changes when the service is restarted: sequence numbers begin anew."""
    seq: int
    now: int
    items: Sequence[Item]


class Changes(msgspec.Struct, tag="changes", tag_field="type", frozen=True):
    """What changed in a topic; ``seq`` is one more than that of the frame before."""

    topic: str
    seq: int
    now: int
    items: Sequence[Item]
    removed: Sequence[Removed]


class Done(msgspec.Struct, tag="done", tag_field="type", frozen=True):
    """A request was carried out."""

    request: int


class Refused(msgspec.Struct, tag="refused", tag_field="type", frozen=True):
    """A request was refused, and why, in words for people."""

    request: int
    reason: str


class Closing(msgspec.Struct, tag="closing", tag_field="type", frozen=True):
    """The service closes this socket: "taken_over", "logged_out", "too_slow", "stopping"."""

    reason: str


ServerFrame = Hello | Snapshot | Changes | Done | Refused | Closing

# ---------------------------------------------------------------- page to service


class Subscribe(msgspec.Struct, tag="subscribe", tag_field="type", frozen=True):
    """Follow a topic ("desk" or "floor"), from where the page left off if the service still can."""

    topic: str
    epoch: str = ""
    seq: int = 0


class Ready(msgspec.Struct, tag="ready", tag_field="type", frozen=True):
    """Take calls."""

    request: int


class Pause(msgspec.Struct, tag="pause", tag_field="type", frozen=True):
    """Take no more calls."""

    request: int
    reason: str


class LogOut(msgspec.Struct, tag="log_out", tag_field="type", frozen=True):
    """Stop work."""

    request: int


class Answer(msgspec.Struct, tag="answer", tag_field="type", frozen=True):
    """Pick up by a click."""

    request: int
    call_id: str


class HangUp(msgspec.Struct, tag="hang_up", tag_field="type", frozen=True):
    """End the call."""

    request: int
    call_id: str


class RequestDraft(msgspec.Struct, frozen=True):
    """A service request to open."""

    kind: str
    subject: str
    description: str = ""


class WrapUp(msgspec.Struct, tag="wrap_up", tag_field="type", frozen=True):
    """File the after-call work."""

    request: int
    call_id: str
    disposition: str
    note: str = ""
    service_request: RequestDraft | None = None


class ConfirmPerson(msgspec.Struct, tag="confirm_person", tag_field="type", frozen=True):
    """Say who the caller is, from the candidates."""

    request: int
    call_id: str
    party_id: str


class CloseQueue(msgspec.Struct, tag="close_queue", tag_field="type", frozen=True):
    """Close a queue before its time; for supervisors."""

    request: int
    queue_id: str
    reason: str


class ReopenQueue(msgspec.Struct, tag="reopen_queue", tag_field="type", frozen=True):
    """Take an early closing back; for supervisors."""

    request: int
    queue_id: str


class Pick(msgspec.Struct, tag="pick", tag_field="type", frozen=True):
    """Take a waiting caller from the list, in a queue whose callers are picked by hand."""

    request: int
    call_id: str


class Bump(msgspec.Struct, tag="bump", tag_field="type", frozen=True):
    """Put a waiting caller before all others; for supervisors."""

    request: int
    call_id: str


class OfferShown(msgspec.Struct, tag="offer_shown", tag_field="type", frozen=True):
    """The page shows the call that is offered: only now can the agent miss it."""

    request: int
    call_id: str
    offer_id: str


class ExtendWrapUp(msgspec.Struct, tag="extend_wrap_up", tag_field="type", frozen=True):
    """Ask for more time for the after-call work."""

    request: int
    call_id: str


class ChooseDisposition(msgspec.Struct, tag="choose_disposition", tag_field="type", frozen=True):
    """Say how the call ended before it is filed: some outcomes have a time limit of their own."""

    request: int
    call_id: str
    disposition: str


class CallBack(msgspec.Struct, tag="call_back", tag_field="type", frozen=True):
    """Promise the customer of the agent's call a call back, after so many milliseconds."""

    request: int
    call_id: str
    after_ms: int = 0


ClientFrame = (
    Subscribe
    | Ready
    | Pause
    | LogOut
    | Answer
    | HangUp
    | WrapUp
    | ConfirmPerson
    | CloseQueue
    | ReopenQueue
    | Pick
    | Bump
    | OfferShown
    | ExtendWrapUp
    | ChooseDisposition
    | CallBack
)

# ---------------------------------------------------------------- HTTP bodies


class LogIn(msgspec.Struct, frozen=True):
    """POST /api/session; the session cookie is set on success."""

    login: str
    password: str


class DispositionItem(msgspec.Struct, frozen=True):
    """A choice in the wrap-up."""

    code: str
    label: str
    requires_note: bool


class SessionInfo(msgspec.Struct, frozen=True):
    """GET and POST /api/session: who is logged in, and what the page needs once."""

    user_id: str
    login: str
    name: str
    role: Role
    takes_calls: bool
    protocol: int
    pause_reasons: Sequence[str]
    dispositions: Sequence[DispositionItem]
    request_kinds: Sequence[str]


class Ticket(msgspec.Struct, frozen=True):
    """POST /api/ticket: lets one websocket in, once, within 30 s. /ws?ticket=..."""

    ticket: str


class StoryLine(msgspec.Struct, frozen=True):
    """One fact of a call in a sentence."""

    at: int
    kind: str
    """The fact's name."""
    text: str


class StorySegment(msgspec.Struct, frozen=True):
    """A stretch of a call."""

    kind: str
    started_at: int
    ended_at: int | None
    end_reason: str
    queue_id: str
    agent_name: str


class CallStory(msgspec.Struct, frozen=True):
    """GET /api/calls/{call_id}: one call from its facts."""

    call_id: str
    arrived_at: int
    ended_at: int | None
    ani: str
    caller_name: str
    dnis: str
    service: str
    queue_name: str
    agent_name: str
    outcome: str
    disposition: str
    note: str
    wrap_up_late: bool
    menu_path: Sequence[str]
    segments: Sequence[StorySegment]
    requests: Sequence[str]
    """Subjects of the service requests that the call opened."""
    follow_up: str
    facts: Sequence[StoryLine]


class CallListLine(msgspec.Struct, frozen=True):
    """A line of GET /api/calls?q=...&cursor=..."""

    call_id: str
    arrived_at: int
    ani: str
    caller_name: str
    service: str
    queue_name: str
    agent_name: str
    outcome: str
    disposition: str
    wait_ms: int
    talk_ms: int


class CallList(msgspec.Struct, frozen=True):
    """A page of the list of calls, newest first."""

    lines: Sequence[CallListLine]
    next_cursor: str | None


class ErrorBody(msgspec.Struct, frozen=True):
    """The body of every HTTP error."""

    error: str
    """A short code: "not_logged_in", "forbidden", "not_found", "bad_request", "foreign_origin"."""
    message: str
