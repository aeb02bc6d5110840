"""One SIP call with its media, from either side (RFC 3261 dialogs, RFC 3264 offer and answer).

    caller's side   CALLING -> (EARLY) -> UP -> ENDED        INVITE, CANCEL, ACK, BYE
    called side     RINGING -> UP -> ENDED                   180, 200 or a refusal, BYE

The races that phones have: a CANCEL waits for the first response; a 200 that crosses a CANCEL is
acknowledged and ended with BYE; a final answer is repeated until its ACK.
"""

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from tests.support.rtp import EVENT_TYPE, Sound
from tests.support.sip_message import (
    Account,
    Header,
    Message,
    new_branch,
    parameter,
    respond,
    uri_of,
)
from tests.support.sip_socket import Repeater, SipSocket

REASONS = {200: "OK", 480: "Temporarily Unavailable", 486: "Busy Here", 487: "Request Terminated"}
REASONS |= {180: "Ringing", 100: "Trying", 603: "Decline", 481: "No Such Call"}


class State(Enum):
    """Where a call is; see the module's diagram."""

    CALLING = "calling"
    EARLY = "early"
    RINGING = "ringing"
    UP = "up"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Identity:
    """How a caller presents themself: the From value without a tag, and more headers."""

    from_value: str
    headers: tuple[Header, ...] = ()


def _nothing() -> None:
    """Nobody wants to know."""


class SipCall:
    """One call.

    Attributes:
        call_id: Its Call-ID.
        state: Where it is.
        media: Its socket for sound.
        final: The final SIP status of the INVITE, 0 before; 408 if nobody reacted.
        on_change: Is called when the state has changed.
        answered: Set when the call is up.
        over: Set when it has ended, however.
    """

    def __init__(self, socket: SipSocket, media: Sound, call_id: str) -> None:
        self.call_id = call_id
        self.media = media
        self.final = 0
        self.answered = asyncio.Event()
        self.over = asyncio.Event()
        self.on_change: Callable[[], None] = _nothing
        self._socket = socket
        self._tag = secrets.token_hex(4)
        self._sequence = 0
        self._local = ""
        self._remote = ""
        self._target = ""
        self.state = State.CALLING

    @property
    def _contact(self) -> str:
        host, port = self._socket.address
        return f"sip:phone@{host}:{port}"

    async def hang_up(self, timeout_s: float = 5.0) -> None:
        """End the call and wait for its end; nothing if it has ended."""
        if self.state is not State.ENDED:
            self._leave()
            await asyncio.wait_for(self.over.wait(), timeout_s)

    async def close(self) -> None:
        """Give everything back at once, without a word to the other side."""
        self._end()
        await self.media.close()

    def reinvite(self) -> None:
        """Describe our media once more in mid-call, as a carrier does to keep a call alive."""
        self._socket.request(self._request("INVITE", body=self._sdp()), self._on_reinvite_answer)

    def on_request(self, request: Message) -> None:
        """Take a request within the call."""
        match request.method:
            case "ACK":
                self._on_ack()
            case "BYE":
                self._reply(request, 200)
                self._end()
            case "INVITE" | "UPDATE":
                self._on_change(request)
            case _:
                self._reply(request, 200)

    def _leave(self) -> None:
        self._bye()

    def _bye(self) -> None:
        self._socket.request(self._request("BYE"), self._on_bye_answer)

    def _on_reinvite_answer(self, response: Message) -> None:
        if response.status < 200:
            return
        self._socket.send(self._message("ACK", response.sequence, new_branch()))
        self._aim(response.body)

    def _on_bye_answer(self, response: Message) -> None:
        if response.status >= 200:
            self._end()

    def _on_ack(self) -> None:
        """Nothing waits for it on the caller's side."""

    def _on_change(self, request: Message) -> None:
        """Accept a new description of the media: hold, or another address."""
        self._aim(request.body)
        self._reply(request, 200, body=self._sdp() if request.body else "")

    def _come_up(self) -> None:
        self.state = State.UP
        self.media.start()
        self.answered.set()
        self.on_change()

    def _end(self) -> None:
        self.state = State.ENDED
        self.media.stop()
        self.over.set()
        self.on_change()

    def _request(self, method: str, *more: Header, body: str = "") -> Message:
        self._sequence += 1
        return self._message(method, self._sequence, new_branch(), *more, body=body)

    def _message(
        self, method: str, sequence: int, branch: str, *more: Header, body: str = ""
    ) -> Message:
        host, port = self._socket.address
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};branch={branch};rport"),
            ("Max-Forwards", "70"),
            ("From", self._local),
            ("To", self._remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{sequence} {method}"),
            ("Contact", f"<{self._contact}>"),
            *more,
        ]
        return Message(f"{method} {self._target} SIP/2.0", headers, body)

    def _reply(self, request: Message, status: int, body: str = "") -> None:
        self._socket.answer(request, self._response(request, status, body))

    def _response(self, request: Message, status: int, body: str = "") -> Message:
        reason = REASONS[status]
        return respond(request, status, reason, self._tag, contact=self._contact, body=body)

    def _sdp(self) -> str:
        host, _ = self._socket.address
        lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"]
        lines += [f"m=audio {self.media.port} RTP/AVP 0 {EVENT_TYPE}", "a=rtpmap:0 PCMU/8000"]
        lines += [f"a=rtpmap:{EVENT_TYPE} telephone-event/8000", f"a=fmtp:{EVENT_TYPE} 0-16"]
        return "\r\n".join([*lines, "a=ptime:20", ""])

    def _aim(self, sdp: str) -> None:
        host = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
        if host and port:
            self.media.aim((host.group(1), int(port.group(1))))


