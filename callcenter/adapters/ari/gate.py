"""A bounded place: so many at once, so many who wait, the most urgent first."""

import asyncio
from collections import deque
from contextlib import suppress

from callcenter.core.vitals.limits import Urgency


class Shed(TimeoutError):
    """Not begun: there was no place in time, or none to wait in."""


class Gate:
    """Lets ``limit`` in at once. Who leaves makes room for the most urgent of those who wait.

    When nobody more may wait, the least urgent who came last goes away unserved; it may be the one
    who has just come.
    """

    def __init__(self, limit: int, most_waiting: int) -> None:
        self.limit = limit
        """May be changed; who is inside stays inside."""
        self.most_waiting = most_waiting
        self.inside = 0
        self.waiting = 0
        self.was_full = False
        """Somebody had to wait since this was last set to False."""
        self.shed = dict.fromkeys(Urgency, 0)
        """How many went away unserved."""
        self._lines: dict[Urgency, deque[asyncio.Future[None]]] = {
            each: deque() for each in Urgency
        }

    def try_enter(self) -> bool:
        """Enter if that needs no waiting."""
        if self.inside >= self.limit or self.waiting:
            return False
        self.inside += 1
        return True

    async def enter(self, urgency: Urgency, wait_s: float) -> None:
        """Enter, in at most ``wait_s`` seconds; raises Shed. Whoever entered must leave."""
        if self.try_enter():
            return
        self.was_full = True
        if self.waiting >= self.most_waiting:
            self._make_room(urgency)
        turn = asyncio.get_running_loop().create_future()
        self._lines[urgency].append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(wait_s):
                await turn
        except BaseException as error:
            self._give_up(turn, urgency)
            if isinstance(error, TimeoutError) and not isinstance(error, Shed):
                self.shed[urgency] += 1
                raise Shed("no place in time") from error
            raise

    def leave(self) -> None:
        """Make room."""
        self.inside -= 1
        self.admit()

    def admit(self) -> None:
        """Let in who waits, as far as there is room; of use after the limit was raised."""
        while self.waiting and self.inside < self.limit:
            turn = next(line for line in self._lines.values() if line).popleft()
            self.waiting -= 1
            if not turn.done():  # else it has just given up
                self.inside += 1
                turn.set_result(None)

    def _make_room(self, urgency: Urgency) -> None:
        least = max(each for each, line in self._lines.items() if line)
        if least <= urgency:
            self.shed[urgency] += 1
            raise Shed("too many wait already")
        turn = self._lines[least].pop()
        self.waiting -= 1
        if not turn.done():
            self.shed[least] += 1
            turn.set_exception(Shed("others are more urgent"))

    def _give_up(self, turn: "asyncio.Future[None]", urgency: Urgency) -> None:
        if turn.cancelled():
            with suppress(ValueError):  # taken out of its line meanwhile
                self._lines[urgency].remove(turn)
                self.waiting -= 1
        elif turn.exception() is None:
            self.leave()  # let in at the very moment in which it gave up
