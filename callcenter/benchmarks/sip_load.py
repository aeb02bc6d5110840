"""Callers and agents' phones in one process, so that one clock stamps all that happens.

Callers dial at a fixed rate, press a key after the answer (SIP INFO) and wait. Agents' phones ring,
answer and hang up after fixed times. No media is sent. All of it is on loopback.
"""

import asyncio
import socket
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Final, cast

from typing_extensions import override

from callcenter.benchmarks.sip_text import Message, build, parse, respond, sdp

AGENTS_HOST: Final = "127.0.0.1"
RING_WAIT_S: Final = 0.5
"""After so long without any answer an INVITE is sent again (timer T1 of RFC 3261)."""
_RECEIVE_BUFFER: Final = 4 << 20
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run does."""

    dialled: str
    key: str
    calls: int
    calls_per_s: float
    press_after_s: float = 0.3
    ring_s: float = 0.05
    talk_s: float = 1.0
    leave_after_s: float | None = None
    """When callers hang up after the answer; None: they press the key and wait."""
    patience_s: float = 60.0
    """How long after the last call was made the run may still take."""

    @property
    def handle_s(self) -> float:
        """How long an agent is busy with each call."""
        return self.ring_s + self.talk_s


@dataclass(slots=True, eq=False)
class Call:
    """One caller."""

    number: str
    """Who calls, in E.164; different for each call of a run."""
    call_id: bytes
    started_at: float
    sequence: int = 1
    has_response: bool = False
    answered_at: float | None = None
    pressed_at: float | None = None
    rung_at: float | None = None
    ended: bool = False
    target: bytes = b""
    to: bytes = b""


@dataclass(slots=True, eq=False)
class Ring:
    """One call at an agent's phone."""

    agent: str
    invite: Message
    source: Address
    state: str = "ringing"


@dataclass(slots=True)
class Outcome:
    """What happened in a run; times in seconds."""

    sent: int = 0
    served: int = 0
    """Calls that an agent took and ended."""
    refused: int = 0
    unfinished: int = 0
    resent: int = 0
    double_rings: int = 0
    """Rings at a phone that was busy."""
    answer_s: list[float] = field(default_factory=list)
    """From a caller's INVITE to the answer."""
    key_to_ring_s: list[float] = field(default_factory=list)
    next_ring_s: list[float] = field(default_factory=list)
    """From an agent's hang-up to the next ring at the same phone."""
    first_ring_at: float = 0.0
    last_hang_up_at: float = 0.0

    @property
    def drain_s(self) -> float:
        """From the first ring to the last hang-up."""
        return self.last_hang_up_at - self.first_ring_at


class SipLoad:
    """Callers on the trunk and phones of agents, on two sockets."""

    def __init__(self, pbx: Address, trunk: Address, agents_port: int) -> None:
        """Prepare both.

        Args:
            pbx: Where Asterisk listens.
            trunk: From where callers come; Asterisk knows the trunk by the host.
            agents_port: Where all agents' phones are, on 127.0.0.1.
        """
        self.pbx = pbx
        self.trunk = trunk
        self.agents_port = agents_port
        self.plan = Plan("", "", 0, 1.0)
        self.outcome = Outcome()
        self.calls: dict[bytes, Call] = {}
        self.by_number: dict[str, Call] = {}
        self._callers = _Callers(self)
        self._agents = _Agents(self)
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._runs = 0

    async def open(self) -> None:
        """Bind the sockets."""
        loop = asyncio.get_running_loop()
        self._sink.bind((AGENTS_HOST, 0))
        self.media_port: int = self._sink.getsockname()[1]
        for protocol, address in (
            (self._callers, self.trunk),
            (self._agents, (AGENTS_HOST, self.agents_port)),
        ):
            own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            own.bind(address)
            own.setblocking(False)  # noqa: FBT003 - the name of this argument is not public
            await loop.create_datagram_endpoint(partial(_same, protocol), sock=own)

    def close(self) -> None:
        """Close the sockets."""
        for each in (self._callers, self._agents, self._sink):
            each.close()

    async def run(self, plan: Plan, numbers: list[str]) -> Outcome:
        """Make the calls of a plan and wait until they are over.

        Args:
            plan: What to do.
            numbers: From where to call, one for each call.
        """
        self.plan, self.outcome = plan, Outcome()
        self.calls.clear()
        self.by_number.clear()
        self._agents.free_since.clear()
        self._runs += 1
        await self._dial_all(numbers[: plan.calls])
        await self._wait_over()
        self.outcome.unfinished = sum(not call.ended for call in self.calls.values())
        self._callers.give_up()
        return self.outcome

    async def _dial_all(self, numbers: list[str]) -> None:
        begun_at = perf_counter()
        for order, number in enumerate(numbers):
            self._callers.dial(number, f"{self._runs}-{order}")
            pause_s = begun_at + (order + 1) / self.plan.calls_per_s - perf_counter()
            if pause_s > 0:
                await asyncio.sleep(pause_s)

    async def _wait_over(self) -> None:
        give_up_at = perf_counter() + self.plan.patience_s
        while perf_counter() < give_up_at:
            if all(call.ended for call in self.calls.values()):
                break
            await asyncio.sleep(0.05)


