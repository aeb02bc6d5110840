"""Carries effects out: those of one call in order, those of different calls side by side."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from callcenter.core.call.effects import (
    AskMayCall,
    CallEffect,
    ClaimCall,
    LookUpCaller,
    PickUpStation,
    TelephonyEffect,
)
from callcenter.ports.stations import Stations
from callcenter.ports.telephony import Telephony
from callcenter.runtime.supervisor import Spawn


class Performer:
    """One lane a call: an effect starts when the one before it is through."""

    def __init__(
        self,
        telephony: Telephony,
        stations: Stations,
        look_up: Callable[[LookUpCaller | AskMayCall], None],
        spawn: Spawn,
    ) -> None:
        self._telephony = telephony
        self._stations = stations
        self._look_up = look_up
        self._spawn = spawn
        self._lanes: dict[str, deque[TelephonyEffect]] = {}
        self.has_reason: Callable[[TelephonyEffect], bool] = _always
        """Asked just before an effect is carried out: it may have waited long."""
        self.dropped = 0
        """Effects whose reason was gone when their turn came."""
        self.on_doubt: Callable[[], None] = _nobody_asks
        """Called when it is unknown whether an effect was carried out."""
        self._all_done = asyncio.Event()

    def perform(self, effects: Sequence[TelephonyEffect | CallEffect]) -> None:
        """Start carrying out effects; returns at once."""
        for effect in effects:
            match effect:
                case LookUpCaller() | AskMayCall():
                    self._look_up(effect)
                case PickUpStation():
                    self._spawn("pick up", self._stations.pick_up(effect.station, effect.leg_id))
                case ClaimCall():
                    self._queue(effect.leg_id, effect)
                case _:
                    self._queue(effect.call_id, effect)

    @property
    def lane_count(self) -> int:
        """How many calls have effects under way or waiting."""
        return len(self._lanes)

    def busy(self) -> set[str]:
        """Return the calls, or callers being claimed, that have effects under way or waiting."""
        return set(self._lanes)

    async def idle(self) -> None:
        """Wait until no effect is under way; each takes 5 s at most."""
        while self._lanes:
            self._all_done.clear()
            await self._all_done.wait()

    def _queue(self, lane: str, effect: TelephonyEffect) -> None:
        waiting = self._lanes.get(lane)
        if waiting is not None:
            waiting.append(effect)
            return
        self._lanes[lane] = deque([effect])
        self._spawn("effects of a call", self._run(lane))

    async def _run(self, lane: str) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                effect = waiting.popleft()
                if not self.has_reason(effect):
                    self.dropped += 1
                elif not await self._telephony.perform(effect):
                    self.on_doubt()
        finally:
            del self._lanes[lane]
            if not self._lanes:
                self._all_done.set()


def _always(_: TelephonyEffect) -> bool:
    return True


def _nobody_asks() -> None:
    """Leave it to the next comparison."""
