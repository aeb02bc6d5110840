"""Planned work: an instance that takes no new calls and comes to rest.

New calls are not claimed: another instance has them, or the fallback of the dialplan. Callers who
wait or are in the menu are served until a limit; whoever is left then goes to the fallback. Talks
end by themselves. Nothing of this is recorded: an instance that is started again takes calls.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import Ms
from callcenter.ports.reports import Reports
from callcenter.ports.telephony import Telephony, TelephonyUnavailable
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.node import Node
from callcenter.runtime.notices import Notices

NOTICE: Final = "Planned work: no new calls are taken here."
_CHECK_EVERY_S: Final = 0.5
_SERVED: Final = (Phase.FLOW, Phase.QUEUE)


@dataclass(frozen=True, slots=True)
class Left:
    """What an instance still has."""

    in_menu: int
    waiting: int
    talking: int
    wrap_up: int
    """Calls whose caller is gone, but not the after-call work; it survives a restart."""
    on_pbx: int | None
    """Legs of ours; counted when no call is left, None while unknown."""

    @property
    def is_nothing(self) -> bool:
        """Whether nobody is on the line any more."""
        return self.on_pbx == 0 and not (self.in_menu or self.waiting or self.talking)


class Drain:
    """Whether the instance is being drained, and what is left of it."""

    def __init__(self, node: Node, telephony: Telephony, fanout: Fanout, reports: Reports) -> None:
        self._node = node
        self._telephony = telephony
        self._notices = Notices(fanout, node.now)
        self._reports = reports
        self._is_on = asyncio.Event()
        self.since_at: Ms | None = None
        """Since when, None while calls are taken."""
        self.release_at: Ms = 0
        """When those who are not in a talk go to the fallback."""
        self.released = 0
        """How many have gone there since the drain began."""

    @property
    def is_on(self) -> bool:
        """Whether no new calls are taken."""
        return self.since_at is not None

    @property
    def release_in_ms(self) -> Ms:
        """How long those who wait will still be served; 0 when that is over."""
        return max(0, self.release_at - self._node.now()) if self.is_on else 0

    def begin(self, limit_ms: Ms) -> None:
        """Take no new calls; begin anew with another limit if that is so already.

        Args:
            limit_ms: How long to serve those who wait or are in the menu.
        """
        now = self._node.now()
        self.release_at = now + limit_ms
        if self.since_at is None:
            self.since_at, self.released = now, 0
            self._notices.show("drain", NOTICE)
        self._node.takes_calls = False
        self._node.hold_callbacks(holds=True)
        self._is_on.set()
        self._reports.note("draining: no new calls are taken", limit_s=limit_ms // 1000)

    def undo(self) -> None:
        """Take calls again; nothing if they are taken."""
        if self.since_at is None:
            return
        self.since_at = None
        self._is_on.clear()
        self._node.takes_calls = True
        self._node.hold_callbacks(holds=False)
        self._notices.show("drain", "")
        self._reports.note("the drain is taken back: calls are taken again")

    async def run(self) -> None:
        """Give back who is left at the limit, for ever."""
        while True:
            await self._is_on.wait()
            if self._node.now() >= self.release_at:
                self._give_back()
            await asyncio.sleep(_CHECK_EVERY_S)

    async def left(self) -> Left:
        """Count what is left."""
        calls = self._node.centre.calls.values()
        phases = [call.phase for call in calls if _has_legs(call)]
        has_callers = any(phase in (*_SERVED, Phase.TALK) for phase in phases)
        return Left(
            in_menu=phases.count(Phase.FLOW),
            waiting=phases.count(Phase.QUEUE),
            talking=phases.count(Phase.TALK),
            wrap_up=phases.count(Phase.ENDED),
            on_pbx=None if has_callers else await self._legs(),
        )

    def _give_back(self) -> None:
        for call_id, call in list(self._node.centre.calls.items()):
            if call.phase in _SERVED and not call.lacks_customer:
                self.released += 1
                self._reports.note("a caller goes to the fallback: drained", call_id=call_id)
                self._node.give_back(call_id, "drained")

    async def _legs(self) -> int | None:
        """Ask the PBX; a claim that was under way is a leg there before it is a call here."""
        try:
            return len((await self._telephony.snapshot()).legs)
        except TelephonyUnavailable:
            return None


def _has_legs(call: Call) -> bool:
    """Say whether somebody is on the line; a callback that waits does so in the journal."""
    return not (call.lacks_customer and not call.rings and not _is_dialling(call))


def _is_dialling(call: Call) -> bool:
    return call.back is not None and call.back.is_dialling
