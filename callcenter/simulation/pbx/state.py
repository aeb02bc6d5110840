"""What the modelled Asterisk has: channels, bridges, playbacks, applications, phones."""

import itertools
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from callcenter.simulation.scheduler import Scheduler, Timer

Json = dict[str, Any]
"""A JSON object as Asterisk writes it."""


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a REST request; ``body`` is None for 204."""

    status: int
    body: Any = None


Reply = Callable[[Response], None]


class FarEnd(Protocol):
    """The phone at the other end of a channel."""

    def was_answered(self) -> None:
        """Asterisk answered this phone's call."""
        ...

    def was_ended(self, cause: int) -> None:
        """The call is over for this phone; ``cause`` is a Q.850 cause."""
        ...

    def hears(self, source: str) -> None:
        """What the phone hears has changed; ``media`` names the sources."""
        ...


class Phone(Protocol):
    """A registered endpoint: what can be rung."""

    def is_registered(self) -> bool:
        """Say whether Asterisk has a contact for it."""
        ...

    def invite(self, channel: "Channel") -> FarEnd:
        """Take an incoming call; what it does about it comes later, through the model."""
        ...


@dataclass(slots=True)
class Party:
    """A name and number as Asterisk shows them."""

    name: str = ""
    number: str = ""


@dataclass(slots=True)
class Dialplan:
    """Where a channel is in the dialplan."""

    context: str
    exten: str
    priority: int
    app_name: str
    app_data: str


@dataclass(slots=True)
class Command:
    """Something queued for a channel's own thread: it waits for the end of a running prompt."""

    run: Callable[[], None]
    when_dead: Callable[[], None] | None = None
    """How the waiting request is answered if the channel ends first."""


@dataclass(slots=True, eq=False)
class Playback:
    """A list of media being played on a channel or a bridge."""

    id: str
    media: list[str]
    target_uri: str
    apps: tuple[str, ...]
    language: str = "en"
    index: int = 0
    state: str = "queued"
    cancelled: bool = False
    timer: Timer | None = None
    on_end: Callable[[], None] | None = None


@dataclass(slots=True, eq=False)
class Channel:
    """One channel."""

    id: str
    name: str
    endpoint: str
    inbound: bool
    state: str
    caller: Party
    connected: Party
    dialplan: Dialplan
    created_at: float
    protocol_id: str
    presentation: str = "allowed"
    variables: dict[str, str] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    """Names of the variables that are shown as ``channelvars``: the PBX's own and report_events."""
    app: str | None = None
    """The Stasis application the channel is in."""
    originated_by: str | None = None
    """The application that hears of this channel until it is destroyed."""
    app_args: list[str] = field(default_factory=list)
    bridge: "Bridge | None" = None
    commands: deque[Command] = field(default_factory=deque)
    playing: Playback | None = None
    music: bool = False
    ringback: bool = False
    """A leg that was answered hears the ringing tone."""
    is_holding_participant: bool = False
    """Entered its holding bridge with the role that brings music; without, there is silence."""
    lease: Timer | None = None
    lease_ends_at: float | None = None
    when_lease_ends: Callable[[], None] | None = None
    """The dialplan's T; None for a leg that has no dialplan behind it."""
    dial_timer: Timer | None = None
    far_end: FarEnd | None = None
    answering: bool = False
    """The phone has sent its 200, the channel is not Up yet."""
    hanging_up: bool = False
    ended: bool = False
    media: "list[tuple[float, str]]" = field(default_factory=list)
    """What the phone hears from each instant on, oldest first."""


@dataclass(slots=True, eq=False)
class Bridge:
    """A mixing or holding bridge."""

    id: str
    type: str
    name: str
    created_at: float
    channels: list[Channel] = field(default_factory=list)
    music: bool = False
    playing: Playback | None = None
    playbacks: deque[Playback] = field(default_factory=deque)
    announcer_id: str = ""
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Session:
    """One event websocket; it may carry several applications."""

    deliver: Callable[[Json], None]
    app_names: list[str]
    on_closed: Callable[[], None] | None = None
    """Called when Asterisk closes it: a crash."""
    connected: bool = True


