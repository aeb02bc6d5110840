"""One UDP socket that speaks SIP: transactions with their repetitions, both ways.

A request is repeated until somebody reacts (RFC 3261 timers A and E), a repeated request gets the
same answer again. What a call does with a message is in ``sip_call``.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, Self

from tests.support.sip_message import Message, respond

Address = tuple[str, int]

_FIRST_REPEAT_S = 0.5
_LONGEST_REPEAT_S = 4.0
_GIVE_UP_S = 32.0
_REMEMBERED = 5000
"""How many transactions of each direction are kept for repetitions; long runs must not grow."""


class Repeater:
    """Sends a datagram again and again, slower and slower, until it is stopped."""

    def __init__(self, send: Callable[[], None], on_give_up: Callable[[], None]) -> None:
        self._send = send
        self._on_give_up = on_give_up
        self._loop = asyncio.get_running_loop()
        self._give_up_at = self._loop.time() + _GIVE_UP_S
        self._pause_s = _FIRST_REPEAT_S
        self._timer: asyncio.TimerHandle | None = None
        self._fire()

    def stop(self) -> None:
        """Send no more."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _fire(self) -> None:
        self._send()
        self._timer = self._loop.call_later(self._pause_s, self._again)

    def _again(self) -> None:
        if self._loop.time() >= self._give_up_at:
            self._on_give_up()
            return
        self._pause_s = min(2 * self._pause_s, _LONGEST_REPEAT_S)
        self._fire()


class Transaction:
    """One request of ours and its responses; every response is handed on, repeated ones too."""

    def __init__(
        self, socket: "SipSocket", request: Message, on_response: Callable[[Message], None]
    ) -> None:
        self._request = request
        self._on_response = on_response
        self._repeater = Repeater(lambda: socket.send(request), self._time_out)

    def receive(self, response: Message) -> None:
        """Take a response; a provisional one is enough to stop repeating an INVITE."""
        if response.status >= 200 or self._request.method == "INVITE":
            self._repeater.stop()
        self._on_response(response)

    def stop(self) -> None:
        """Repeat no more."""
        self._repeater.stop()

    def _time_out(self) -> None:
        self._on_response(respond(self._request, 408, "Request Timeout", "none"))


class Talker(Protocol):
    """What a socket hands its requests to."""

    def on_request(self, request: Message) -> None:
        """Take a request that was not seen before, or an ACK."""
        ...


class SipSocket(asyncio.DatagramProtocol):
    """Sends to one peer and hears from it.

    Attributes:
        deaf: While true nothing is heard and nothing is sent, as with a pulled cable.
    """

    def __init__(self, peer: Address, talker: Talker) -> None:
        self.peer = peer
        self.deaf = False
        self._talker = talker
        self._transport: asyncio.DatagramTransport | None = None
        self._own: dict[tuple[str, str], Transaction] = {}
        self._answers: dict[tuple[str, str], bytes | None] = {}

    @classmethod
    async def open(cls, local: Address, peer: Address, talker: Talker) -> Self:
        """Bind it."""
        loop = asyncio.get_running_loop()
        transport, socket = await loop.create_datagram_endpoint(
            lambda: cls(peer, talker), local_addr=local
        )
        socket._transport = transport
        return socket

    def close(self) -> None:
        """Stop all repetitions and give the port back."""
        for transaction in self._own.values():
            transaction.stop()
        self._own.clear()
        if self._transport:
            self._transport.close()

    @property
    def address(self) -> Address:
        """Where it is bound."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return host, port

    def send(self, message: Message) -> None:
        """Send once, unrepeated."""
        self._send_bytes(message.encode())

    def request(self, request: Message, on_response: Callable[[Message], None]) -> None:
        """Send a request, repeated as needed."""
        key = (request.branch, request.method)
        self._own[key] = Transaction(self, request, on_response)
        _forget_oldest(self._own)

    def answer(self, request: Message, response: Message) -> None:
        """Send a response and keep it for repetitions of the request."""
        datagram = response.encode()
        self._answers[(request.branch, request.method)] = datagram
        self._send_bytes(datagram)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.deaf or addr != self.peer or not data.strip():
            return
        message = Message.parse(data)
        if message.status:
            self._take_response(message)
        else:
            self._take_request(message)

    def _take_response(self, response: Message) -> None:
        transaction = self._own.get((response.branch, response.method))
        if transaction:
            transaction.receive(response)

    def _take_request(self, request: Message) -> None:
        key = (request.branch, request.method)
        if request.method != "ACK" and key in self._answers:
            kept = self._answers[key]
            if kept:
                self._send_bytes(kept)
            return
        self._answers[key] = None
        _forget_oldest(self._answers)
        self._talker.on_request(request)

    def _send_bytes(self, datagram: bytes) -> None:
        if self._transport and not self.deaf and not self._transport.is_closing():
            self._transport.sendto(datagram, self.peer)


def _forget_oldest(kept: dict[tuple[str, str], Any]) -> None:
    if len(kept) > _REMEMBERED:
        del kept[next(iter(kept))]
