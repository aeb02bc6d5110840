"""What can be said of a wait that is still to come: a range, or why nothing honest can be said."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import Ms


@dataclass(frozen=True, slots=True)
class WaitRange:
    """How much longer until an agent answers; 0 <= low <= likely <= high."""

    low_ms: Ms
    """One in five waits shorter (the 20th percentile)."""
    likely_ms: Ms
    """Half of them wait shorter, half longer."""
    high_ms: Ms
    """One in five waits longer (the 80th percentile)."""
    agents: int = 0
    """How many agents it counts on."""
    ahead: int = 0
    """How many callers it puts before this one, at the agents who may serve both."""


class NoEstimate(StrEnum):
    """Why nothing honest can be said."""

    NOBODY_READY = "nobody_ready"
    """Nobody who may take the caller works: all are paused, without a page, or logging out."""
    PBX_UNHEARD = "pbx_unheard"
    """No phone is rung at present, and nobody knows for how long."""
    OVERTAKEN = "overtaken"
    """Callers who go first come as fast as the agents can serve."""
    TOO_LONG = "too_long"
    """Longer than eight hours: so far ahead the model says nothing about life."""
