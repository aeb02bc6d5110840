"""The YAML form of each node: what may be written, and the node it makes."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ivr_flows.durations import Duration
from ivr_flows.model import (
    Back,
    Callback,
    Digits,
    FollowUp,
    HangUp,
    Hours,
    Menu,
    Node,
    OpenRequest,
    Queue,
    Say,
)
from ivr_flows.shapes import Within

NAME_PATTERN = r"^[^\W\d][\w-]{0,63}\Z"
Name = Annotated[
    str,
    Meta(
        pattern=NAME_PATTERN,
        description="a name: a letter, then up to 63 letters, digits, _ or -",
    ),
]
MaybeName = Annotated[
    str, Meta(pattern=r"^([^\W\d][\w-]{0,63})?\Z", description="the name of a node, or nothing")
]
Subject = Annotated[
    str, Meta(min_length=1, max_length=200, description="a subject of 1 to 200 characters")
]
Key = Annotated[
    str, Meta(pattern=r"^[0-9*#]\Z", description='a key of the phone: "0" to "9", * or #')
]
Level = Annotated[int, Meta(ge=1, le=10, description="a skill level, a whole number from 1 to 10")]
Priority = Annotated[int, Meta(ge=-100, le=100, description="a whole number from -100 to 100")]
Attempts = Annotated[int, Meta(ge=1, le=10, description="a whole number from 1 to 10")]
Timeout = Annotated[Duration, Within(500, 120_000)]
DigitCount = Annotated[int, Meta(ge=1, le=30, description="a whole number from 1 to 30")]
CallbackTime = Annotated[Duration, Within(0, 30 * 86_400_000)]
Prompts = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=20)]
MaybePrompts = Annotated[tuple[Name, ...], Meta(max_length=20)]


class SayForm(msgspec.Struct, frozen=True):
    """``{say: [welcome], next: menu}``."""

    say: Prompts
    next: Name

    def node(self) -> Node:
        """Return the node that this form means."""
        return Say(self.say, self.next)


class MenuBody(msgspec.Struct, frozen=True):
    """What stands under ``menu:``."""

    prompts: Prompts
    keys: Annotated[dict[Key, Name], Meta(min_length=1)]
    otherwise: Name
    timeout: Timeout = Duration(5_000)
    attempts: Attempts = 3
    wrong_key: MaybePrompts = ()


class MenuForm(msgspec.Struct, frozen=True):
    """``{menu: {prompts: [...], keys: {"1": sales}, otherwise: support}}``."""

    menu: MenuBody

    def node(self) -> Node:
        """Return the node that this form means."""
        body = self.menu
        return Menu(
            prompts=body.prompts,
            keys=body.keys,
            otherwise=body.otherwise,
            timeout_ms=int(body.timeout),
            attempts=body.attempts,
            wrong_key=body.wrong_key,
        )


class QueueBody(msgspec.Struct, frozen=True):
    """What stands under ``queue:``."""

    name: Name
    timed_out: Name
    unstaffed: Name
    priority: Priority = 0
    requires: dict[Name, Level] = {}
    closed: MaybeName = ""
    full: MaybeName = ""
    prefers: dict[Name, Level] = {}
    forbids: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    keys: dict[Key, Name] = {}


class QueueForm(msgspec.Struct, frozen=True):
    """``{queue: {name: sales, timed_out: sorry, unstaffed: closed}}``."""

    queue: QueueBody

    def node(self) -> Node:
        """Return the node that this form means."""
        body = self.queue
        return Queue(
            queue=body.name,
            timed_out=body.timed_out,
            unstaffed=body.unstaffed,
            priority=body.priority,
            requires=body.requires,
            closed=body.closed,
            full=body.full,
            prefers=body.prefers,
            forbids=body.forbids,
            keys=body.keys,
        )


class HoursBody(msgspec.Struct, frozen=True):
    """What stands under ``hours:``."""

    queue: Name
    open: Name
    closed: Name


class HoursForm(msgspec.Struct, frozen=True):
    """``{hours: {queue: sales, open: menu, closed: sorry}}``."""

    hours: HoursBody

    def node(self) -> Node:
        """Return the node that this form means."""
        return Hours(self.hours.queue, self.hours.open, self.hours.closed)


class RequestBody(msgspec.Struct, frozen=True):
    """What stands under ``request:``."""

    subject: Subject
    kind: Name


class RequestForm(msgspec.Struct, frozen=True):
    """``{request: {subject: ..., kind: request}, next: thanks}``."""

    request: RequestBody
    next: Name

    def node(self) -> Node:
        """Return the node that this form means."""
        return OpenRequest(self.request.subject, self.request.kind, self.next)


class FollowUpBody(msgspec.Struct, frozen=True):
    """What stands under ``follow_up:``."""

    subject: Subject


class FollowUpForm(msgspec.Struct, frozen=True):
    """``{follow_up: {subject: ...}, next: sorry}``."""

    follow_up: FollowUpBody
    next: Name

    def node(self) -> Node:
        """Return the node that this form means."""
        return FollowUp(self.follow_up.subject, self.next)


class HangUpForm(msgspec.Struct, frozen=True):
    """``{hang_up: [goodbye]}`` or ``{hang_up: []}``."""

    hang_up: MaybePrompts

    def node(self) -> Node:
        """Return the node that this form means."""
        return HangUp(self.hang_up)


class BackForm(msgspec.Struct, frozen=True):
    """``{back: [please_wait]}`` or ``{back: []}``."""

    back: MaybePrompts

    def node(self) -> Node:
        """Return the node that this form means."""
        return Back(self.back)


class DigitsBody(msgspec.Struct, frozen=True):
    """What stands under ``digits:``."""

    prompts: Prompts
    next: Name
    otherwise: Name
    timeout: Timeout = Duration(8_000)
    attempts: Attempts = 3
    least: DigitCount = 5
    most: DigitCount = 17


class DigitsForm(msgspec.Struct, frozen=True):
    """``{digits: {prompts: [key_your_number], next: ask, otherwise: sorry}}``."""

    digits: DigitsBody

    def node(self) -> Node:
        """Return the node that this form means."""
        body = self.digits
        limits = (int(body.timeout), body.attempts, body.least, max(body.least, body.most))
        return Digits(body.prompts, body.next, body.otherwise, *limits)


class CallbackBody(msgspec.Struct, frozen=True):
    """What stands under ``callback:``."""

    queue: Name
    taken: Name
    refused: Name
    number: Literal["shown", "keyed"] = "shown"
    after: CallbackTime = Duration(0)


class CallbackForm(msgspec.Struct, frozen=True):
    """``{callback: {queue: sales, taken: promised, refused: please_wait}}``."""

    callback: CallbackBody

    def node(self) -> Node:
        """Return the node that this form means."""
        body = self.callback
        return Callback(body.queue, body.taken, body.refused, body.number, int(body.after))


Form = (
    SayForm
    | MenuForm
    | QueueForm
    | HoursForm
    | RequestForm
    | FollowUpForm
    | HangUpForm
    | BackForm
    | DigitsForm
    | CallbackForm
)

FORMS: Mapping[str, type[Form]] = {
    "say": SayForm,
    "menu": MenuForm,
    "queue": QueueForm,
    "hours": HoursForm,
    "request": RequestForm,
    "follow_up": FollowUpForm,
    "hang_up": HangUpForm,
    "back": BackForm,
    "digits": DigitsForm,
    "callback": CallbackForm,
}
