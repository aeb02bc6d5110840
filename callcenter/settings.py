"""What can be written into the configuration file: one Struct for each section.

Field names are the keys, defaults stand for absent keys. ``callcenter.config`` reads and checks
them; docs/configuration.md explains each key.
"""

from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from callcenter.callback_settings import Callback, Outbound
from ivr_flows.durations import Duration
from ivr_flows.forms import Level, MaybeName, MaybePrompts, Name
from ivr_flows.shapes import Secret, Within

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

NodeName = Annotated[
    str, Meta(pattern=r"^[a-z0-9]{1,16}\Z", description="1 to 16 of the characters a-z and 0-9")
]
Label = Annotated[
    str, Meta(min_length=1, max_length=80, description="a text of 1 to 80 characters")
]
Context = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,79}\Z",
        description="a dialplan context: up to 79 letters, digits, _ or -",
    ),
]
Number = Annotated[
    str,
    Meta(
        pattern=r"^\+?[0-9*#]{1,20}\Z",
        description='a number as the trunk sends it: up to 20 digits, perhaps "+" in front',
    ),
]
FileName = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f]{0,1000}\Z",
        description="a file name of up to 1000 characters, without control characters",
    ),
]
Code = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_]{0,39}\Z",
        description="a code: up to 40 of the characters a-z, 0-9 and _",
    ),
]

FlowName = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z][A-Za-z0-9_-]{0,63})?\Z",
        description="the name of a flow, or nothing",
    ),
]
PromptName = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z][A-Za-z0-9_-]{0,63})?\Z",
        description="the name of a prompt, or nothing",
    ),
]
Times = Annotated[int, Meta(ge=0, le=100, description="a whole number from 0 to 100")]

Points = Annotated[int, Meta(ge=-100, le=100, description="a whole number from -100 to 100")]
AgentLevel = Annotated[int, Meta(ge=1, le=10, description="a level, a whole number from 1 to 10")]
EnoughLevel = Annotated[
    int, Meta(ge=0, le=10, description="a skill level, a whole number from 0 to 10")
]
StrategyName = Literal[
    "longest_idle",
    "round_robin",
    "fewest_calls",
    "least_talk",
    "top_down",
    "ring_all",
    "ring_progressively",
    "random",
    "weighted_random",
    "best_skill",
    "manual",
]

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the configuration; never changed after it is read."""


class Node(Section, frozen=True):
    """This process among others on the same PBX."""

    name: NodeName = "main"

    @property
    def application(self) -> str:
        """The name of our application in Asterisk."""
        return f"cc-{self.name}"


class Database(Section, frozen=True):
    """Where the CRM records are."""

    url: Secret = Secret("")
    """``sqlite:///file`` or ``postgresql://user:password@host/name``; it may hold a password."""


class Journal(Section, frozen=True):
    """The journal's file in ``data_dir``."""

    reserve_mib: Annotated[int, Meta(ge=1, le=100_000)] = 64
    """Room that is kept free for it: calls go on for so long when the disk is full."""


class Asterisk(Section, frozen=True):
    """How to reach the PBX."""

    user: str = ""
    password: Secret = Secret("")
    password_file: FileName = ""
    url: str = "http://127.0.0.1:8088"
    prompts: Literal["installed", "http"] = "installed"
    """Whether the prompts lie in Asterisk's sound folder or are fetched from us."""
    fallback_context: Context = "cc-fallback"
    waiting_lease: Annotated[Duration, Within(3_000, HOUR_MS)] = Duration(45_000)
    """After so long without us the dialplan takes back a caller in the menu or a queue."""
    talk_lease: Annotated[Duration, Within(3_000, 24 * HOUR_MS)] = Duration(10 * MINUTE_MS)
    """The same for both parties of a talk."""


class Watchdog(Section, frozen=True):
    """What ``callcenter watchdog`` does when the service gives no sign of life."""

    stale_after: Annotated[Duration, Within(1_000, 10 * MINUTE_MS)] = Duration(10_000)
    look_every: Annotated[Duration, Within(200, MINUTE_MS)] = Duration(3_000)
    calls_per_second: Annotated[int, Meta(ge=1, le=100)] = 20


class Web(Section, frozen=True):
    """The pages and the API."""

    listen: str = "127.0.0.1:8080"
    allow_plain_http: bool = False
    tls_certificate: FileName = ""
    tls_key: FileName = ""
    public_url: str = ""
    allowed_origins: tuple[str, ...] = ()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on; raises ValueError for what is not ``host:port``."""
        parts = urlsplit(f"//{self.listen}")
        if not parts.hostname or parts.port is None or "@" in self.listen:
            raise ValueError(f"not host:port: {self.listen}")
        if parts.netloc != self.listen:
            raise ValueError(f"not host:port: {self.listen}")
        return parts.hostname, parts.port

    @property
    def uses_tls(self) -> bool:
        """Say whether the pages are served by HTTPS from this process."""
        return bool(self.tls_certificate)

    @property
    def base_url(self) -> str:
        """Where others reach us, without a slash at the end."""
        own = f"{'https' if self.uses_tls else 'http'}://{self.listen}"
        return self.public_url.rstrip("/") or own

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may connect, as browsers write them: no default port."""
        own = [self.base_url]
        if not self.public_url and self.address[0] == "127.0.0.1":
            own.append(self.base_url.replace("127.0.0.1", "localhost"))
        return frozenset(_as_browsers_write(url) for url in (*self.allowed_origins, *own))


