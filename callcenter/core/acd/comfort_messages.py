"""What those who wait are told: asked for, due, and recorded."""

from dataclasses import dataclass

from callcenter.core.acd.wait_range import WaitRange
from callcenter.core.ids import CallId, Ms
from ivr_flows.spoken import SpokenWait


@dataclass(frozen=True, slots=True)
class PositionAsked:
    """The caller is back from a side menu and should hear the place in line."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class PositionDue:
    """Tell the caller the place in line, from 1, the wait, or both."""

    call_id: CallId
    position: int
    limit: int = 0
    """Places beyond it are told as "more than"; 0 for no such limit."""
    wait: SpokenWait | None = None
    tells_position: bool = True
    """False: only the wait is told."""


@dataclass(frozen=True, slots=True)
class ComfortDue:
    """Play these to the caller who waits."""

    call_id: CallId
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PositionTold:
    """The caller's place in line was due to be announced."""

    at: Ms
    call_id: CallId
    position: int
    was_told: bool = True
    """False: it has not improved, and the queue tells only better ones."""
    expects: WaitRange | None = None
    """The wait still to come, if it was estimated and can be."""
    unknown: str = ""
    """Why it could not be (``NoEstimate``)."""
    is_told: bool = False
    """The range was told as well."""


@dataclass(frozen=True, slots=True)
class ComfortGiven:
    """Prompts for those who wait were due."""

    at: Ms
    call_id: CallId
    prompts: tuple[str, ...]
