"""Tickets that let one websocket in.

A websocket handshake carries the cookie from whatever page opens it. The ticket is proof that the
page could also read an answer of ours, which pages of other sites cannot.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from callcenter.core.ids import Ms

LIFETIME_MS: Final = 30_000
MAX_TICKETS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Issued:
    session: str
    expires_at: Ms


class Tickets:
    """Issued tickets, as digests; each works once, for the session it was issued to."""

    def __init__(self) -> None:
        self._issued: dict[str, _Issued] = {}
        """In order of expiry: all live equally long."""

    def __len__(self) -> int:
        return len(self._issued)

    def issue(self, session_token: str, now: Ms) -> str:
        """Return a new ticket. ``now`` must not go back: use the clock's elapsed time."""
        self._forget(now)
        ticket = secrets.token_urlsafe(32)
        self._issued[_digest(ticket)] = _Issued(_digest(session_token), now + LIFETIME_MS)
        return ticket

    def redeem(self, ticket: str, session_token: str, now: Ms) -> bool:
        """Use a ticket up; return whether it was good for this session."""
        issued = self._issued.pop(_digest(ticket), None)
        if issued is None or now >= issued.expires_at:
            return False
        return secrets.compare_digest(issued.session, _digest(session_token))

    def _forget(self, now: Ms) -> None:
        while self._issued:
            oldest = next(iter(self._issued))
            if len(self._issued) < MAX_TICKETS and now < self._issued[oldest].expires_at:
                return
            del self._issued[oldest]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
