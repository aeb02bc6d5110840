"""A sorted line that stays quick when it is long.

A plain sorted list moves half its entries at each change; with 100,000 waiting callers that is the
dearest part of a turn. Here the entries lie in pieces of some hundreds, so a change moves one piece
and looking up goes by bisection over the pieces.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator

from callcenter.core.ids import CallId, Ms

Place = tuple[int, Ms, int, CallId]
"""Where a caller stands: rank, key, number of the call, its id; never equal for two callers."""

_MOST = 512
"""A piece that grows longer is cut into two."""


class Line:
    """Places in order."""

    __slots__ = ("_lasts", "_length", "_pieces")

    def __init__(self) -> None:
        self._pieces: list[list[Place]] = [[]]
        self._lasts: list[Place] = []
        """The last place of each piece but the last one."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Place]:
        for piece in self._pieces:
            yield from piece

    @property
    def head(self) -> Place:
        """The first place; raises IndexError if the line is empty."""
        return self._pieces[0][0]

    def add(self, place: Place) -> None:
        """Put a place where it belongs."""
        number = bisect_left(self._lasts, place)
        piece = self._pieces[number]
        insort(piece, place)
        self._length += 1
        if len(piece) > _MOST:
            half = len(piece) // 2
            self._pieces[number : number + 1] = [piece[:half], piece[half:]]
            self._lasts.insert(number, piece[half - 1])

    def remove(self, place: Place) -> None:
        """Take a place out; raises AssertionError if it is not in line."""
        number = bisect_left(self._lasts, place)
        piece = self._pieces[number]
        index = bisect_left(piece, place)
        if index == len(piece) or piece[index] != place:
            raise AssertionError(f"{place} is not in line")
        del piece[index]
        self._length -= 1
        if not piece and len(self._pieces) > 1:
            del self._pieces[number]
            del self._lasts[min(number, len(self._lasts) - 1)]

    def index(self, place: Place) -> int:
        """Return how many places come before a place."""
        number = bisect_left(self._lasts, place)
        before = sum(len(piece) for piece in self._pieces[:number])
        return before + bisect_left(self._pieces[number], place)
