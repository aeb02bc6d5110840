"""The PBX's ledger against the store: what differs, in plain words.

Tolerances. Both sides note the same instants a few milliseconds apart when all is well; a busy
machine needs more, and an end that nobody saw is found by the comparison of every ten seconds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low

from callcenter.core.audit.ledger import LedgerCall
from callcenter.core.call.messages import UNSEEN
from callcenter.core.ids import CallId, LegId, Ms, ledger_call_id

ARRIVAL_TOLERANCE_MS = 2_000
TALK_TOLERANCE_MS = 2_000
END_TOLERANCE_MS = 12_000
"""An end that nobody reported is found by the reconciler, within ten seconds."""
SKEW_TOLERANCE_MS = 1_000
SETTLED_MS = 60_000
"""What happened less than this ago may still be on its way to the store."""
_ENOUGH_FOR_SKEW = 3
FALLBACK = "fallback"
PBX_RESTART = "pbx_restart"
LEDGER_CAUSES = frozenset({FALLBACK, f"{FALLBACK}_{PBX_RESTART}"})
"""Causes that only an audit writes."""


class DifferenceKind(StrEnum):
    """In what the two sides differ."""

    MISSING = "missing"
    """The PBX had the call, the store has not."""
    NOT_WRITTEN_YET = "not_written_yet"
    """It is in the journal, and not yet in the store."""
    DOUBLE = "double"
    STILL_OPEN = "still_open"
    UNKNOWN_TO_PBX = "unknown_to_pbx"
    ARRIVAL_DIFFERS = "arrival_differs"
    END_DIFFERS = "end_differs"
    TALK_DIFFERS = "talk_differs"
    UNSEEN = "unseen"
    """The service lost sight of a caller whom the fallback had."""
    CLOCK_SKEW = "clock_skew"
    UNREADABLE = "unreadable"
    """Lines of the ledger could not be read."""


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as the store has it."""

    call_id: CallId
    leg_id: LegId
    arrived_at: Ms
    ended_at: Ms | None
    talk_ms: Ms
    cause: str = ""

    @property
    def is_imported(self) -> bool:
        """Whether an audit wrote it from the PBX's ledger, with the PBX's times."""
        return self.call_id == ledger_call_id(self.leg_id) or self.cause in LEDGER_CAUSES

    @property
    def is_unseen(self) -> bool:
        """Whether all it says is that we asked for a caller and never saw them."""
        return self.cause == UNSEEN


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, for people and programs."""

    kind: DifferenceKind
    text: str
    leg_id: LegId = LegId("")
    call_id: CallId | None = None
    at: Ms | None = None
    """When the call arrived."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What we have of some calls of the PBX."""

    stored: Mapping[LegId, Sequence[StoredCall]]
    in_journal: Mapping[LegId, CallId]
    """Calls of the journal that are open, or that are not all in the store yet."""


def clock_skew_ms(pairs: Iterable[tuple[LedgerCall, StoredCall]]) -> Ms:
    """Return how far our clock is ahead of the PBX's: the median over arrivals; 0 for too few."""
    ahead = [
        stored.arrived_at - call.arrived_at
        for call, stored in pairs
        if not (stored.is_imported or stored.is_unseen)
    ]
    return median_low(ahead) if len(ahead) >= _ENOUGH_FOR_SKEW else 0


def compare_call(call: LedgerCall, ours: Ours, now: Ms, skew_ms: Ms = 0) -> Iterator[Difference]:
    """Yield in what one call of the PBX differs from ours.

    Args:
        call: As the PBX saw it.
        ours: What we have; of other calls too.
        now: The instant, on the PBX's clock.
        skew_ms: How far our clock is ahead of the PBX's.
    """
    stored = ours.stored.get(call.leg_id, ())
    if not stored:
        yield from _absent(call, ours, now)
        return
    if len(stored) > 1:
        ids = ", ".join(each.call_id for each in stored)
        yield _about(
            call, DifferenceKind.DOUBLE, f"The store has this call {len(stored)} times: {ids}."
        )
    if is_for_the_ledger(call, stored[0], now):
        text = f"The store says only that we lost sight of the caller. {what_happened(call)}"
        yield _about(call, DifferenceKind.UNSEEN, text, stored[0].call_id)
    elif not stored[0].is_unseen:
        yield from _differing_times(call, stored[0], now, 0 if stored[0].is_imported else skew_ms)


def _absent(call: LedgerCall, ours: Ours, now: Ms) -> Iterator[Difference]:
    known = ours.in_journal.get(call.leg_id)
    if known is not None:
        if call.is_over and now - call.over_at > SETTLED_MS:
            text = (
                f"The service's journal has it as call {known}, but the store has it not yet: "
                "look whether the service runs and whether it can write the database."
            )
            yield _about(call, DifferenceKind.NOT_WRITTEN_YET, text, known)
    elif is_importable(call, now):
        yield _about(call, DifferenceKind.MISSING, f"Not in the store. {what_happened(call)}")
    elif not call.is_over and call.fallback_at is None and now - call.last_at > SETTLED_MS:
        text = (
            f"The PBX has had this caller for {_length(now - call.arrived_at)}, and the service "
            "knows nothing of the call."
        )
        yield _about(call, DifferenceKind.STILL_OPEN, text)


