"""Lets offered calls in, or leaves them to the fallback of the dialplan."""

from collections.abc import Callable

from callcenter.core.vitals.admission import REFUSALS, Capacity, Load, refusal
from callcenter.core.vitals.levels import Level
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer


class Admission:
    """Asked once for each call that the PBX offers."""

    def __init__(self, node: Node, performer: Performer, capacity: Capacity | None = None) -> None:
        self.capacity = capacity or Capacity()
        self.level = Level.NORMAL
        self.is_draining = False
        """Set before a planned stop: no new calls, those at hand go on."""
        self.offered = 0
        self.left = dict.fromkeys(REFUSALS, 0)
        """Calls that were left to the fallback, by reason."""
        self._node = node
        self._performer = performer
        self.waiting_commands: Callable[[], int] = _none
        self.journal_turns: Callable[[], int] = _none

    def admits(self) -> bool:
        """Say whether to take a call that is offered now, and count it."""
        self.offered += 1
        why = self.refusal()
        if why:
            self.left[why] += 1
        return not why

    def refusal(self) -> str:
        """Return why no call would be taken now; "" if one would."""
        load = Load(
            level=self.level,
            is_draining=self.is_draining,
            open_calls=len(self._node.centre.calls),
            lanes=self._performer.lane_count,
            waiting_commands=self.waiting_commands(),
            journal_turns=self.journal_turns(),
        )
        return refusal(load, self.capacity)


def _none() -> int:
    return 0
