"""People who log in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from callcenter.core.acd.people import AgentProfile


class Role(StrEnum):
    """What a person may do; each role may do what the ones before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """One person."""

    user_id: str
    login: str
    name: str
    role: Role
    profile: AgentProfile | None
    """How the person takes calls; None for one who does not."""


class Accounts(Protocol):
    """Checks passwords and keeps sessions. Secrets are stored only as digests."""

    async def authenticate(self, login: str, password: str) -> Account | None:
        """Return who it is, or None; takes the same time for an unknown login."""
        ...

    async def profiles(self) -> Sequence[AgentProfile]:
        """Return how all who take calls do so, as stored now; raises TimeoutError if not known."""
        ...

    async def open_session(self, user_id: str, lifetime_ms: int, now: int) -> str:
        """Return a new opaque session token (256 random bits, URL-safe)."""
        ...

    async def session(self, token: str, now: int) -> Account | None:
        """Return whose session it is, or None if unknown, ended, or the account disabled."""
        ...

    async def close_session(self, token: str) -> None:
        """End a session; unknown tokens are ignored."""
        ...
