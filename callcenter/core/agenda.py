"""What is due when, for many things at once: one instant a key, the earliest first."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

from callcenter.core.ids import Ms

Key = TypeVar("Key", bound=str | tuple[str, str])


class Agenda(Generic[Key]):
    """The instants that a state wants to be woken at, kept in step with the state by ``set``.

    It is derived from the state and holds nothing of its own: equal instants come in the order of
    their keys, so that a state folded anew meets them in the same order. Changing an instant
    leaves the old heap entry behind, to be skipped when it surfaces; the heap is rebuilt when such
    entries outnumber the live ones.
    """

    def __init__(self) -> None:
        self._at: dict[Key, Ms] = {}
        self._heap: list[tuple[Ms, Key]] = []

    def set(self, key: Key, at: Ms | None) -> None:
        """Let ``key`` be due at an instant, or never (None)."""
        if self._at.get(key) == at:
            return
        if at is None:
            self._at.pop(key, None)
            return
        self._at[key] = at
        heappush(self._heap, (at, key))
        if len(self._heap) > 64 and len(self._heap) > 2 * len(self._at):
            self._heap = [entry for entry in self._heap if self._at.get(entry[1]) == entry[0]]
            heapify(self._heap)

    def earliest(self) -> Ms | None:
        """Return the earliest instant, or None if nothing is due ever."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: Ms) -> Iterator[Key]:
        """Yield what is due at ``now``, earliest first; it is not due again until set."""
        while (earliest := self.earliest()) is not None and earliest <= now:
            key = heappop(self._heap)[1]
            del self._at[key]
            yield key
