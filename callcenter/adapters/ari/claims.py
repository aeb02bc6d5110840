"""From the offer of a call to our claim of it: how long that takes, and how it ends."""

import asyncio
from collections import OrderedDict
from typing import Final

from callcenter.adapters.ari.failures import NO_ANSWER
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.core.ids import LegId

OFFERED_FOR_S: Final = 1.2
"""As long as the dialplan waits for a claim (CC_CLAIM_MS); a later one is not even sent."""
_MOST: Final = 2_000
_RESULTS = {NO_ANSWER: "unanswered", 409: "lost", 404: "late"}
"""Lost: another node was quicker. Late: the PBX does not offer the call any more."""


class Claims:
    """Remembers when calls were offered; the oldest is forgotten first."""

    def __init__(self, metrics: AriMetrics) -> None:
        self._metrics = metrics
        self._offered_at: OrderedDict[LegId, float] = OrderedDict()

    def offered(self, leg_id: LegId) -> None:
        """Note that the PBX offers a call."""
        self._offered_at[leg_id] = asyncio.get_running_loop().time()
        if len(self._offered_at) > _MOST:
            self._offered_at.popitem(last=False)

    def is_too_late(self, leg_id: LegId) -> bool:
        """Say whether the PBX has given the call to the fallback already; if so, count it."""
        age_s = self._age_s(leg_id)
        is_late = age_s is not None and age_s > OFFERED_FOR_S
        if is_late:
            self._offered_at.pop(leg_id, None)
            self._metrics.claims.labels("late").inc()
        return is_late

    def answered(self, leg_id: LegId, status: int) -> None:
        """Note what the PBX says to a claim."""
        won = 200 <= status < 300
        self._metrics.claims.labels("won" if won else _RESULTS.get(status, "refused")).inc()
        age_s = self._age_s(leg_id)
        self._offered_at.pop(leg_id, None)
        if won and age_s is not None:
            self._metrics.claim_age.observe(age_s)

    def _age_s(self, leg_id: LegId) -> float | None:
        offered_at = self._offered_at.get(leg_id)
        return None if offered_at is None else asyncio.get_running_loop().time() - offered_at
