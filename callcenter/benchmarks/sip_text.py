"""The few words of SIP that load over UDP takes (RFC 3261). Not a phone: no media, no timers."""

import re
from dataclasses import dataclass

_URI = re.compile(rb"<([^>]+)>")
_USER = re.compile(rb"sips?:([^@;>]+)@")
CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Message:
    """A request or response; of headers that repeat only Via is kept whole."""

    first_line: bytes
    headers: dict[bytes, bytes]
    vias: list[bytes]

    @property
    def call_id(self) -> bytes:
        """The dialog, as far as we tell dialogs apart."""
        return self.headers.get(b"call-id", b"")

    @property
    def status(self) -> int:
        """The code of a response, 0 for a request."""
        return int(self.first_line[8:11]) if self.first_line.startswith(b"SIP/2.0 ") else 0

    @property
    def method(self) -> bytes:
        """The method of a request, or of the request that a response answers."""
        return self.headers.get(b"cseq", b"").rpartition(b" ")[2]

    def uri_of(self, header: bytes) -> bytes:
        """Return the address in a header such as Contact."""
        value = self.headers.get(header, b"")
        found = _URI.search(value)
        return found[1] if found else value.partition(b";")[0]

    def user_of(self, header: bytes) -> str:
        """Return the user part of the address in a header, "" for none."""
        found = _USER.search(self.headers.get(header, b""))
        return found[1].decode(errors="replace") if found else ""

    @property
    def target_user(self) -> str:
        """The user part of a request's own address."""
        found = _USER.search(self.first_line)
        return found[1].decode(errors="replace") if found else ""


def parse(datagram: bytes) -> Message:
    """Return what a datagram says; bodies are left out."""
    head = datagram.partition(CRLF + CRLF)[0]
    first, *lines = head.split(CRLF)
    headers: dict[bytes, bytes] = {}
    vias: list[bytes] = []
    for line in lines:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name == b"via":
            vias.append(value.strip())
        else:
            headers[name] = value.strip()
    return Message(first, headers, vias)


def build(first_line: str, headers: dict[str, bytes | str], body: bytes = b"") -> bytes:
    """Return a message; ``Content-Length`` is added."""
    lines = [first_line.encode()]
    lines += [f"{name}: ".encode() + _bytes(value) for name, value in headers.items()]
    lines.append(b"Content-Length: %d" % len(body))
    return CRLF.join(lines) + CRLF + CRLF + body


def respond(request: Message, status: str, tag: str, contact: str, body: bytes = b"") -> bytes:
    """Return a response to a request.

    Args:
        request: What is answered.
        status: Code and reason: "180 Ringing".
        tag: Our end of the dialog, put into To where there is none.
        contact: Where we are: "sip:ag1@127.0.0.1:5070".
        body: An SDP answer, or nothing.
    """
    own = request.headers
    to = own[b"to"] if b"tag=" in own[b"to"] else own[b"to"] + b";tag=" + tag.encode()
    lines = [f"SIP/2.0 {status}".encode()]
    lines += [b"Via: " + via for via in request.vias]
    lines += [b"From: " + own[b"from"], b"To: " + to, b"Call-ID: " + own[b"call-id"]]
    lines += [b"CSeq: " + own[b"cseq"], f"Contact: <{contact}>".encode()]
    if body:
        lines.append(b"Content-Type: application/sdp")
    lines.append(b"Content-Length: %d" % len(body))
    return CRLF.join(lines) + CRLF + CRLF + body


def sdp(host: str, port: int) -> bytes:
    """Return a session with G.711 mu-law and nothing else."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
    ).encode()


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
