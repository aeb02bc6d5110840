"""The seam between the adapter and an Asterisk: over HTTP, or a simulated one in process.

Nothing of this module needs to be imported to implement the seam: results are plain tuples and
failures are exceptions of Python's own, so that a simulation fits by its shape alone.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol


class AriTransport(Protocol):
    """Carries requests to one Asterisk and its events back."""

    @property
    def address(self) -> str:
        """Where the PBX is, for messages to people; without a password."""
        ...

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command and return its status and body.

        Args:
            method: "GET", "POST", "PUT" or "DELETE".
            path: Under the REST root, quoted, such as "/channels/1795323368.0/answer".
            params: The query, not quoted.
            body: JSON, or None.

        Raises:
            TimeoutError: No answer in time; the command may still be carried out later.
            OSError: The PBX cannot be reached, or the connection broke.
        """
        ...

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        """Open the event socket for an application and hand over what comes, until it ends.

        Args:
            application: The Stasis application.
            opened: Awaited once when the socket is open, before anything is received; what it
                raises ends the connection and is raised again.
            received: Called with each message (JSON text in UTF-8) in order; what it raises ends
                the connection and is raised again.

        Returns:
            When the PBX has closed the socket.

        Raises:
            PermissionError: The name or password is wrong.
            OSError: The PBX cannot be reached, or the connection broke.
            TimeoutError: It does not answer.
        """
        ...

    async def close(self) -> None:
        """Release all connections."""
        ...
