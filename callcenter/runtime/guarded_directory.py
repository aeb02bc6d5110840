"""Look-ups that never hold up a call: few at once, little time, and none where they are in vain."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from callcenter.core.call.messages import Presentation
from callcenter.core.ids import Ms, PartyId
from callcenter.core.vitals.breaker import Breaker, BreakerRules, after_failure, may_ask
from callcenter.ports.directory import CallerMatch, CustomerCard, Directory

T = TypeVar("T")

MOST_AT_ONCE = 8
BUDGET_S = 0.3
"""For one question; the agent's phone shows the number without a name after that."""
CHECK_S = 1.5
"""For the question whether somebody may be called."""


class LookUpSkipped(TimeoutError):
    """Nobody was asked, on purpose: the call goes on without a name."""


class GuardedDirectory:
    """A ``Directory`` that gives up early.

    After failures in a row nobody is asked for some seconds: a store that is away would otherwise
    cost every call the whole budget.
    """

    def __init__(
        self, inner: Directory, now: Callable[[], Ms], rules: BreakerRules | None = None
    ) -> None:
        self._inner = inner
        self._now = now
        self._rules = rules or BreakerRules()
        self.breaker = Breaker()
        self.is_off = False
        """Degraded: nobody is asked."""
        self.under_way = 0
        self.results = {"answered": 0, "failed": 0, "off": 0, "breaker": 0, "busy": 0}

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        """Return who may be calling; see the port. Raises LookUpSkipped too."""
        return await self._ask(lambda: self._inner.match(ani, presentation, dnis))

    async def wants_no_calls(self, number: str) -> bool:
        """Say whether somebody wants no calls; see the port.

        Asked also when degraded, and whatever failed before: without the answer nobody is called.
        """
        async with asyncio.timeout(CHECK_S):
            return await self._inner.wants_no_calls(number)

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        """Return what is known of one person; see the port. Raises LookUpSkipped too."""
        return await self._ask(lambda: self._inner.card(party_id))

    async def _ask(self, question: Callable[[], Coroutine[object, object, T]]) -> T:
        self._skip_in_vain()
        self.under_way += 1
        try:
            async with asyncio.timeout(BUDGET_S):
                answer = await question()
        except Exception:
            self.results["failed"] += 1
            self.breaker = after_failure(self.breaker, self._now(), self._rules)
            raise
        finally:
            self.under_way -= 1
        self.results["answered"] += 1
        self.breaker = Breaker()
        return answer

    def _skip_in_vain(self) -> None:
        if self.is_off:
            self._skip("off")
        if self.under_way >= MOST_AT_ONCE:
            self._skip("busy")
        may, self.breaker = may_ask(self.breaker, self._now(), self._rules)
        if not may:
            self._skip("breaker")

    def _skip(self, why: str) -> None:
        self.results[why] += 1
        raise LookUpSkipped(f"the caller is not looked up: {why}")