def _same(protocol: asyncio.DatagramProtocol) -> asyncio.DatagramProtocol:
    return protocol


class _Endpoint(asyncio.DatagramProtocol):
    """A socket of one of the two sides."""

    def __init__(self, load: SipLoad) -> None:
        self._load = load
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, not a check: uvloop's transports have the methods but not the base class.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def _send(self, message: bytes, to: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message, to)


class _Callers(_Endpoint):
    """All callers."""

    def dial(self, number: str, name: str) -> None:
        """Let one more call."""
        host, port = self._load.trunk
        call = Call(number, f"{name}@{host}:{port}".encode(), perf_counter())
        self._load.calls[call.call_id] = call
        self._load.by_number[number] = call
        self._load.outcome.sent += 1
        invite = self._request(call, "INVITE", sdp(AGENTS_HOST, self._load.media_port))
        self._send(invite, self._load.pbx)
        self._look_again(call, invite, RING_WAIT_S)

    def _look_again(self, call: Call, invite: bytes, after_s: float) -> None:
        """Send an INVITE again that nobody has answered."""

        def look() -> None:
            if not call.has_response and not call.ended:
                self._load.outcome.resent += 1
                self._send(invite, self._load.pbx)
                self._look_again(call, invite, after_s * 2)

        asyncio.get_running_loop().call_later(after_s, look)

    def give_up(self) -> None:
        """Hang up what is left."""
        for call in self._load.calls.values():
            if call.answered_at is not None:
                self._leave(call)

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        message = parse(data)
        call = self._load.calls.get(message.call_id)
        if message.status == 0:
            self._asked(message, call, addr)
        elif call is not None and message.method == b"INVITE":
            self._answered(message, call)

    def _asked(self, message: Message, call: Call | None, addr: Address) -> None:
        host, port = self._load.trunk
        if message.method != b"ACK":
            self._send(respond(message, "200 OK", "c", f"sip:{host}:{port}"), addr)
        if message.method == b"BYE" and call is not None:
            call.ended = True

    def _answered(self, message: Message, call: Call) -> None:
        call.has_response = True
        if message.status < 200:
            return
        call.to = message.headers[b"to"]
        call.target = message.uri_of(b"contact")
        self._send(self._request(call, "ACK"), self._load.pbx)
        if message.status >= 300:
            self._load.outcome.refused += not call.ended
            call.ended = True
        elif call.answered_at is None:
            call.answered_at = perf_counter()
            self._load.outcome.answer_s.append(call.answered_at - call.started_at)
            plan, later = self._load.plan, asyncio.get_running_loop().call_later
            if plan.leave_after_s is None:
                later(plan.press_after_s, self._press, call)
            else:
                later(plan.leave_after_s, self._leave, call)

    def _leave(self, call: Call) -> None:
        if not call.ended:
            call.ended = True
            self._send(self._request(call, "BYE"), self._load.pbx)

    def _press(self, call: Call) -> None:
        if not call.ended:
            body = f"Signal={self._load.plan.key}\r\nDuration=100\r\n".encode()
            info = self._request(call, "INFO", body)
            call.pressed_at = perf_counter()
            self._send(info, self._load.pbx)

    def _request(self, call: Call, method: str, body: bytes = b"") -> bytes:
        host, port = self._load.trunk
        if method not in {"ACK", "INVITE"}:
            call.sequence += 1
        number = 1 if method in {"ACK", "INVITE"} else call.sequence
        place = f"{self._load.plan.dialled}@{self._load.pbx[0]}:{self._load.pbx[1]}"
        target = call.target.decode() or f"sip:{place}"
        dialog = call.call_id.partition(b"@")[0].decode()
        headers: dict[str, bytes | str] = {
            "Via": f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{dialog}-{method}-{number};rport",
            "Max-Forwards": "70",
            "From": f"<sip:{call.number}@{host}:{port}>;tag=f{dialog}",
            "To": call.to or f"<sip:{place}>",
            "Call-ID": call.call_id,
            "CSeq": f"{number} {method}",
            "Contact": f"<sip:{host}:{port}>",
        }
        if body:
            kind = "sdp" if method == "INVITE" else "dtmf-relay"
            headers["Content-Type"] = f"application/{kind}"
        return build(f"{method} {target} SIP/2.0", headers, body)


