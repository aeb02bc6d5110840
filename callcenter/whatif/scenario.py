"""A scenario as it is run: what comes in, who works, and the rules of queues and pools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import NamedTuple, Protocol

from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import Ms, PoolId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

DAY_MS = 86_400_000


class Kind(NamedTuple):
    """What callers of one kind want."""

    name: str
    queue_id: QueueId
    priority: int = 0
    requires: tuple[tuple[str, int], ...] = ()
    """Skill and least level, sorted by skill."""


class Caller(NamedTuple):
    """One caller of a day; all that chance decides is drawn before the day begins."""

    at: Ms
    """Enters the queue; milliseconds since midnight."""
    kind: Kind
    talk_ms: Ms
    wrap_up_ms: Ms
    patience_ms: Ms | None = None
    """None for one who never gives up."""
    ring_ms: Ms = 0
    """How long the phone of the first agent rings before it is picked up."""
    is_missed: bool = False
    """The first agent lets it ring."""


class Shift(NamedTuple):
    """An agent works from one instant to another, milliseconds since midnight."""

    profile: AgentProfile
    begins_at: Ms
    ends_at: Ms


class Counting(StrEnum):
    """Who counts in the service level; reports always name it."""

    ALL = "all"
    ANSWERED = "answered"
    OFFERED = "offered"

    @property
    def formula(self) -> str:
        """The formula, for people."""
        return {
            Counting.ALL: "answered within the limit, of all callers",
            Counting.ANSWERED: "answered within the limit, of those answered",
            Counting.OFFERED: "answered or given up within the limit, of those who did either",
        }[self]


class Crowd(Protocol):
    """Draws the callers of a day."""

    def callers(self, seed: str) -> Sequence[Caller]:
        """Return one day's callers in the order of arrival; the same seed gives the same day."""
        ...


@dataclass(frozen=True, slots=True)
class Answering:
    """How agents answer from the second offer of a call on; the first is the caller's own."""

    ring_ms: Ms
    missed_share: float = 0.0

    def misses(self, chance: Random) -> bool:
        """Draw whether a ring is let be."""
        return self.missed_share > 0 and chance.random() < self.missed_share


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a day follows from, but chance."""

    name: str
    queues: Mapping[QueueId, QueueRules]
    pools: Mapping[PoolId, PoolRules]
    crowd: Crowd
    shifts: Sequence[Shift]
    answering: Answering = Answering(0)
    counted: tuple[Ms, Ms] = (0, 10 * DAY_MS)
    """Who arrives in this time is counted, and the work of agents in it."""
    counting: Counting = Counting.ALL
    midnight_at: Ms = 0
    """The midnight that instants of the day count from, milliseconds since 1970 UTC."""
