"""A phone in the public network that the PBX calls through the trunk: a duty officer's mobile."""

import asyncio

from tests.support.sip_call import SipCall
from tests.support.sip_message import Account
from tests.support.sip_party import end_call
from tests.support.sip_socket import Address, SipSocket
from tests.support.sip_station import SipStation


class OutsidePhone(SipStation):
    """Known by its number; it registers nowhere and shares the carrier's socket.

    Attributes:
        number: What the PBX dials.
    """

    def __init__(self, number: str, socket: SipSocket, pbx: Address, tone_hz: int) -> None:
        super().__init__(Account(number, ""), pbx, tone_hz)
        self.number = number
        self._socket = socket

    def knows(self, call_id: str) -> bool:
        """Say whether this call is one of this phone's."""
        return call_id in self._calls or call_id in self._arriving

    async def press(self, digit: str) -> None:
        """Press a key in the call at hand; returns when its tone is over."""
        call: SipCall | None = self._call
        assert call is not None, f"{self.number} is in no call"
        await call.media.press(digit)

    async def close(self) -> None:
        """Hang up; the socket is the carrier's."""
        for task in self._tasks:
            task.cancel()
        async with asyncio.TaskGroup() as group:
            for call in self._calls.values():
                group.create_task(end_call(call))
