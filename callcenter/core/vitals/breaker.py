"""A breaker: after some failures in a row nobody asks for a while, then one tries."""

from dataclasses import dataclass

from callcenter.core.ids import Ms


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When it opens, and for how long."""

    failures: int = 5
    pause_ms: Ms = 5_000


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed while ``open_until`` is None; a value, replaced at each change."""

    failures: int = 0
    """In a row."""
    open_until: Ms | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody asks, except for one who tries once in a while."""
        return self.open_until is not None


def may_ask(breaker: Breaker, now: Ms, rules: BreakerRules) -> tuple[bool, Breaker]:
    """Say whether to ask now. Whoever may although it is open keeps the others out meanwhile."""
    if breaker.open_until is None:
        return True, breaker
    if now < breaker.open_until:
        return False, breaker
    return True, Breaker(breaker.failures, now + rules.pause_ms)


def after_failure(breaker: Breaker, now: Ms, rules: BreakerRules) -> Breaker:
    """Return the breaker after an answer that did not come."""
    failures = breaker.failures + 1
    return Breaker(failures, now + rules.pause_ms if failures >= rules.failures else None)
