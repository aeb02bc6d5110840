"""The callbacks that are open, for people and other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from callcenter.core.ids import CallId, Ms, QueueId


class CallbackStage(StrEnum):
    """How far a callback is."""

    LATER = "later"
    """Waits for its time."""
    WAITING = "waiting"
    """Stands in line for an agent."""
    RINGING = "ringing"
    """An agent's phone or the customer's rings."""


@dataclass(frozen=True, slots=True)
class OpenCallback:
    """A callback that has not come to a talk or an end."""

    call_id: CallId
    number: str
    name: str
    queue_id: QueueId
    stage: CallbackStage
    due_at: Ms
    """As it was promised."""
    next_at: Ms | None
    """When it stands in line again, if it waits."""
    attempts: int
    """How often the customer was not reached."""
    asked_by: str
    """"caller", "agent" or "program"."""
    of: CallId | None
    """The call in which it was asked for."""


class Callbacks(Protocol):
    """Lists open callbacks."""

    def open(self) -> Sequence[OpenCallback]:
        """Return them in the order in which they are due."""
        ...
