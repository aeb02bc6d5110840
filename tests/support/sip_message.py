"""SIP messages as text (RFC 3261), as far as two phones and one PBX on loopback need them."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

Header = tuple[str, str]

_LONG = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "c": "content-type"}
_LONG |= {"l": "content-length"}


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response."""

    start: str
    headers: Sequence[Header]
    """Names as written, in order."""
    body: str = ""

    @classmethod
    def parse(cls, datagram: bytes) -> Self:
        """Read a message; raises ValueError if it is none."""
        head, _, body = datagram.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        if "SIP/2.0" not in start:
            raise ValueError(f"not SIP: {start[:40]!r}")
        pairs = [line.partition(":") for line in lines if ":" in line]
        return cls(start, [(name.strip(), value.strip()) for name, _, value in pairs], body)

    def encode(self) -> bytes:
        """Write it, with its length."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        kind = ["Content-Type: application/sdp"] if self.body else []
        length = f"Content-Length: {len(self.body.encode())}"
        head = "\r\n".join([*lines, *kind, length]) + "\r\n\r\n"
        return (head + self.body).encode(errors="surrogateescape")

    def all(self, name: str) -> list[str]:
        """Return the values of a header, in order."""
        return [value for key, value in self.headers if _canonical(key) == name.lower()]

    def get(self, name: str) -> str:
        """Return the first value of a header, empty if it is not there."""
        return next(iter(self.all(name)), "")

    @property
    def status(self) -> int:
        """The code of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that a response is for."""
        return self.get("CSeq").split()[-1] if self.status else self.start.split()[0]

    @property
    def sequence(self) -> int:
        """The number in CSeq."""
        return int(self.get("CSeq").split()[0])

    @property
    def branch(self) -> str:
        """The transaction's key: the branch of the topmost Via."""
        return parameter(self.get("Via"), "branch")


def _canonical(name: str) -> str:
    lower = name.lower()
    return _LONG.get(lower, lower)


def parameter(value: str, name: str) -> str:
    """Return a parameter of a header's value (``;name=...``), empty if missing."""
    found = re.search(rf";\s*{name}=([^;,>\s]+)", value)
    return found.group(1) if found else ""


def uri_of(value: str) -> str:
    """Return the URI of a From, To or Contact value, without angle brackets."""
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def user_of(value: str) -> str:
    """Return the user part of the URI in a header's value, empty if there is none."""
    found = re.match(r"sips?:([^@;>]+)@", uri_of(value))
    return found.group(1) if found else ""


def respond(request: Message, status: int, reason: str, to_tag: str, **more: str) -> Message:
    """Return the response to a request; ``more`` may hold ``contact`` and ``body``."""
    to = request.get("To")
    headers = [("Via", via) for via in request.all("Via")]
    headers += [
        ("From", request.get("From")),
        ("To", to if parameter(to, "tag") or status == 100 else f"{to};tag={to_tag}"),
        ("Call-ID", request.get("Call-ID")),
        ("CSeq", request.get("CSeq")),
    ]
    if "contact" in more:
        headers.append(("Contact", f"<{more['contact']}>"))
    return Message(f"SIP/2.0 {status} {reason}", headers, more.get("body", ""))


def new_branch() -> str:
    """Return a fresh transaction key with the cookie of RFC 3261."""
    return "z9hG4bK" + secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Account:
    """A name and its password."""

    user: str
    password: str = field(repr=False)

    def authorize(self, challenge: Message, method: str, uri: str) -> Header:
        """Return the header that answers a 401 or 407 (RFC 7616, qop "auth" or none)."""
        is_proxy = challenge.status == 407
        asked = challenge.get("Proxy-Authenticate" if is_proxy else "WWW-Authenticate")
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
        name = "Proxy-Authorization" if is_proxy else "Authorization"
        return name, self._digest(fields, method, uri)

    def _digest(self, asked: Mapping[str, str], method: str, uri: str) -> str:
        realm, nonce = asked["realm"], asked["nonce"]
        secret = _hash(asked, f"{self.user}:{realm}:{self.password}")
        target = _hash(asked, f"{method}:{uri}")
        answer = f'Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}"'
        answer += f", algorithm={asked.get('algorithm', 'MD5')}"
        if "opaque" in asked:
            answer += f', opaque="{asked["opaque"]}"'
        if "qop" not in asked:
            return f'{answer}, response="{_hash(asked, f"{secret}:{nonce}:{target}")}"'
        own = secrets.token_hex(8)
        proof = _hash(asked, f"{secret}:{nonce}:00000001:{own}:auth:{target}")
        return f'{answer}, qop=auth, nc=00000001, cnonce="{own}", response="{proof}"'


def _hash(asked: Mapping[str, str], text: str) -> str:
    name = "sha256" if asked.get("algorithm", "MD5") == "SHA-256" else "md5"
    return hashlib.new(name, text.encode()).hexdigest()
