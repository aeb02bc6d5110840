"""How far the service is degraded, as one number that people can see.

Theory of operation. Under load the least important work is switched off first: talking > ringing >
queued > menus > new calls > live views > reports. Each measurement has four rising thresholds; the
level is the highest that any of them reaches. It goes up at once, and down by one step after 60 s
without a reason for it, so that it does not flap. Level 5 is for people only: it hands all new
callers to the PBX.

Levels are for trouble that lasts. A burst of calls is met before by the limits on concurrency
(``admission``), which let go as soon as it is over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from callcenter.core.ids import Ms

CALM_MS: Ms = 60_000
"""How long a level must be without a reason before the next lower one."""


class Level(IntEnum):
    """What is switched off; each level includes those below it."""

    NORMAL = 0
    SLOW_VIEWS = 1
    """Live views are told every two seconds instead of four times a second."""
    NO_LOOK_UPS = 2
    """Callers are not looked up in the CRM store; lists of past calls are refused."""
    SHORT_FLOW = 3
    """New callers get the short flow, if there is one; the reconciler looks less often."""
    NOT_CLAIMING = 4
    """No new calls are taken: they go to the fallback of the dialplan."""
    PBX_ALONE = 5
    """No heartbeat either: the PBX does not even offer calls. Only by hand."""


WHAT_IS_OFF = {
    Level.NORMAL: "Everything is on.",
    Level.SLOW_VIEWS: "Live views are slower.",
    Level.NO_LOOK_UPS: "Callers are shown without their names, and lists of calls are closed.",
    Level.SHORT_FLOW: "New callers hear the short menu.",
    Level.NOT_CLAIMING: "New callers go to the fallback queue of the PBX.",
    Level.PBX_ALONE: "The PBX serves new callers alone.",
}
"""A sentence for people for each level."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """How the service is doing; durations in milliseconds, sustained over some seconds."""

    loop_lag_ms: float = 0.0
    """How late the event loop runs what is due."""
    event_age_ms: float = 0.0
    """How old an event of the PBX is when it is read."""
    command_p95_ms: float = 0.0
    """How long the PBX takes for a command that need not wait for a prompt."""
    commit_ms: float = 0.0
    """How long the journal takes for a commit."""
    fullest_queue: float = 0.0
    """The fullest of the bounded queues, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a measurement asks for which level."""

    measurement: str
    thresholds: tuple[float, float, float, float]
    """From which value on it asks for level 1, 2, 3, 4."""
    words: str
    """For people; the value comes after it."""


RULES = (
    Rule("loop_lag_ms", (100, 250, 500, 1000), "the event loop is late by milliseconds:"),
    Rule("event_age_ms", (250, 500, 1000, 2000), "events of the PBX are read late, milliseconds:"),
    Rule("command_p95_ms", (250, 500, 1000, 2000), "the PBX answers late, milliseconds:"),
    Rule("commit_ms", (250, 500, 1000, 2000), "the journal's disk is slow, milliseconds:"),
    Rule("fullest_queue", (0.5, 0.6, 0.7, 0.8), "a queue is full to a share of"),
)


@dataclass(frozen=True, slots=True)
class Degradation:
    """The level, and why."""

    level: Level = Level.NORMAL
    reasons: tuple[str, ...] = ()
    """What asks for it now; empty while it only waits to go down."""
    calm_since: Ms | None = None
    """Since when nothing asks for a level as high."""
    is_by_hand: bool = False


def decide_level(
    found: Measurements, before: Degradation, now: Ms, by_hand: Level | None = None
) -> Degradation:
    """Return the level that follows.

    Args:
        found: The measurements of the last seconds.
        before: What held until now.
        now: The instant.
        by_hand: The level that people want; None leaves it to the measurements.
    """
    if by_hand is not None:
        return Degradation(by_hand, ("set by hand",), is_by_hand=True)
    asked = dict(_asked(found))
    wanted = max(asked.values(), default=Level.NORMAL)
    reasons = tuple(words for words, level in asked.items() if level == wanted)
    if wanted >= before.level:
        return Degradation(wanted, reasons)
    calm_since = now if before.calm_since is None or before.is_by_hand else before.calm_since
    if now - calm_since < CALM_MS:
        return Degradation(before.level, (), calm_since)
    lower = Level(before.level - 1)
    return Degradation(lower, reasons if lower == wanted else (), now)


def _asked(found: Measurements) -> Iterator[tuple[str, Level]]:
    """Yield in words what asks for a level above 0, and for which."""
    for rule in RULES:
        value = getattr(found, rule.measurement)
        level = Level(sum(value >= threshold for threshold in rule.thresholds))
        if level:
            yield f"{rule.words} {value:.3g}", level
