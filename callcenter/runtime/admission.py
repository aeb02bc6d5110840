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
        self.offered = 0
        self.left = dict.fromkeys(REFUSALS, 0)
        """Calls that were left to the fallback, by reason."""
        self._node = node
        self._performer = performer
        self.waiting_commands: Callable[[], int] = _none
        self.journal_turns: Callable[[], int] = _none

    @property
    def is_draining(self) -> bool:
        """Whether no new calls are taken before a planned stop; those at hand go on."""
        return not self._node.takes_calls

    def admits(self) -> bool:
        """Say whether to take a call that is offered now, and count it."""
        self.offered += 1
        why = self.refusal()
        if why:
            self.left[why] += 1
        return not why

    def refusal(self) -> str:
        """Return why no call would be taken now; "" if one would."""
        centre = self._node.centre
        load = Load(
            level=self.level,
            is_draining=self.is_draining,
            open_calls=len(centre.calls) + len(centre.claims),
            # A claim has a lane only when it is durable, and many may be offered before that.
            lanes=self._performer.lane_count + self.journal_turns(),
            waiting_commands=self.waiting_commands(),
            journal_turns=self.journal_turns(),
        )
        return refusal(load, self.capacity)


def _none() -> int:
    return 0
