"""How many connections the pages may have: calls need file descriptors too."""

import asyncio
import logging
import resource
from collections.abc import Callable
from typing import Final, cast

log = logging.getLogger(__name__)

KEPT_BACK: Final = 256
"""Descriptors that pages never get: commands to the PBX, its events, journal, database."""
_TOLD_EVERY_S: Final = 60.0
_SORRY: Final = b"Too many connections are open. Try again in a minute.\n"
REFUSAL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nConnection: close\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(_SORRY), _SORRY)
)


def room_for_pages() -> int:
    """Return how many connections pages may have under the process's present limit.

    All but ``KEPT_BACK``; where the limit is small, half of it.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(limit - KEPT_BACK, limit // 2)


class Crowd:
    """Makes the protocol of each new connection: one that serves it, or one that refuses it."""

    def __init__(
        self,
        serve: Callable[[], asyncio.BaseProtocol],
        count: Callable[[], int],
        room: Callable[[], int] = room_for_pages,
    ) -> None:
        """Take the parts.

        Args:
            serve: Makes the protocol of a connection that is served.
            count: Says how many are served now.
            room: Says how many may be.
        """
        self._serve = serve
        self._count = count
        self._room = room
        self._told_at = float("-inf")

    def __call__(self) -> asyncio.BaseProtocol:
        """Return the protocol of one more connection."""
        if self._count() < self._room():
            return self._serve()
        now = asyncio.get_running_loop().time()
        if now - self._told_at > _TOLD_EVERY_S:
            self._told_at = now
            log.warning(
                "The pages have %d connections; further ones are refused, because calls need file "
                "descriptors too. Raise LimitNOFILE if these are all wanted.",
                self._count(),
            )
        return _Refusing()


class _Refusing(asyncio.Protocol):
    def connection_made(  # type: ignore[explicit-override]  # Python 3.12
        self, transport: asyncio.BaseTransport
    ) -> None:
        # A cast, not a check: uvloop's transports have the methods but not the base class.
        writer = cast("asyncio.WriteTransport", transport)
        writer.write(REFUSAL)
        writer.close()