def is_importable(call: LedgerCall, now: Ms) -> bool:
    """Say whether a call is over for so long that nobody will record it any more."""
    return call.is_over and now - call.over_at > SETTLED_MS


def is_for_the_ledger(call: LedgerCall, stored: StoredCall, now: Ms) -> bool:
    """Say whether the PBX's ledger knows better: we never saw the caller, and the fallback did."""
    return stored.is_unseen and call.fallback_at is not None and is_importable(call, now)


def what_happened(call: LedgerCall) -> str:
    """Return in a sentence or two what became of a caller whom the service did not record."""
    if call.fallback_at is None:
        end = "when the PBX went down" if call.cut_off else "with the end of the call"
        return (
            "The service never recorded it: it was taken and lost before its first fact, "
            f"or never offered. Nobody served the caller; it was over {end}."
        )
    after = _length(call.fallback_at - call.arrived_at)
    if call.fallback_answered_at is not None:
        waited = _length(call.fallback_answered_at - call.fallback_at)
        fate = (
            f"It was answered there after {waited}, with {_length(call.fallback_talk_ms)} of talk."
        )
    elif call.left_message:
        fate = "The caller left a message."
    else:
        stay = _length(call.over_at - call.fallback_at)
        fate = f"Nobody took it there, and it was over after {stay}."
    cut_off = " The PBX went down in it." if call.cut_off else ""
    return (
        f"Only the fallback of the dialplan had it, from {after} after the arrival. {fate}{cut_off}"
    )


def _differing_times(
    call: LedgerCall, stored: StoredCall, now: Ms, skew_ms: Ms
) -> Iterator[Difference]:
    ahead = stored.arrived_at - skew_ms - call.arrived_at
    if abs(ahead) > ARRIVAL_TOLERANCE_MS:
        text = f"The store has the arrival {_side(ahead)} than the PBX."
        yield _about(call, DifferenceKind.ARRIVAL_DIFFERS, text, stored.call_id)
    yield from _differing_end(call, stored, now, skew_ms)
    talk_ms = call.talk_ms
    if stored.is_imported:
        talk_ms += call.fallback_talk_ms
    longer = stored.talk_ms - talk_ms
    if abs(longer) > TALK_TOLERANCE_MS and not call.cut_off and call.left_service_at is not None:
        text = (
            f"The store has {_length(stored.talk_ms)} of talk, the PBX {_length(talk_ms)}: "
            "the tolerance is 2 s."
        )
        yield _about(call, DifferenceKind.TALK_DIFFERS, text, stored.call_id)


def _differing_end(
    call: LedgerCall, stored: StoredCall, now: Ms, skew_ms: Ms
) -> Iterator[Difference]:
    if call.cut_off:
        return  # the PBX could not enter the end
    end = call.ended_at if stored.is_imported else call.left_service_at
    if end is None:
        if stored.ended_at is not None and now - stored.ended_at + skew_ms > SETTLED_MS:
            text = "The store has the end of the call, but the PBX still has the caller."
            yield _about(call, DifferenceKind.STILL_OPEN, text, stored.call_id)
    elif stored.ended_at is None:
        if now - end > SETTLED_MS:
            text = f"The PBX has the end of the call {_length(now - end)} ago, the store has none."
            yield _about(call, DifferenceKind.STILL_OPEN, text, stored.call_id)
    elif abs(late := stored.ended_at - skew_ms - end) > END_TOLERANCE_MS:
        text = f"The store has the end {_side(late)} than the PBX: the tolerance is 12 s."
        yield _about(call, DifferenceKind.END_DIFFERS, text, stored.call_id)


def unknown_call(stored: StoredCall) -> Difference:
    """Return the difference about a call that the PBX has not entered."""
    text = "The store has this call, the PBX's ledger has not: was the ledger off, or lost?"
    return Difference(
        DifferenceKind.UNKNOWN_TO_PBX, text, stored.leg_id, stored.call_id, stored.arrived_at
    )


def skewed_clocks(skew_ms: Ms) -> Iterator[Difference]:
    """Yield the difference of the clocks, if it matters."""
    if abs(skew_ms) > SKEW_TOLERANCE_MS:
        side = "ahead of" if skew_ms > 0 else "behind"
        text = (
            f"The service's clock is {_length(abs(skew_ms))} {side} the PBX's: set both by NTP. "
            "Times were compared as if it were not."
        )
        yield Difference(DifferenceKind.CLOCK_SKEW, text)


def unreadable_lines(count: int) -> Iterator[Difference]:
    """Yield the difference that torn lines make, if there are any."""
    if count:
        text = f"{count} lines of the ledger could not be read; calls may be missing from it."
        yield Difference(DifferenceKind.UNREADABLE, text)


def _about(
    call: LedgerCall, kind: DifferenceKind, text: str, call_id: CallId | None = None
) -> Difference:
    return Difference(kind, text, call.leg_id, call_id, call.arrived_at)


def _side(ms: Ms) -> str:
    return f"{_length(abs(ms))} {'later' if ms > 0 else 'earlier'}"


def _length(ms: Ms) -> str:
    """Return a duration for people, such as "1.5 s" or "12 min"."""
    if ms < 120_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms / 60_000:.0f} min"
