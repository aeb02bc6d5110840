"""What callers and stations have in common: a voice, an ear, and an orderly end."""

import asyncio

from tests.support.phones import Party
from tests.support.rtp import Ear
from tests.support.sip_call import SipCall


class SipParty:
    """One end of a call: a voice and an ear."""

    def __init__(self, tone_hz: int) -> None:
        self.tone_hz = tone_hz
        self._call: SipCall | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def _ear(self) -> Ear:
        return self._call.media.ear if self._call else Ear()

    def hears(self, other: Party, last_ms: int = 400) -> bool:
        """See ``phones.Party``."""
        return self._ear.hears(other.tone_hz, self._loop.time() - last_ms / 1000)

    def heard_ms(self, last_ms: int) -> int:
        """See ``phones.Party``."""
        return self._ear.heard_ms(self._loop.time() - last_ms / 1000)

    def packets(self) -> int:
        """See ``phones.Party``."""
        return self._ear.packets

    def largest_gap_ms(self, since: float) -> int:
        """See ``phones.Party``."""
        return round(1000 * self._ear.largest_gap_s(since, self._loop.time()))


async def first_of(*events: asyncio.Event) -> None:
    """Wait for whichever comes first."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def end_call(call: SipCall) -> None:
    """Hang up politely; a PBX that is gone does not keep the test waiting."""
    try:
        await call.hang_up(timeout_s=1.0)
    except TimeoutError:
        pass
    finally:
        await call.close()
