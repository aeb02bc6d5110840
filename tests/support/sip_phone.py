"""Real SIP phones for tests: callers on the trunk and agents' stations, with media on loopback."""

import asyncio
import itertools
from collections.abc import Iterable, Iterator
from typing import Self

from tests.support.phones import CallFailed
from tests.support.rtp import Media, Sound
from tests.support.sip_call import REASONS, Identity, OutgoingCall
from tests.support.sip_message import Account, Message, respond, user_of
from tests.support.sip_outside import OutsidePhone
from tests.support.sip_party import SipParty, end_call, first_of
from tests.support.sip_socket import Address, SipSocket
from tests.support.sip_station import SipStation

_FIRST_TONE_HZ = 400
_TONE_STEP_HZ = 37
_TONE_COUNT = 75
_WITHHELD = Identity('"Anonymous" <sip:anonymous@anonymous.invalid>', (("Privacy", "id"),))


def _tones() -> Iterator[int]:
    """Yield frequencies that a short listen can tell apart and a telephone carries."""
    return itertools.cycle(_FIRST_TONE_HZ + _TONE_STEP_HZ * n for n in range(_TONE_COUNT))


class SipCaller(SipParty):
    """A customer on the trunk.

    Attributes:
        call: The SIP call, for tests that look closer.
    """

    def __init__(self, call: OutgoingCall, tone_hz: int) -> None:
        super().__init__(tone_hz)
        self.call = call
        self._call = call

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.call.over.is_set()

    async def press(self, digit: str) -> None:
        """See ``phones.Caller``."""
        await self.call.media.press(digit)

    async def hang_up(self) -> None:
        """See ``phones.Caller``."""
        await self.call.hang_up()

    async def wait_answered(self, timeout_s: float) -> None:
        """See ``phones.Caller``."""
        async with asyncio.timeout(timeout_s):
            await first_of(self.call.answered, self.call.over)
        if not self.call.answered.is_set():
            raise CallFailed(f"not answered: SIP status {self.call.final}")

    async def wait_ended(self, timeout_s: float) -> None:
        """See ``phones.Caller``."""
        await asyncio.wait_for(self.call.over.wait(), timeout_s)


class Trunk:
    """The carrier: one socket for all callers."""

    def __init__(self, pbx: Address) -> None:
        self._pbx = pbx
        self._socket: SipSocket | None = None
        self._calls: dict[str, OutgoingCall] = {}
        self._outside: dict[str, OutsidePhone] = {}

    async def open(self, local: Address) -> None:
        """Bind the carrier's address."""
        self._socket = await SipSocket.open(local, self._pbx, self)

    async def dial(self, who: Identity, dnis: str, tone_hz: int) -> OutgoingCall:
        """Send a call to the PBX."""
        assert self._socket is not None
        return self.call_with(await Media.open(self._socket.address[0], tone_hz), who, dnis)

    def call_with(self, media: Sound, who: Identity, dnis: str) -> OutgoingCall:
        """Send a call with this sound."""
        assert self._socket is not None
        uri = f"sip:{dnis}@{self._pbx[0]}:{self._pbx[1]}"
        call = OutgoingCall(self._socket, media, uri, who)
        self._calls = {i: c for i, c in self._calls.items() if not c.over.is_set()}
        self._calls[call.call_id] = call
        call.start()
        return call

    def outside(self, number: str, tone_hz: int) -> OutsidePhone:
        """Return the phone with this number in the public network; the same one each time."""
        assert self._socket is not None
        if number not in self._outside:
            self._outside[number] = OutsidePhone(number, self._socket, self._pbx, tone_hz)
        return self._outside[number]

    def on_request(self, request: Message) -> None:
        """Hand a request to its call; the carrier itself only says that it lives."""
        call_id = request.get("Call-ID")
        call = self._calls.get(call_id)
        phone = self._called(request) if request.method == "INVITE" else None
        phone = next((each for each in self._outside.values() if each.knows(call_id)), phone)
        if call:
            call.on_request(request)
        elif phone:
            phone.on_request(request)
        elif request.method != "ACK" and self._socket:
            status = 200 if request.method == "OPTIONS" else 481
            self._socket.answer(request, respond(request, status, REASONS[status], "trunk"))

    def _called(self, invite: Message) -> OutsidePhone | None:
        return self._outside.get(user_of(f"<{invite.start.split()[1]}>"))

    async def close(self) -> None:
        """Hang up all calls, then give everything back."""
        for call in self._calls.values():
            await end_call(call)
        for phone in self._outside.values():
            await phone.close()
        if self._socket:
            self._socket.close()


class SipPhones:
    """All SIP phones of one test; an asynchronous context that closes them."""

    def __init__(self, pbx: Address, trunk: Address, accounts: Iterable[Account]) -> None:
        """Take where the PBX listens, where the carrier calls from, and the agents' accounts."""
        self._tone = _tones()
        self._pbx = pbx
        self._trunk_address = trunk
        self._trunk = Trunk(pbx)
        made = (SipStation(account, pbx, next(self._tone)) for account in accounts)
        self._stations = {station.name: station for station in made}

    async def __aenter__(self) -> Self:
        try:
            await self._trunk.open(self._trunk_address)
            async with asyncio.TaskGroup() as group:
                for station in self._stations.values():
                    group.create_task(station.open())
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def dial(self, ani: str | None, dnis: str, name: str = "") -> SipCaller:
        """See ``phones.Phones``."""
        return await self.dial_as(self._identity(ani, name), dnis)

    async def dial_as(self, who: Identity, dnis: str) -> SipCaller:
        """Call with headers as this or that carrier writes them."""
        tone_hz = next(self._tone)
        return SipCaller(await self._trunk.dial(who, dnis, tone_hz), tone_hz)

    def station(self, name: str) -> SipStation:
        """See ``phones.Phones``."""
        return self._stations[name]

    def outside(self, number: str) -> OutsidePhone:
        """Return the phone with this number in the public network."""
        return self._trunk.outside(number, next(self._tone))

    async def close(self) -> None:
        """Hang everything up and give every port back."""
        await self._trunk.close()
        async with asyncio.TaskGroup() as group:
            for station in self._stations.values():
                group.create_task(station.close())

    def _identity(self, ani: str | None, name: str) -> Identity:
        if ani is None:
            return _WITHHELD
        shown = f'"{name}" ' if name else ""
        return Identity(f"{shown}<sip:{ani}@{self._trunk_address[0]}>")
