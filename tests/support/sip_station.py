"""An agent's SIP phone: registers, rings, and does with a call what the test wants."""

import asyncio
import secrets
from collections.abc import Coroutine

from tests.support.phones import Answers, Behaviour, Dead, Refusal, Refuses, Rings
from tests.support.rtp import Media, Sound
from tests.support.sip_call import REASONS, Identity, IncomingCall, OutgoingCall, SipCall, State
from tests.support.sip_message import Account, Header, Message, new_branch, respond, user_of
from tests.support.sip_party import SipParty, end_call, first_of
from tests.support.sip_socket import Address, SipSocket

_STATUS = {Refusal.BUSY: 486, Refusal.DECLINED: 603, Refusal.UNAVAILABLE: 480}
_REGISTERED_S = 600


class SipStation(SipParty):
    """An agent's phone, registered at the PBX.

    Attributes:
        name: "PJSIP/agent1" for the SIP user agent1.
        behaviour: What it does with the next call.
        rings: How many times it has begun to ring.
    """

    def __init__(self, account: Account, pbx: Address, tone_hz: int) -> None:
        super().__init__(tone_hz)
        self.name = f"PJSIP/{account.user}"
        self.rings = 0
        self._behaviour: Behaviour = Rings()
        self._account = account
        self._pbx = pbx
        self._socket: SipSocket | None = None
        self._incoming: IncomingCall | None = None
        self._calls: dict[str, SipCall] = {}
        self._changed = asyncio.Event()
        self._arriving: dict[str, list[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._register_id = secrets.token_hex(12)
        self._sequence = 0

    @property
    def behaviour(self) -> Behaviour:
        """What it does with the next call; Dead cuts the line at once, all else mends it."""
        return self._behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._sip.deaf = isinstance(behaviour, Dead)

    @property
    def _sip(self) -> SipSocket:
        assert self._socket is not None
        return self._socket

    @property
    def ringing(self) -> bool:
        """Whether it rings now."""
        return self._call is not None and self._call.state is State.RINGING

    @property
    def in_call(self) -> bool:
        """Whether somebody is on the line now."""
        return self._call is not None and self._call.state is State.UP

    @property
    def shown_caller(self) -> str:
        """See ``phones.Station``."""
        return user_of(self._incoming.invite.get("From")) if self._incoming else ""

    async def open(self) -> None:
        """Bind a port and register."""
        self._socket = await SipSocket.open(("127.0.0.1", 0), self._pbx, self)
        await self.register()

    async def register(self, expires_s: int = _REGISTERED_S) -> None:
        """Register, or with 0 seconds say goodbye; raises RuntimeError if the PBX says no."""
        response = await self._send_register(expires_s)
        if response.status == 401:
            uri = self._registrar
            proof = self._account.authorize(response, "REGISTER", uri)
            response = await self._send_register(expires_s, proof)
        if response.status != 200:
            raise RuntimeError(f"{self.name} was not registered: {response.start}")

    async def dial(self, extension: str) -> int:
        """Try to call somebody; returns the final SIP status. No shipped agent may do this."""
        media = await Media.open("127.0.0.1", self.tone_hz)
        host, port = self._pbx
        who = Identity(f"<sip:{self._account.user}@{host}>")
        call = OutgoingCall(self._sip, media, f"sip:{extension}@{host}:{port}", who)
        self._calls[call.call_id] = call
        call.start(self._account)
        async with asyncio.timeout(5):
            await first_of(call.answered, call.over)
        await end_call(call)
        return call.final

    async def answer(self) -> None:
        """See ``phones.Station``."""
        self._ringing_call().answer()

    async def refuse(self, how: Refusal = Refusal.BUSY) -> None:
        """See ``phones.Station``."""
        self._ringing_call().refuse(_STATUS[how])

    async def hang_up(self) -> None:
        """See ``phones.Station``."""
        if self._call:
            await self._call.hang_up()

    async def wait_ringing(self, timeout_s: float) -> None:
        """See ``phones.Station``."""
        await self._wait_state({State.RINGING}, timeout_s)

    async def wait_in_call(self, timeout_s: float) -> None:
        """See ``phones.Station``."""
        await self._wait_state({State.UP}, timeout_s)

    async def wait_idle(self, timeout_s: float) -> None:
        """See ``phones.Station``."""
        await self._wait_state({State.ENDED, None}, timeout_s)

    async def close(self) -> None:
        """Hang up, say goodbye to the PBX and give everything back."""
        for task in self._tasks:
            task.cancel()
        for call in self._calls.values():
            await end_call(call)
        if self._socket and not self._socket.deaf:
            await self._leave()
        if self._socket:
            self._socket.close()

    async def _leave(self) -> None:
        """A PBX that is gone need not be told."""
        try:
            async with asyncio.timeout(1):
                await self.register(0)
        except (TimeoutError, RuntimeError):
            pass

    def on_request(self, request: Message) -> None:
        """Hand a request to its call, or ring with a new one."""
        call_id = request.get("Call-ID")
        if call_id in self._calls:
            self._calls[call_id].on_request(request)
        elif call_id in self._arriving:
            self._arriving[call_id].append(request)
        elif request.method == "INVITE":
            self._arriving[call_id] = []
            self._start(self._take_call(request))
        elif request.method != "ACK":
            status = 200 if request.method in ("OPTIONS", "NOTIFY") else 481
            self._sip.answer(request, respond(request, status, REASONS[status], "station"))

    async def _take_call(self, invite: Message) -> None:
        call = IncomingCall(self._sip, await self._open_media(), invite)
        call.on_change = self._tell_waiting
        self._calls = {i: c for i, c in self._calls.items() if not c.over.is_set()}
        self._calls[call.call_id] = call
        early = self._arriving.pop(call.call_id)
        if self.ringing or self.in_call:
            call.refuse(486)
        else:
            self._ring(call)
        for request in early:
            call.on_request(request)

    async def _open_media(self) -> Sound:
        """Sound comes to the same address as signalling."""
        return await Media.open(self._sip.address[0], self.tone_hz)

    def _ring(self, call: IncomingCall) -> None:
        self._call = self._incoming = call
        match self._behaviour:
            case Refuses(how):
                call.refuse(_STATUS[how])
                return
            case Answers(after_s):
                self._start(_pick_up(call, after_s))
            case Rings() | Dead():
                pass
        self.rings += 1
        call.ring()
        self._tell_waiting()

    def _ringing_call(self) -> IncomingCall:
        if self._incoming is None:
            raise RuntimeError(f"{self.name} has not been called")
        return self._incoming

    async def _wait_state(self, wanted: set[State | None], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            while (self._call.state if self._call else None) not in wanted:
                await self._changed.wait()

    def _tell_waiting(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"station-{self.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def _registrar(self) -> str:
        return f"sip:{self._pbx[0]}:{self._pbx[1]}"

    async def _send_register(self, expires_s: int, *more: Header) -> Message:
        self._sequence += 1
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def on_response(response: Message) -> None:
            if response.status >= 200 and not answer.done():
                answer.set_result(response)

        self._sip.request(self._register_request(expires_s, *more), on_response)
        return await answer

    def _register_request(self, expires_s: int, *more: Header) -> Message:
        host, port = self._sip.address
        own = f"<sip:{self._account.user}@{self._pbx[0]}>"
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};branch={new_branch()};rport"),
            ("Max-Forwards", "70"),
            ("From", f"{own};tag={secrets.token_hex(4)}"),
            ("To", own),
            ("Call-ID", self._register_id),
            ("CSeq", f"{self._sequence} REGISTER"),
            ("Contact", f"<sip:{self._account.user}@{host}:{port}>"),
            ("Expires", str(expires_s)),
            *more,
        ]
        return Message(f"REGISTER {self._registrar} SIP/2.0", headers)


async def _pick_up(call: IncomingCall, after_s: float) -> None:
    """Answer after a while, unless the caller has given up."""
    await asyncio.sleep(after_s)
    if call.state is State.RINGING:
        call.answer()
