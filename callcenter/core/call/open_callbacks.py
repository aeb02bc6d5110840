"""Which callbacks are open: by number, and by the slots they take up. Derived from the calls."""

from collections import Counter
from collections.abc import Iterator

from callcenter.core.call.callback_messages import CallbackTerms
from callcenter.core.ids import CallId, Ms, QueueId


class OpenCallbacks:
    """An index over the callbacks that have not come to a talk or an end."""

    def __init__(self) -> None:
        self._terms: dict[CallId, CallbackTerms] = {}
        self._by_number: dict[str, CallId] = {}
        self._slots: Counter[tuple[QueueId, Ms]] = Counter()

    def __len__(self) -> int:
        return len(self._terms)

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._terms

    def __iter__(self) -> Iterator[CallId]:
        return iter(self._terms)

    def put(self, call_id: CallId, terms: CallbackTerms | None) -> None:
        """Note an open callback; None: it is open no more."""
        before = self._terms.pop(call_id, None)
        if before is not None:
            if self._by_number.get(before.number) == call_id:
                del self._by_number[before.number]
            self._count(before, -1)
        if terms is not None:
            self._terms[call_id] = terms
            self._by_number[terms.number] = call_id
            self._count(terms, 1)

    def _count(self, terms: CallbackTerms, change: int) -> None:
        if terms.slot_at is None:
            return
        slot = (terms.queue_id, terms.slot_at)
        self._slots[slot] += change
        if not self._slots[slot]:
            del self._slots[slot]

    def of_number(self, number: str) -> CallId | None:
        """Return the open callback to a number in international form."""
        return self._by_number.get(number)

    def terms(self, call_id: CallId) -> CallbackTerms:
        """Return what was promised in an open callback."""
        return self._terms[call_id]

    def in_slot(self, queue_id: QueueId, slot_at: Ms) -> int:
        """Return how many callbacks of a queue take up a slot."""
        return self._slots[queue_id, slot_at]