class _Agents(_Endpoint):
    """All agents' phones."""

    def __init__(self, load: SipLoad) -> None:
        super().__init__(load)
        self._rings: dict[bytes, Ring] = {}
        self._busy: dict[str, Ring] = {}
        self.free_since: dict[str, float] = {}

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        now = perf_counter()
        message = parse(data)
        if message.status:
            return
        ring = self._rings.get(message.call_id)
        match message.method:
            case b"INVITE":
                if ring is None:
                    self._invited(message, addr, now)
            case b"ACK":
                self._confirmed(ring)
            case b"CANCEL":
                self._cancelled(message, ring, addr)
            case _:
                self._send(respond(message, "200 OK", "a", self._contact("agent")), addr)
                if message.method == b"BYE" and ring is not None:
                    self._end(ring)

    def _invited(self, message: Message, addr: Address, now: float) -> None:
        agent = message.target_user
        ring = self._rings[message.call_id] = Ring(agent, message, addr)
        self._note(agent, message.user_of(b"from"), now)
        self._busy[agent] = ring
        self._answer(ring, "180 Ringing")
        loop = asyncio.get_running_loop()
        loop.call_later(self._load.plan.ring_s, self._pick_up, ring)

    def _note(self, agent: str, number: str, now: float) -> None:
        outcome = self._load.outcome
        outcome.first_ring_at = outcome.first_ring_at or now
        outcome.double_rings += agent in self._busy
        free_since = self.free_since.pop(agent, None)
        if free_since is not None:
            outcome.next_ring_s.append(now - free_since)
        call = self._load.by_number.get(number)
        if call is not None and call.rung_at is None and call.pressed_at is not None:
            call.rung_at = now
            outcome.key_to_ring_s.append(now - call.pressed_at)

    def _pick_up(self, ring: Ring) -> None:
        if ring.state == "ringing":
            ring.state = "answered"
            self._answer(ring, "200 OK", sdp(AGENTS_HOST, self._load.media_port))

    def _confirmed(self, ring: Ring | None) -> None:
        if ring is not None and ring.state == "answered":
            ring.state = "talking"
            loop = asyncio.get_running_loop()
            loop.call_later(self._load.plan.talk_s, self._hang_up, ring)

    def _hang_up(self, ring: Ring) -> None:
        if ring.state != "talking":
            return
        own, invite = self._load.agents_port, ring.invite
        dialog = invite.call_id.partition(b"@")[0].decode()
        headers: dict[str, bytes | str] = {
            "Via": f"SIP/2.0/UDP {AGENTS_HOST}:{own};branch=z9hG4bKb{dialog};rport",
            "Max-Forwards": "70",
            "From": invite.headers[b"to"] + b";tag=a",
            "To": invite.headers[b"from"],
            "Call-ID": invite.call_id,
            "CSeq": "2 BYE",
        }
        self._end(ring)
        now = perf_counter()
        self._load.outcome.served += 1
        self._load.outcome.last_hang_up_at = self.free_since[ring.agent] = now
        self._send(build(f"BYE {invite.uri_of(b'contact').decode()} SIP/2.0", headers), ring.source)

    def _cancelled(self, message: Message, ring: Ring | None, addr: Address) -> None:
        self._send(respond(message, "200 OK", "a", self._contact("agent")), addr)
        if ring is not None and ring.state == "ringing":
            self._end(ring)
            self._answer(ring, "487 Request Terminated")

    def _end(self, ring: Ring) -> None:
        ring.state = "ended"
        if self._busy.get(ring.agent) is ring:
            del self._busy[ring.agent]

    def _answer(self, ring: Ring, status: str, body: bytes = b"") -> None:
        self._send(respond(ring.invite, status, "a", self._contact(ring.agent), body), ring.source)

    def _contact(self, agent: str) -> str:
        return f"sip:{agent}@{AGENTS_HOST}:{self._load.agents_port}"
