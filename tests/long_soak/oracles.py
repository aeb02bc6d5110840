"""What must hold of each call, as the caller's phone and the records tell it.

The truth about a call is what its phones saw and heard; the store is held to it. Each check yields
what is broken, in a sentence; nothing for what is well.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.long_soak.media import Span
from tests.long_soak.plan import CallerPlan, Intent

ANSWERED_WITHIN_S = 2.5
CLEAR_TALK_S = 2.0
"""Shorter talks may end while they are being recorded as one thing or the other."""
BOTH_AT_ONCE_S = 0.2

_TALKED = {"answered", "fallback_answered"}
_TOLD = {"self_served", "overflow", "fallback_abandoned", "fallback_message"}
"""Outcomes of callers whom the PBX hangs up on after it has told them why."""


class End(StrEnum):
    """How a call ended, as the caller's phone saw it."""

    CALLER = "the caller hung up"
    PBX = "the PBX hung up"
    REFUSED = "refused"
    CUT_OFF = "the PBX was killed"


@dataclass(slots=True)
class Talk:
    """A caller hears somebody.

    Attributes:
        station: Whom.
        began_at: The first packet.
        ended_at: When one of the two hung up; 0: they have not.
        caller_gaps: Times without a packet on the caller's side, longer than usual.
        agent_gaps: The same on the agent's.
        was_cut: Neither hung up, and yet it ended.
    """

    station: str
    began_at: float
    ended_at: float = 0.0
    caller_gaps: list[Span] = field(default_factory=list)
    agent_gaps: list[Span] = field(default_factory=list)
    was_cut: bool = False


@dataclass(slots=True)
class Story:
    """One call, as the caller's phone knows it; instants in seconds of the wall clock, 0: never."""

    plan: CallerPlan
    dialled_at: float
    answered_at: float = 0.0
    ended_at: float = 0.0
    end: End | None = None
    final: int = 0
    talks: list[Talk] = field(default_factory=list)
    left_behind: bool = False
    """The agent hung up, and nobody ended the call."""
    two_at_once: bool = False

    @property
    def ani(self) -> str:
        """Who called."""
        return self.plan.ani


@dataclass(frozen=True, slots=True)
class Row:
    """What the store has of a call."""

    call_id: str
    ani: str
    outcome: str
    cause: str
    talk_ms: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """An agent's talk by the records; instants in milliseconds."""

    agent_id: str
    call_id: str
    began_at: int
    ended_at: int


def excess_ms(gap: Span, own_pause_ms: float) -> float:
    """Return how much of a gap is not explained by a pause of the measuring process itself."""
    return gap.ms - own_pause_ms


def of_the_phone(story: Story, own_pause_ms: float) -> Iterator[str]:
    """Yield what a caller has met that must not be, once the call is over.

    Args:
        story: The call.
        own_pause_ms: How long this process itself stood still while the call was answered.
    """
    who = f"{story.ani} ({story.plan.intent})"
    waited_s = (story.answered_at or story.ended_at) - story.dialled_at
    if story.end is not End.CUT_OFF and waited_s > ANSWERED_WITHIN_S + own_pause_ms / 1000:
        verb = "was answered" if story.answered_at else "was not answered"
        yield f"{who} {verb} within {waited_s:.1f} s"
    if story.end is End.REFUSED:
        yield f"{who} was refused with SIP status {story.final}"
    if story.left_behind:
        yield f"{who} was left on the line after the agent had hung up"
    if story.two_at_once:
        yield f"{who} heard two agents at once"
    for talk in story.talks:
        if talk.was_cut and story.end is not End.CUT_OFF:
            lasted_s = talk.ended_at - talk.began_at
            yield f"{who}: the talk with {talk.station} was cut after {lasted_s:.1f} s"


def of_the_record(story: Story, rows: Sequence[Row]) -> Iterator[str]:
    """Yield in what the store differs from what a caller met, once both are settled."""
    who = f"{story.ani} ({story.plan.intent})"
    if not rows:
        if story.answered_at:
            yield f"{who} was answered and has no record"
        return
    if len(rows) > 1:
        yield f"{who} has {len(rows)} records: {', '.join(row.call_id for row in rows)}"
    row = rows[0]
    if not row.closed:
        yield f"{who}: the record {row.call_id} is not closed"
        return
    longest_s = max((talk.ended_at - talk.began_at for talk in story.talks), default=0.0)
    if longest_s > CLEAR_TALK_S and row.outcome not in _TALKED:
        yield f"{who} talked for {longest_s:.1f} s and is recorded as {row.outcome} {row.cause}"
    if not story.talks and row.outcome in _TALKED and row.talk_ms > CLEAR_TALK_S * 1000:
        yield f"{who} never heard anybody and is recorded as {row.outcome}"
    if story.end is End.PBX and not story.talks and not _was_told(story, row):
        yield f"{who} was hung up on, unserved, and is recorded as {row.outcome} {row.cause}"


def _was_told(story: Story, row: Row) -> bool:
    return row.outcome in _TOLD or (story.plan.intent is Intent.EARLY and not story.answered_at)


def in_two_calls(stretches: Iterable[Stretch]) -> Iterator[str]:
    """Yield agents whose talks overlap by the records."""
    by_agent: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        by_agent[stretch.agent_id].append(stretch)
    for agent_id, theirs in by_agent.items():
        theirs.sort(key=lambda each: each.began_at)
        for earlier, later in itertools.pairwise(theirs):
            overlap_ms = min(earlier.ended_at, later.ended_at) - later.began_at
            if earlier.call_id != later.call_id and overlap_ms > BOTH_AT_ONCE_S * 1000:
                yield (
                    f"agent {agent_id} is in {earlier.call_id} and in {later.call_id} "
                    f"for {overlap_ms} ms"
                )


def overlap(voices: Iterable[Span]) -> bool:
    """Say whether two voices were heard at the same time on one line."""
    ordered = sorted(voices, key=lambda span: span.begin)
    pairs = itertools.pairwise(ordered)
    return any(earlier.end - later.begin > BOTH_AT_ONCE_S for earlier, later in pairs)
