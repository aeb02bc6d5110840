"""How many commands are under way to one PBX, and whose turn is first."""

from typing import Final

from callcenter.adapters.ari.gate import Gate
from callcenter.core.vitals.limits import LimitRules, Urgency, next_limit
from callcenter.core.vitals.windows import Peaks, Samples

MOST_WAITING: Final = 1_000
MOST_RINGS: Final = 10
"""Legs that are being made at once: each costs the PBX more than all other commands of a call."""
WAIT_S: Final = 2.0
CLAIM_WAIT_S: Final = 0.8
"""The dialplan offers a call for 1.2 s; after that a claim is of no use."""

_OF = {
    "claim": Urgency.NEW,
    "answer": Urgency.MENU,
    "mark": Urgency.MENU,
    "play": Urgency.MENU,
    "leave": Urgency.MENU,
    "announce": Urgency.QUEUED,
    "ring": Urgency.RINGING,
}
"""Whatever is not here connects, ends, frees, keeps alive or looks: it goes first."""
_PROMPT = frozenset(
    {"claim", "beat", "ring", "end", "play", "stop", "create_bridge", "drop_bridge"}
)
"""Commands that Asterisk answers at once, even while a prompt plays: they tell how it is doing."""


class Throttle:
    """The limits on commands; enter before each, leave after it."""

    def __init__(self, rules: LimitRules | None = None) -> None:
        self._rules = rules or LimitRules()
        self.commands = Gate(self._rules.start, MOST_WAITING)
        self.rings = Gate(MOST_RINGS, MOST_WAITING)
        self.slowness = Peaks()
        """The 95th percentile of each second."""
        self._samples = Samples()

    async def enter(self, name: str) -> None:
        """Wait for a command's turn; raises Shed if it does not come in time."""
        urgency = _OF.get(name, Urgency.TALKING)
        wait_s = CLAIM_WAIT_S if urgency is Urgency.NEW else WAIT_S
        if name == "ring" and not self.rings.try_enter():
            await self.rings.enter(urgency, wait_s)
        try:
            if not self.commands.try_enter():
                await self.commands.enter(urgency, wait_s)
        except BaseException:
            if name == "ring":
                self.rings.leave()
            raise

    def leave(self, name: str, took_s: float) -> None:
        """Note that a command was answered, or will not be, after so many seconds."""
        self.commands.leave()
        if name == "ring":
            self.rings.leave()
        if name in _PROMPT:
            self._samples.note(took_s)

    def turn(self) -> None:
        """Adapt the limit; to be called once a second."""
        p95_s = self._samples.turn()
        self.slowness.note(p95_s or 0.0)
        self.slowness.turn()
        gate = self.commands
        gate.limit = next_limit(gate.limit, p95_s, self._rules, was_used=gate.was_full)
        gate.was_full = False
        gate.admit()
