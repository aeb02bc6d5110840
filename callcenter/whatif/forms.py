"""What can be written into a scenario file: one Struct for each section.

Field names are the keys, defaults stand for absent keys. ``reading`` reads and ``form_checks``
checks them; docs/simulate.md explains each key.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from callcenter.settings import FileName, Label
from ivr_flows.durations import Duration
from ivr_flows.forms import Name
from ivr_flows.shapes import Within

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

Clock = Annotated[
    str,
    Meta(
        pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z",
        description='a time of day such as "09:30", up to "24:00"',
    ),
]
Span = Annotated[
    str,
    Meta(
        pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9] *- *(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)\Z",
        description='a span of time such as "09:00-17:30"',
    ),
]
Date = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", description="a date such as 2026-03-02"),
]
PerHour = Annotated[float, Meta(ge=0, le=100_000, description="a number from 0 to 100000")]
Share = Annotated[float, Meta(ge=0, lt=1, description="a share from 0 to less than 1")]
Variation = Annotated[
    float, Meta(ge=0, le=10, description="a number from 0 to 10 (1 varies as exponential does)")
]
HeadCount = Annotated[int, Meta(ge=0, le=5_000, description="a whole number from 0 to 5000")]
Time = Annotated[Duration, Within(0, DAY_MS)]


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a scenario; never changed after it is read."""


class Times(_Part, frozen=True):
    """How long something takes: a mean (exponential, or lognormal with cv), or what was seen."""

    mean: Time = Duration(0)
    cv: Variation = 0.0
    """Standard deviation divided by the mean: lognormal; left out: exponential."""
    always: Time = Duration(0)
    values: Annotated[tuple[Time, ...], Meta(max_length=100_000)] = ()
    """Observed times, each as likely as the others."""


class Callers(_Part, frozen=True):
    """Callers of one kind."""

    queue: Name
    per_hour: Annotated[dict[Clock, PerHour], Meta(min_length=1, max_length=1_440)]
    """From when on how many come; the last one is usually 0."""
    talk: Times
    wrap_up: Times = Times()
    patience: Times = Times()
    """Left out for callers who never give up."""
    priority: Annotated[int, Meta(ge=-1_000, le=1_000)] = 0
    requires: dict[Name, Annotated[int, Meta(ge=1, le=10)]] = {}


class Recorded(_Part, frozen=True):
    """A day of the CRM database that is to be lived through again."""

    day: Date
    agents: bool = True
    """Whether the agents of that day work again; no: those of this file."""


class Agents(_Part, frozen=True):
    """Agents who can do the same."""

    queues: Annotated[tuple[Name, ...], Meta(min_length=1)]
    skills: dict[Name, Annotated[int, Meta(ge=0, le=10)]] = {}
    count: HeadCount = 0
    shifts: tuple[Span, ...] = ()
    """When each of ``count`` agents works; left out: the whole day."""
    staffing: Annotated[dict[Clock, HeadCount], Meta(max_length=1_440)] = {}
    """Instead of count and shifts: from when on how many work."""


class Answers(_Part, frozen=True):
    """How agents answer their phones."""

    ring: Times = Times()
    """From the offer to the answer."""
    missed: Share = 0.0
    """Share of the rings that are let be."""


class Measured(_Part, frozen=True):
    """Which callers are counted, by when they arrive."""

    begins: Clock = "00:00"
    ends: Clock = "24:00"


class ScenarioForm(_Part, frozen=True):
    """The whole file."""

    scenario: Label
    config: FileName = ""
    """The configuration whose queues and pools are simulated; empty for the defaults."""
    settings: dict[Literal["queues", "pools"], object] = {}
    """Changes to it, with the same keys."""
    date: Date = "2026-01-05"
    replications: Annotated[int, Meta(ge=2, le=10_000, description="2 to 10000")] = 20
    counting: Literal["all", "answered", "offered"] = "all"
    measured: Measured = Measured()
    callers: dict[Name, Callers] = {}
    recorded: Recorded = Recorded(day="")
    agents: dict[Name, Agents] = {}
    answering: Answers = Answers()
