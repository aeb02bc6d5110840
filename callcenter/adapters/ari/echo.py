"""Whether we hear the PBX: it is asked to say something to us on the event socket.

A socket can be open, answer pings, and carry no event for ever: when the PBX ends an earlier try of
ours to connect in the millisecond in which the next one arrives, it strikes our application off
and tells nobody (measured on 22.10.1; its log then says that the application is not active).
"""

import asyncio
from collections.abc import Callable

ECHO = "cc-echo"
"""The name of the event that we ask for."""
MOST_UNHEARD = 2
"""Asked so often in vain, with no other event either: one may be lost in a stall of our own."""


class Echoes:
    """What was asked for and heard on one connection.

    Anything that arrives counts as heard: where events are late, but come, a new connection would
    not make them come sooner.

    Attributes:
        life: The context in which the connection lives; it ends it when we are found deaf.
    """

    def __init__(self) -> None:
        self.life = asyncio.timeout(None)
        self._unheard = 0

    @property
    def was_deaf(self) -> bool:
        """Whether the connection was ended because nothing was heard."""
        return self.life.expired()

    def heard_by(self, received: Callable[[bytes], None]) -> Callable[[bytes], None]:
        """Return what is to be called with each message, so that it counts as heard."""

        def hear(raw: bytes) -> None:
            self._unheard = 0
            received(raw)

        return hear

    def ask(self) -> bool:
        """Count one more echo as asked for, and return True; after too many the life ends."""
        if self._unheard >= MOST_UNHEARD:
            self.life.reschedule(asyncio.get_running_loop().time())
            return False
        self._unheard += 1
        return True

    def take_back(self) -> None:
        """Forget one that was asked for: the PBX did not take the question."""
        self._unheard = max(0, self._unheard - 1)
