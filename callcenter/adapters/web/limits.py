"""How often something may happen, in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass

from callcenter.core.ids import Ms


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time: a burst of ``capacity``, then one per ``refill_ms``."""

    capacity: int
    refill_ms: Ms
    tokens: float
    filled_at: Ms

    @classmethod
    def full(cls, capacity: int, refill_ms: Ms, now: Ms) -> "Bucket":
        """Return a bucket with all its tokens."""
        return cls(capacity, refill_ms, float(capacity), now)

    def take(self, now: Ms) -> Ms:
        """Take a token and return 0, or return how long to wait for one."""
        gained = max(0, now - self.filled_at) / self.refill_ms
        self.tokens = min(self.capacity, self.tokens + gained)
        self.filled_at = now
        if self.tokens < 1:
            return max(1, round((1 - self.tokens) * self.refill_ms))
        self.tokens -= 1
        return 0

    def give_back(self) -> None:
        """Return a token that was not used."""
        self.tokens = min(self.capacity, self.tokens + 1)


class Buckets:
    """One bucket for each of many keys; the ones unused for longest are forgotten first."""

    def __init__(self, capacity: int, refill_ms: Ms, max_keys: int = 10_000) -> None:
        self._capacity = capacity
        self._refill_ms = refill_ms
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: Ms) -> Ms:
        """Take a token of this key and return 0, or return how long to wait for one."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket.full(self._capacity, self._refill_ms, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return bucket.take(now)

    def give_back(self, key: str) -> None:
        """Return a token of this key that was not used."""
        bucket = self._buckets.get(key)
        if bucket is not None:
            bucket.give_back()