def _as_browsers_write(origin: str) -> str:
    url = urlsplit(origin)
    return f"{url.scheme}://{url.netloc.lower().removesuffix(_DEFAULT_PORTS[url.scheme])}"


class Overload(Section, frozen=True):
    """What happens when there is more to do than can be done."""

    level: Literal["auto", "0", "1", "2", "3", "4", "5"] = "auto"
    """The level of degradation; "auto" lets it follow from measurements."""
    most_calls: Annotated[int, Meta(ge=1, le=100_000)] = 2_000
    """Open calls; further ones go to the fallback."""
    short_flow: FlowName = ""
    """Serves new callers from level 3 on; empty: they get the usual one."""


StaffedAs = Literal["ready", "talking", "wrap_up", "paused", "resting", "unreachable", "page_lost"]
_ANYBODY: tuple[StaffedAs, ...] = get_args(StaffedAs)


class OverflowTarget(Section, frozen=True):
    """Where a rule sends callers: one of these, a node with its flow."""

    queue: MaybeName = ""
    flow: MaybeName = ""
    node: MaybeName = ""
    voicemail: bool = False
    callback: bool = False
    hang_up: MaybePrompts = ()


class Overflow(Section, frozen=True):
    """When a caller leaves a queue without an agent, and where to."""

    to: OverflowTarget
    when: Literal["waiting", "unstaffed", "closing", "closed", "full"] = "waiting"
    waited: Annotated[Duration, Within(0, 8 * HOUR_MS)] = Duration(0)
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0
    service_level_below: Annotated[
        int, Meta(ge=0, le=100, description="a percentage, a whole number from 0 to 100")
    ] = 0
    over_last: Annotated[Duration, Within(MINUTE_MS, HOUR_MS)] = Duration(15 * MINUTE_MS)


class Hours(Section, frozen=True):
    """Opening hours; ``callcenter.hours_settings`` reads what is written in them."""

    time_zone: str = ""
    """Empty for that of the whole file."""
    weekly: dict[str, str] = {}
    holidays: tuple[str, ...] = ()
    exceptions: dict[str, str] = {}


class RelaxStep(Section, frozen=True):
    """What a queue asks less of agents for a caller who has waited some time."""

    after: Annotated[Duration, Within(1_000, 8 * HOUR_MS)]
    skills: dict[Name, EnoughLevel] = {}
    every_skill: EnoughLevel | None = None
    levels: Annotated[int, Meta(ge=0, le=10)] | None = None


class Comfort(Section, frozen=True):
    """Prompts for those who wait: once ``after`` a time, or ``every`` so often and in turn."""

    after: Annotated[Duration, Within(0, 8 * HOUR_MS)] = Duration(0)
    every: Annotated[Duration, Within(0, 8 * HOUR_MS)] = Duration(0)
    prompt: PromptName = ""
    prompts: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()

    @property
    def all_prompts(self) -> tuple[str, ...]:
        """The prompts, be it one or several."""
        return (self.prompt,) if self.prompt else self.prompts


class Queue(Section, frozen=True):
    """One waiting line."""

    name: Annotated[str, Meta(max_length=80, description="a text of up to 80 characters")] = ""
    pool: Name = "main"
    ring: Annotated[Duration, Within(3_000, 2 * MINUTE_MS)] = Duration(20_000)
    wrap_up: Annotated[Duration, Within(0, HOUR_MS)] = Duration(MINUTE_MS)
    max_wait: Annotated[Duration, Within(1_000, 8 * HOUR_MS)] = Duration(10 * MINUTE_MS)
    announce_every: Annotated[Duration, Within(0, HOUR_MS)] = Duration(45_000)
    service_level: Annotated[Duration, Within(1_000, HOUR_MS)] = Duration(20_000)
    announce_estimate: Literal["off", "range"] = "off"
    """Whether the expected wait is told with the place in line, as a range of minutes."""
    hours: MaybeName = ""
    """Empty: always open."""
    max_waiting: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """With so many callers it is full; 0: never."""
    overflow: Annotated[tuple[Overflow, ...], Meta(max_length=50)] = ()
    join_with: Annotated[tuple[StaffedAs, ...], Meta(min_length=1)] = _ANYBODY
    stay_with: Annotated[tuple[StaffedAs, ...], Meta(min_length=1)] = _ANYBODY
    leave_after: Annotated[Duration, Within(0, HOUR_MS)] = Duration(0)
    strategy: StrategyName = "longest_idle"
    weight: Points = 0
    levels: AgentLevel | None = None
    """At first only agents up to this level are asked."""
    relax: Annotated[tuple[RelaxStep, ...], Meta(max_length=20)] = ()
    agent_wait: Annotated[Duration, Within(0, HOUR_MS)] = Duration(0)
    own_agents: tuple[Literal["owner", "last"], ...] = ("owner", "last")
    language: Literal["ignore", "prefer", "require"] = "ignore"
    most_phones: Annotated[int, Meta(ge=1, le=50)] = 10
    ring_more_every: Annotated[Duration, Within(1_000, HOUR_MS)] = Duration(10_000)
    announce_position: Literal["off", "always", "improved"] = "improved"
    announce_limit: Annotated[int, Meta(ge=0, le=20, description="a whole number from 0 to 20")] = 0
    comfort: Annotated[tuple[Comfort, ...], Meta(max_length=20)] = ()
    announce_to_agent: Literal["off", "queue", "queue_and_wait"] = "off"
    name_prompt: PromptName = ""
    callback: Callback = Callback()


