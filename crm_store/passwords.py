"""Password digests and random secrets."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

T = TypeVar("T")

SHORTEST = 8
LONGEST = 256


class PasswordRefused(ValueError):
    """A password that must not be used; the message says why."""


class Passwords:
    """Makes and checks argon2id digests, two at a time at most.

    Each takes tens of milliseconds of a core and 64 MiB (the defaults of argon2-cffi, which follow
    RFC 9106); a storm of log-ins must not starve the calls.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(2, "passwords")
        self._nobodys = ""

    async def digest(self, password: str) -> str:
        """Return what to store; raises PasswordRefused."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise PasswordRefused(f"A password has {SHORTEST} to {LONGEST} characters.")
        return await self._run(self._hasher.hash, password)

    async def check(self, digest: str | None, password: str) -> bool:
        """Say whether a password fits; without a digest it takes the same time and is False."""
        if not self._nobodys:
            self._nobodys = await self._run(self._hasher.hash, secrets.token_urlsafe())
        known = digest is not None
        cut = password[:LONGEST].encode("utf-8", "replace").decode()
        fits = await self._run(self._verify, digest or self._nobodys, cut)
        return known and fits and cut == password

    def needs_renewal(self, digest: str) -> bool:
        """Say whether a digest was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(digest)

    def _verify(self, digest: str, password: str) -> bool:
        try:
            return self._hasher.verify(digest, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def sha256(secret: str) -> str:
    """Return what is stored of a random secret.

    A fast digest is enough for 125 random bits and more; they cannot be guessed from it.
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Return a code for people to type: 125 random bits as five groups of five characters."""
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(25)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 25, 5))


def typed_code(text: str) -> str:
    """Return a code as it was made from how somebody typed it (case, spaces, O for 0, I for 1)."""
    letters = text.upper().translate(str.maketrans("OIL", "011", " -\t\n"))[:25]
    return "-".join(letters[start : start + 5] for start in range(0, len(letters), 5))