class OutgoingCall(SipCall):
    """A call that we make."""

    def __init__(self, socket: SipSocket, media: Sound, uri: str, who: Identity) -> None:
        super().__init__(socket, media, secrets.token_hex(12))
        self._who = who
        self._account: Account | None = None
        self._local = f"{who.from_value};tag={self._tag}"
        self._remote = f"<{uri}>"
        self._target = uri
        self._uri = uri
        self._invite: Message | None = None
        self._is_cancelled = False

    def start(self, account: Account | None = None) -> None:
        """Send the INVITE; the account answers a challenge, if one comes."""
        self._account = account
        self._send_invite()

    def _send_invite(self, *more: Header) -> None:
        self._invite = self._request("INVITE", *self._who.headers, *more, body=self._sdp())
        self._socket.request(self._invite, self._on_response)

    def _leave(self) -> None:
        if self.state is State.UP:
            self._bye()
            return
        self._is_cancelled = True
        if self.state is State.EARLY:
            self._cancel()

    def _cancel(self) -> None:
        assert self._invite is not None
        invite = self._invite
        cancel = self._message("CANCEL", invite.sequence, invite.branch)
        self._socket.request(cancel, lambda _: None)

    def _on_response(self, response: Message) -> None:
        if response.status < 200:
            self._on_progress(response)
        elif response.status < 300:
            self._on_answer(response)
        else:
            self._on_refusal(response)

    def _on_progress(self, response: Message) -> None:
        if self.state is not State.CALLING:
            return
        self.state = State.EARLY
        self._aim(response.body)
        if self._is_cancelled:
            self._cancel()

    def _on_answer(self, response: Message) -> None:
        """Acknowledge each copy of the 200; only the first one changes anything."""
        self._remote = response.get("To")
        self._target = uri_of(response.get("Contact"))
        self._socket.send(self._message("ACK", response.sequence, new_branch()))
        if self.state not in (State.CALLING, State.EARLY):
            return
        self.final = response.status
        self._aim(response.body)
        self._come_up()
        if self._is_cancelled:
            self._bye()

    def _on_refusal(self, response: Message) -> None:
        if response.status != 408 or parameter(response.get("To"), "tag") != "none":
            self._acknowledge_refusal(response)
        if self.state is State.ENDED or not self._is_latest(response):
            return
        if response.status in (401, 407) and self._account:
            account, self._account = self._account, None
            self._send_invite(account.authorize(response, "INVITE", self._uri))
            return
        self.final = response.status
        self._end()

    def _is_latest(self, response: Message) -> bool:
        """Whether it is for the INVITE sent last: a challenge may be repeated."""
        return self._invite is not None and response.branch == self._invite.branch

    def _acknowledge_refusal(self, response: Message) -> None:
        """Send the ACK of a failed INVITE: same branch, To as in the response (17.1.1.3)."""
        ack = self._message("ACK", response.sequence, response.branch)
        headers = [(n, response.get("To") if n == "To" else v) for n, v in ack.headers]
        self._socket.send(replace(ack, headers=headers))


class IncomingCall(SipCall):
    """A call that rings here."""

    def __init__(self, socket: SipSocket, media: Sound, invite: Message) -> None:
        super().__init__(socket, media, invite.get("Call-ID"))
        self.invite = invite
        self.state = State.RINGING
        self._local = f"{invite.get('To')};tag={self._tag}"
        self._remote = invite.get("From")
        self._target = uri_of(invite.get("Contact"))
        self._final_answer: Repeater | None = None
        self._aim(invite.body)

    def ring(self) -> None:
        """Say that it rings."""
        self._reply(self.invite, 180)

    def answer(self) -> None:
        """Pick up; raises RuntimeError if it does not ring any more."""
        self._must_ring()
        self._send_final(200, self._sdp())
        self.final = 200
        self._come_up()

    def refuse(self, status: int) -> None:
        """Say no; raises RuntimeError if it does not ring any more."""
        self._must_ring()
        self.final = status
        self._send_final(status)
        self._end()

    async def close(self) -> None:
        if self._final_answer:
            self._final_answer.stop()
        await super().close()

    def on_request(self, request: Message) -> None:
        if request.method == "CANCEL":
            self._on_cancel(request)
        else:
            super().on_request(request)

    def _leave(self) -> None:
        if self.state is State.RINGING:
            self.refuse(486)
        else:
            self._bye()

    def _on_cancel(self, request: Message) -> None:
        self._reply(request, 200)
        if self.state is State.RINGING:
            self.refuse(487)

    def _on_ack(self) -> None:
        if self._final_answer:
            self._final_answer.stop()

    def _must_ring(self) -> None:
        if self.state is not State.RINGING:
            raise RuntimeError(f"this phone does not ring (it is {self.state.value})")

    def _send_final(self, status: int, body: str = "") -> None:
        """Repeat the final answer until its ACK arrives."""
        response = self._response(self.invite, status, body)
        repeat = lambda: self._socket.answer(self.invite, response)  # noqa: E731
        self._final_answer = Repeater(repeat, self._end)