class Pool(Section, frozen=True):
    """What holds for all agents who share a pool."""

    no_answer_rest: Annotated[Duration, Within(0, HOUR_MS)] = Duration(10_000)
    refused_rest: Annotated[Duration, Within(0, HOUR_MS)] = Duration(15_000)
    unreachable_rest: Annotated[Duration, Within(0, HOUR_MS)] = Duration(15_000)
    lost_log_out: Annotated[Duration, Within(10_000, 24 * HOUR_MS)] = Duration(15 * MINUTE_MS)
    priority_step: Annotated[Duration, Within(0, HOUR_MS)] = Duration(MINUTE_MS)
    strict_priorities: bool = False
    shown_within: Annotated[Duration, Within(0, 2 * MINUTE_MS)] = Duration(5_000)
    longest_fault_rest: Annotated[Duration, Within(0, 24 * HOUR_MS)] = Duration(5 * MINUTE_MS)
    misses_before_pause: Times = 3
    wrap_up_extension: Annotated[Duration, Within(1_000, HOUR_MS)] = Duration(MINUTE_MS)
    wrap_up_extensions: Times = 3


class Tier(Section, frozen=True):
    """What a tier of the CRM adds to a customer's calls."""

    priority: Points = 0
    requires: dict[Name, Level] = {}
    prefers: dict[Name, Level] = {}


class Audit(Section, frozen=True):
    """The comparison with Asterisk's own ledger."""

    cel_file: FileName = "/var/log/asterisk/cel-custom/cel.csv"
    every: Annotated[Duration, Within(0, 24 * HOUR_MS)] = Duration(0)
    """How often the service compares by itself; 0 for never."""


class Service(Section, frozen=True):
    """What answers one number."""

    name: Label
    flow: Name
    max_flow: Annotated[Duration, Within(1_000, 8 * HOUR_MS)] = Duration(10 * MINUTE_MS)


class Outcome(Section, frozen=True):
    """An outcome that an agent can choose in the wrap-up."""

    label: Label
    requires_note: bool = False
    wrap_up: Annotated[Duration, Within(0, HOUR_MS)] = Duration(0)
    """The limit of after-call work with this outcome; 0 for that of the queue."""


QUEUES = {"sales": Queue(name="Sales"), "support": Queue(name="Support")}
"""Those that the shipped flow names."""
TIERS = {"gold": Tier(priority=2), "potential_gold": Tier(priority=1)}
DISPOSITIONS = {
    "resolved": Outcome(label="Resolved"),
    "sale": Outcome(label="Sale"),
    "callback": Outcome(label="Call back later", requires_note=True),
    "passed_on": Outcome(label="Passed on", requires_note=True),
    "no_interest": Outcome(label="No interest"),
    "wrong_number": Outcome(label="Wrong number"),
}


class Sections(Section, frozen=True):
    """The whole file."""

    asterisk: Asterisk = Asterisk()
    watchdog: Watchdog = Watchdog()
    node: Node = Node()
    data_dir: FileName = "data"
    journal: Journal = Journal()
    database: Database = Database()
    web: Web = Web()
    audit: Audit = Audit()
    overload: Overload = Overload()
    region: str = "US"
    time_zone: str = "UTC"
    flows: FileName = ""
    """A folder of flows; empty for those that are shipped."""
    default_flow: Name = "main"
    queues: dict[Name, Queue] = msgspec.field(default_factory=QUEUES.copy)
    pools: dict[Name, Pool] = msgspec.field(default_factory=lambda: {"main": Pool()})
    service_numbers: dict[Number, Service] = {}
    dispositions: dict[Code, Outcome] = msgspec.field(default_factory=DISPOSITIONS.copy)
    pause_reasons: tuple[Label, ...] = ("break", "lunch", "back office")
    request_kinds: Annotated[tuple[Name, ...], Meta(min_length=1)] = (
        "request",
        "question",
        "complaint",
        "fault",
    )
    opening_hours: dict[Name, Hours] = {}
    """By the name that queues use."""
    tiers: dict[Code, Tier] = msgspec.field(default_factory=TIERS.copy)
    """What the tiers of the CRM add to their customers' calls."""
    outbound: Outbound = Outbound()
