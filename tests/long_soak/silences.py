"""Gaps in talks: whose they are. Those of one call are the service's to answer for.

Sound never passes through the service: what it can do to a talk it does to the bridge of that one
call. Talks in the fallback are the control: the service has no part in them at all, so what they
have, or what most talks have at the same moment, is Asterisk's or the machine's; it is told, and
not taken for the service's. So gaps are judged late, when all talks of that moment are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.long_soak.media import Span

MOST_GAP_MS = 100
SET_UP_S = 0.3
"""Two lines that are put through hear each other a few packets apart; that is no gap in a talk."""
_SAME_MOMENT_S = 0.05
_FEW_TALKS = 3
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a packet."""

    span: Span
    side: str
    """Who heard nothing."""
    excess_ms: float
    """How long, less what the measuring process itself did not send."""


@dataclass(frozen=True, slots=True)
class Talked:
    """One talk that is over."""

    who: str
    span: Span
    gaps: tuple[Gap, ...]
    is_control: bool = False
    """It was in the fallback."""


class Silences:
    """All talks of late.

    Attributes:
        largest_ms: The largest gap of one call.
        largest_shared_ms: The largest that most talks had together, or one in the fallback.
    """

    def __init__(self) -> None:
        self.largest_ms = 0.0
        self.largest_shared_ms = 0.0
        self._talks: list[Talked] = []
        self._judged_until = 0.0

    def add(self, talked: Talked) -> None:
        """Take down a talk."""
        self._talks.append(talked)

    def judge(self, until: float, keep_s: float = 120.0) -> Iterator[str]:
        """Yield the gaps that began before an instant, and belong to one call, and are too long.

        Args:
            until: All talks of the time before it are over.
            keep_s: How long talks are kept after it, as company for later ones.
        """
        for talk in self._talks:
            for gap in talk.gaps:
                if self._judged_until <= gap.span.begin < until:
                    yield from self._judge(talk, gap)
        self._judged_until = until
        self._talks = [talk for talk in self._talks if talk.span.end > until - keep_s]

    def _judge(self, talk: Talked, gap: Gap) -> Iterator[str]:
        if talk.is_control or self._is_shared(gap.span):
            self.largest_shared_ms = max(self.largest_shared_ms, gap.excess_ms)
            return
        self.largest_ms = max(self.largest_ms, gap.excess_ms)
        if gap.excess_ms > MOST_GAP_MS:
            after_s = gap.span.begin - talk.span.begin
            before_s = talk.span.end - gap.span.end
            yield (
                f"{talk.who}: the {gap.side} heard nothing for {gap.excess_ms:.0f} ms, "
                f"{after_s:.1f} s after the beginning and {before_s:.1f} s before the end"
            )

    def _is_shared(self, span: Span) -> bool:
        there = [t for t in self._talks if t.span.begin < span.begin and t.span.end > span.end]
        near = [t for t in there if any(_meets(gap.span, span) for gap in t.gaps)]
        if any(talk.is_control for talk in near):
            return True
        return len(near) >= _FEW_TALKS and len(near) >= _MOST * len(there)


def _meets(one: Span, other: Span) -> bool:
    return one.begin < other.end + _SAME_MOMENT_S and other.begin < one.end + _SAME_MOMENT_S
