"""What goes wrong, and for how long: the conditions of a day, and spells of bad ones.

``Weather`` is read by whatever can fail (the network, the disk, the CRM database); a spell changes
it for some time and then changes it back. All is drawn from one seed before the day begins.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Mishap(StrEnum):
    """A kind of fault. The words are those of the figures."""

    KILL = "killed"
    KILL_EARLY = "killed while starting"
    SOCKET_CUT = "event socket cut"
    NETWORK_CUT = "network cut"
    EVENTS = "events lost, late or twice"
    SLOW_COMMANDS = "slow commands"
    FAILING_COMMANDS = "failing commands"
    UNANSWERED = "unanswered commands"
    PBX_RESTART = "PBX restarted"
    RECORDS_AWAY = "CRM database away"
    DIRECTORY_AWAY = "look-up away"
    DISK_FULL = "disk full"
    SLOW_DISK = "slow disk"
    PAGE_LOST = "page lost"
    PHONE_GONE = "phone gone"
    HANG_UPS = "all callers hang up"
    CLOCK_JUMP = "wall clock jumps"
    PROGRAM_ERROR = "program errors"


@dataclass(frozen=True, slots=True)
class Spell:
    """One fault."""

    at_s: float
    """Since the start of the day."""
    mishap: Mishap
    lasts_s: float
    strength: float
    """0 to 1: how many of the commands, events, callers; how late; or which agent."""


@dataclass(slots=True)
class Weather:
    """The conditions now; shares are probabilities for each command or event."""

    is_cut: bool = False
    """Nothing reaches the PBX, nothing comes from it."""
    no_socket_until_s: float = 0.0
    """Before this instant of the loop's time no event socket can be opened."""
    reply_s: float = 0.0
    """The longest that a command waits before the PBX gets it."""
    failing: float = 0.0
    """Share of commands answered 503 and not carried out."""
    unanswered: float = 0.0
    """Share of commands without an answer: never carried out, at once, or later."""
    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    late_s: float = 0.0
    """The longest that a late event is late; those after it overtake it."""
    program_errors: float = 0.0
    """Share of steps of a flow that end in a program error."""
    records_away: bool = False
    directory_away: bool = False
    write_s: float = 0.004
    """The longest that the disk takes for one write."""


_LONGEST_S = {
    Mishap.SOCKET_CUT: 300.0,
    Mishap.NETWORK_CUT: 60.0,
    Mishap.EVENTS: 40.0,
    Mishap.SLOW_COMMANDS: 40.0,
    Mishap.FAILING_COMMANDS: 30.0,
    Mishap.UNANSWERED: 30.0,
    Mishap.RECORDS_AWAY: 120.0,
    Mishap.DIRECTORY_AWAY: 60.0,
    Mishap.DISK_FULL: 30.0,
    Mishap.SLOW_DISK: 30.0,
    Mishap.PAGE_LOST: 60.0,
    Mishap.PHONE_GONE: 60.0,
    Mishap.KILL: 60.0,
    Mishap.KILL_EARLY: 20.0,
    Mishap.PROGRAM_ERROR: 30.0,
}
"""Spells last from 0.2 s to these, short ones more often; a kill lasts until the next start."""

_WEIGHTS = {Mishap.KILL: 5, Mishap.KILL_EARLY: 2, Mishap.SOCKET_CUT: 3, Mishap.EVENTS: 2}
_SHORTEST_S = 0.2


def draw_spells(random: Random, day_s: float) -> list[Spell]:
    """Draw the faults of a day, in order: two to nine, some at the same time."""
    kinds = list(Mishap)
    weights = [_WEIGHTS.get(kind, 1) for kind in kinds]
    drawn = random.choices(kinds, weights, k=random.randint(2, 9))
    return sorted((_draw_spell(random, kind, day_s) for kind in drawn), key=lambda s: s.at_s)


def _draw_spell(random: Random, kind: Mishap, day_s: float) -> Spell:
    longest = _LONGEST_S.get(kind, _SHORTEST_S)
    lasts_s = _SHORTEST_S * (longest / _SHORTEST_S) ** random.random()
    return Spell(random.uniform(0.0, day_s), kind, lasts_s, random.random())


def worsen(weather: Weather, spell: Spell) -> None:
    """Let a spell of bad conditions begin; what is no condition is not changed here."""
    share = 0.05 + 0.5 * spell.strength
    match spell.mishap:
        case Mishap.NETWORK_CUT:
            weather.is_cut = True
        case Mishap.EVENTS:
            weather.lost = weather.doubled = weather.late = share / 2
            weather.late_s = 3.0 * spell.strength
        case Mishap.SLOW_COMMANDS:
            weather.reply_s = 0.05 + 5.0 * spell.strength
        case Mishap.FAILING_COMMANDS:
            weather.failing = share
        case Mishap.UNANSWERED:
            weather.unanswered = share
        case Mishap.PROGRAM_ERROR:
            weather.program_errors = share
        case Mishap.RECORDS_AWAY:
            weather.records_away = True
        case Mishap.DIRECTORY_AWAY:
            weather.directory_away = True
        case Mishap.SLOW_DISK:
            weather.write_s = 0.05 + 3.0 * spell.strength
        case _:
            pass


def mend(weather: Weather, spell: Spell) -> None:
    """Let a spell end, and with it all others of its kind."""
    fine = Weather()
    match spell.mishap:
        case Mishap.NETWORK_CUT:
            weather.is_cut = fine.is_cut
        case Mishap.EVENTS:
            weather.lost = weather.doubled = weather.late = fine.late
            weather.late_s = fine.late_s
        case Mishap.SLOW_COMMANDS:
            weather.reply_s = fine.reply_s
        case Mishap.FAILING_COMMANDS:
            weather.failing = fine.failing
        case Mishap.UNANSWERED:
            weather.unanswered = fine.unanswered
        case Mishap.PROGRAM_ERROR:
            weather.program_errors = fine.program_errors
        case Mishap.RECORDS_AWAY:
            weather.records_away = fine.records_away
        case Mishap.DIRECTORY_AWAY:
            weather.directory_away = fine.directory_away
        case Mishap.SLOW_DISK:
            weather.write_s = fine.write_s
        case _:
            pass
