"""What a run does, drawn from its seed: who calls and how they behave, what goes wrong and when."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

MINUTE_S = 60.0
FIRST_FAULT_S = 20.0
"""Agents log in and the first callers are served before anything goes wrong."""
_SPREAD_S = 6.0
_KILLS_UNTIL = 0.25
"""Share of the run in which the service is killed. After it one process lives until the end, and
the slope of its memory is that of three quarters of the run."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for on the command line."""

    hours: float = 8.0
    seed: int = 1
    talks: int = 20
    """Talks in progress, on average."""
    calls: int = 150
    """Calls a minute."""

    @property
    def seconds(self) -> float:
        """How long calls are made."""
        return self.hours * 3600

    @property
    def agents(self) -> int:
        """Half as many again as talk: some ring, some file, some are on a break."""
        return math.ceil(self.talks * 1.5) + 2

    @property
    def talk_s(self) -> float:
        """How long a talk takes on average, so that as many are in progress as asked for."""
        heard = sum(_SHARES[intent] for intent in _HEARD)
        return self.talks / (self.calls / MINUTE_S * heard)


# ---------------------------------------------------------------- callers


class Intent(StrEnum):
    """What a caller has in mind."""

    TALK = "talk"
    IMPATIENT = "impatient"
    """Chooses a queue and leaves it soon."""
    MENU = "menu"
    """Hangs up in the menu."""
    EARLY = "early"
    """Hangs up while the call is being taken."""
    REQUEST = "request"
    """Leaves a request in the menu and hears the end of it."""
    NO_KEY = "no key"
    """Presses nothing and takes what comes."""


_SHARES = {
    Intent.TALK: 0.55,
    Intent.IMPATIENT: 0.12,
    Intent.MENU: 0.13,
    Intent.EARLY: 0.08,
    Intent.REQUEST: 0.08,
    Intent.NO_KEY: 0.04,
}
_HEARD = (Intent.TALK, Intent.IMPATIENT, Intent.NO_KEY)
"""Who is likely to reach an agent: with enough of them, the impatient too."""


class EndedBy(StrEnum):
    """Who ends a talk."""

    CALLER = "caller"
    PHONE = "agent's phone"
    PAGE = "agent's page"


@dataclass(frozen=True, slots=True)
class CallerPlan:
    """One caller."""

    number: int
    after_s: float
    """Since the caller before dialled."""
    intent: Intent
    press_after_s: float
    patience_s: float
    """From dialling until the caller gives up, if nobody talks."""
    talk_s: float
    ended_by: EndedBy

    @property
    def ani(self) -> str:
        """The caller's number: no two calls of a run have the same."""
        return f"+1{2_120_000_000 + self.number}"

    @property
    def key(self) -> str:
        """What is pressed in the menu, "" for nothing."""
        keys = {Intent.TALK: "1", Intent.IMPATIENT: "1", Intent.REQUEST: "3"}
        return keys.get(self.intent, "")


def draw_callers(wishes: Wishes) -> Iterator[CallerPlan]:
    """Yield callers without end; each is drawn by itself, so the twentieth is always the same."""
    number = 0
    while True:
        number += 1
        yield _draw_caller(wishes, number)


def _draw_caller(wishes: Wishes, number: int) -> CallerPlan:
    random = Random(f"caller {wishes.seed} {number}")
    [intent] = random.choices(list(_SHARES), list(_SHARES.values()))
    patience_s = {
        Intent.EARLY: 0.001 * 800 ** random.random(),
        Intent.MENU: random.uniform(0.5, 5.0),
        Intent.IMPATIENT: random.uniform(1.5, 6.0),
    }.get(intent, random.uniform(45.0, 90.0))
    [ended_by] = random.choices(list(EndedBy), (70, 20, 10))
    return CallerPlan(
        number=number,
        after_s=random.expovariate(wishes.calls / MINUTE_S),
        intent=intent,
        press_after_s=random.uniform(0.2, 1.2),
        patience_s=patience_s,
        talk_s=wishes.talk_s * random.uniform(0.5, 1.5),
        ended_by=ended_by,
    )


# ---------------------------------------------------------------- faults


class Kind(StrEnum):
    """What goes wrong; the words are those of the report."""

    KILL = "service killed"
    FREEZE = "service frozen"
    CUT = "event socket cut"
    EVENTS_DEAD = "event socket dead"
    SLOW = "commands late"
    FAILING = "commands failing"
    RESET = "commands reset"
    PBX_AWAY = "PBX not reachable"
    DATABASE = "database locked"
    STARVED = "a twentieth of a core"
    PAGES = "pages lost"
    PHONES = "phones dead"
    HANG_UPS = "all callers hang up"
    PBX_KILL = "PBX killed"


@dataclass(frozen=True, slots=True)
class Trait:
    """How often a fault comes and how long it lasts."""

    weight: float
    shortest_s: float
    longest_s: float


TRAITS = {
    Kind.KILL: Trait(4, 0.2, 15),
    Kind.FREEZE: Trait(2, 1, 15),
    Kind.CUT: Trait(2, 0.5, 25),
    Kind.EVENTS_DEAD: Trait(1, 5, 25),
    Kind.SLOW: Trait(2, 5, 25),
    Kind.FAILING: Trait(1, 2, 15),
    Kind.RESET: Trait(1, 1, 10),
    Kind.PBX_AWAY: Trait(1, 3, 20),
    Kind.DATABASE: Trait(2, 3, 30),
    Kind.STARVED: Trait(1, 4, 12),
    Kind.PAGES: Trait(1, 1, 20),
    Kind.PHONES: Trait(1, 5, 25),
    Kind.HANG_UPS: Trait(1, 0, 0),
    Kind.PBX_KILL: Trait(0.2, 1, 5),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault."""

    at_s: float
    """Since the first call could be made."""
    kind: Kind
    lasts_s: float
    strength: float
    """0 to 1: how late, or how many."""


def draw_faults(wishes: Wishes) -> list[Fault]:
    """Return the faults of a run, one a minute; each is over before the next begins."""
    random = Random(f"faults {wishes.seed}")
    count = int((wishes.seconds - FIRST_FAULT_S) // MINUTE_S) + 1
    starts = [FIRST_FAULT_S + MINUTE_S * minute for minute in range(max(0, count))]
    return [_draw_fault(random, at_s, wishes.seconds) for at_s in starts]


def _draw_fault(random: Random, minute_s: float, end_s: float) -> Fault:
    may_kill = minute_s < end_s * _KILLS_UNTIL
    kinds = [kind for kind in Kind if may_kill or kind is not Kind.KILL]
    [kind] = random.choices(kinds, [TRAITS[each].weight for each in kinds])
    trait = TRAITS[kind]
    lasts_s = random.uniform(trait.shortest_s, trait.longest_s)
    return Fault(minute_s + random.uniform(0.0, _SPREAD_S), kind, lasts_s, random.random())