@dataclass(slots=True, eq=False)
class App:
    """A Stasis application: it stays, inactive, while it still has channels or bridges."""

    name: str
    session: Session | None = None
    allowed: list[str] = field(default_factory=list)
    disallowed: list[str] = field(default_factory=list)
    bridge_interest: Counter[str] = field(default_factory=Counter)
    subscriptions: set[str] = field(default_factory=set)
    """Extra event sources: "channel:<id>", "bridge:<id>", "endpoint:<tech>/<resource>"."""
    last_delivery_at: float = 0.0


@dataclass(slots=True, eq=False)
class Broadcast:
    """A StasisBroadcast that waits for a claim."""

    channel: Channel
    timer: Timer | None
    winner: str | None = None


def prompt_length_ms(media_uri: str) -> int | None:
    """Return how long a file plays in the model, or None if there is no such file.

    Any name exists, except those with "missing" in them; the length (0.5 to 4 s) grows with it.
    """
    kind, _, name = media_uri.partition(":")
    if kind not in {"sound", "digits", "number", "characters", "tone"} or "missing" in name:
        return None
    return 500 if kind != "sound" or "digits" in name else min(4_000, 900 + 100 * len(name))


@dataclass(frozen=True, slots=True)
class DialplanRules:
    """What the shipped dialplan does with a caller."""

    context: str = "from-trunk"
    fallback_context: str = "cc-fallback"
    lease_ms: int = 45_000
    beat_limit_s: int = 8
    broadcast_ms: int = 1_200
    app_pattern: str = "^cc-"
    fallback_ms: int = 240_000
    """How long the fallback keeps a caller whom nobody answers there."""
    channelvars: tuple[str, ...] = ("CC_DID", "CC_PRES")
    """Variables that ari.conf shows on every channel; "" where they are not set."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Ranges of the random delays, milliseconds. Small, so that orders vary as they really do."""

    event: tuple[float, float] = (0.1, 1.5)
    reply: tuple[float, float] = (0.3, 2.0)
    originate: tuple[float, float] = (0.2, 1.5)
    """From the request to the existence of the channel."""
    ending: tuple[float, float] = (0.2, 1.5)
    """From the hangup request to the end of the channel."""
    phone: tuple[float, float] = (0.5, 3.0)
    """One way between Asterisk and a phone."""


@dataclass(slots=True, eq=False)
class Pbx:
    """The whole state, and the two things it takes from outside: time and chance."""

    scheduler: Scheduler
    random: Random
    dialplan: DialplanRules = field(default_factory=DialplanRules)
    delays: Delays = field(default_factory=Delays)
    prompt_ms: Callable[[str], int | None] = prompt_length_ms
    channels: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, Bridge] = field(default_factory=dict)
    playbacks: dict[str, Playback] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    broadcasts: dict[str, Broadcast] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    """Endpoints by name, "PJSIP/agent1"."""
    variables: dict[str, str] = field(default_factory=lambda: {"CC_BEAT": "0"})
    mailbox: list[str] = field(default_factory=list)
    """Callers who were asked to leave a message, by channel."""
    fallbacks: list[tuple[str, str]] = field(default_factory=list)
    """Channels that came to the fallback, each with why: "beat", "unclaimed", "lease"..."""
    taken: list[str] = field(default_factory=list)
    """Callers who entered an application: whoever claimed them has them."""
    refused_ids: int = 0
    """Channel ids answered 409: each spoils the real Asterisk's channel count."""
    started_at: float = 0.0
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    entity_id: str = "02:00:00:00:00:01"

    def now(self) -> float:
        """Return the instant, milliseconds since 1970."""
        return self.scheduler.now_ms()

    def later(self, delay_ms: float, action: Callable[[], None]) -> Timer:
        """Plan an action."""
        return self.scheduler.call_later(delay_ms, action)

    def soon(self, span: tuple[float, float], action: Callable[[], None]) -> Timer:
        """Plan an action after a random delay from the span."""
        return self.scheduler.call_later(self.random.uniform(*span), action)

    def new_unique_id(self) -> str:
        """Return an id as Asterisk makes them: seconds, a dot, a counter."""
        return f"{int(self.now() / 1_000)}.{next(self.numbers)}"
