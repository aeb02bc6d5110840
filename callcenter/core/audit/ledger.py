"""The PBX's own ledger, folded into one row for each caller's call.

The PBX writes what happens to each leg, and knows nothing of our facts; so the two can be compared
(``compare``), and a call that only the PBX saw is found.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.core.call.messages import Presentation
from callcenter.core.ids import LegId, Ms


class LedgerKind(StrEnum):
    """What the PBX entered."""

    STARTED = "started"
    """A caller's leg is there."""
    ARRIVED = "arrived"
    """The dialplan read what was dialled and who shows which number."""
    FALLBACK = "fallback"
    """The caller is with the fallback of the dialplan, and not with the service."""
    JOINED = "joined"
    """A leg, anybody's, is in a room where people talk."""
    LEFT = "left"
    MESSAGE = "message"
    """A message was left in a mailbox."""
    ENDED = "ended"
    """A leg, anybody's, is gone."""
    RESTARTED = "restarted"
    """The PBX was started: whatever was there before is gone without an entry."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry. Which fields are filled follows from the kind."""

    at: Ms
    kind: LedgerKind
    leg_id: LegId = LegId("")
    station: str = ""
    """Whose phone the leg is, without what makes the leg unique: "PJSIP/agent1"."""
    room: str = ""
    dnis: str = ""
    presentation: Presentation = Presentation.UNAVAILABLE
    number: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerCall:
    """One caller's call, as the PBX saw it."""

    leg_id: LegId
    arrived_at: Ms
    last_at: Ms
    """The last entry about it."""
    ended_at: Ms | None = None
    """None: it goes on, or it was cut off."""
    cut_off: bool = False
    """The PBX went down with this call in it; its end was not entered."""
    dnis: str = ""
    presentation: Presentation = Presentation.UNAVAILABLE
    number: str | None = None
    """None if withheld or missing."""
    talk_ms: Ms = 0
    """With somebody, while the service had the call."""
    fallback_at: Ms | None = None
    """Since when the fallback of the dialplan had it; None: it never had."""
    fallback_answered_at: Ms | None = None
    fallback_talk_ms: Ms = 0
    station: str = ""
    """Whose phone took it in the fallback."""
    left_message: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come."""
        return self.cut_off or self.ended_at is not None

    @property
    def over_at(self) -> Ms:
        """When it was over, as well as is known."""
        return self.last_at if self.ended_at is None else self.ended_at

    @property
    def left_service_at(self) -> Ms | None:
        """When the service had it no more; None if it still has, or nobody entered the end."""
        return self.ended_at if self.fallback_at is None else self.fallback_at


@dataclass(slots=True)
class _Sheet:
    """A call that goes on."""

    leg_id: LegId
    arrived_at: Ms
    last_at: Ms
    arrived: LedgerEntry | None = None
    fallback_at: Ms | None = None
    fallback_answered_at: Ms | None = None
    talk_since: Ms | None = None
    talk_ms: Ms = 0
    fallback_talk_ms: Ms = 0
    station: str = ""
    left_message: bool = False

    def talk(self, at: Ms, station: str) -> None:
        """Somebody is with the caller."""
        if self.talk_since is not None:
            return
        self.talk_since = at
        if self.fallback_at is not None:
            self.station = station
            if self.fallback_answered_at is None:
                self.fallback_answered_at = at

    def fall_silent(self, at: Ms) -> None:
        """Nobody is with the caller any more."""
        if self.talk_since is None:
            return
        length_ms = max(0, at - self.talk_since)
        self.talk_since = None
        if self.fallback_at is None:
            self.talk_ms += length_ms
        else:
            self.fallback_talk_ms += length_ms

    def row(self, ended_at: Ms | None, *, cut_off: bool = False) -> LedgerCall:
        """Return the call as it is now."""
        told = self.arrived
        return LedgerCall(
            leg_id=self.leg_id,
            arrived_at=self.arrived_at,
            last_at=self.last_at,
            ended_at=ended_at,
            cut_off=cut_off,
            dnis=told.dnis if told else "",
            presentation=told.presentation if told else Presentation.UNAVAILABLE,
            number=told.number if told else None,
            talk_ms=self.talk_ms,
            fallback_at=self.fallback_at,
            fallback_answered_at=self.fallback_answered_at,
            fallback_talk_ms=self.fallback_talk_ms,
            station=self.station,
            left_message=self.left_message,
        )


@dataclass(slots=True)
class _Ledger:
    """What is open at one place of the ledger: no more than the PBX has at that instant."""

    calls: dict[LegId, _Sheet] = field(default_factory=dict)
    rooms: dict[str, dict[LegId, str]] = field(default_factory=dict)
    """Who is in each room, with their stations."""

    def take(self, entry: LedgerEntry) -> Iterator[LedgerCall]:
        """Apply an entry; yield the calls that are over by it."""
        match entry.kind:
            case LedgerKind.RESTARTED:
                yield from self._cut_off()
            case LedgerKind.JOINED:
                self._join(entry)
            case LedgerKind.LEFT:
                self._leave(entry.room, entry.leg_id, entry.at)
            case LedgerKind.STARTED | LedgerKind.ARRIVED:
                self._begin(entry)
            case LedgerKind.FALLBACK | LedgerKind.MESSAGE:
                self._mark(entry)
            case LedgerKind.ENDED:
                yield from self._end(entry)
        sheet = self.calls.get(entry.leg_id)
        if sheet is not None:
            sheet.last_at = entry.at

    def _begin(self, entry: LedgerEntry) -> None:
        sheet = self.calls.get(entry.leg_id)
        if sheet is None:
            sheet = self.calls[entry.leg_id] = _Sheet(entry.leg_id, entry.at, entry.at)
        if entry.kind is LedgerKind.ARRIVED:
            sheet.arrived = entry

    def _mark(self, entry: LedgerEntry) -> None:
        sheet = self.calls.get(entry.leg_id)
        if sheet is None:
            return
        if entry.kind is LedgerKind.MESSAGE:
            sheet.left_message = True
        elif sheet.fallback_at is None:
            sheet.fall_silent(entry.at)
            sheet.fallback_at = entry.at

    def _join(self, entry: LedgerEntry) -> None:
        inside = self.rooms.setdefault(entry.room, {})
        inside[entry.leg_id] = entry.station
        if len(inside) < 2:
            return
        for leg_id in inside:
            if leg_id in self.calls:
                other = next(station for each, station in inside.items() if each != leg_id)
                self.calls[leg_id].talk(entry.at, other)

    def _leave(self, room: str, leg_id: LegId, at: Ms) -> None:
        inside = self.rooms.get(room, {})
        inside.pop(leg_id, None)
        gone = [leg_id] if len(inside) > 1 else [leg_id, *inside]
        for each in gone:
            if each in self.calls:
                self.calls[each].fall_silent(at)
        if not inside:
            self.rooms.pop(room, None)

    def _end(self, entry: LedgerEntry) -> Iterator[LedgerCall]:
        for room in [name for name, inside in self.rooms.items() if entry.leg_id in inside]:
            self._leave(room, entry.leg_id, entry.at)
        sheet = self.calls.pop(entry.leg_id, None)
        if sheet is not None:
            sheet.fall_silent(entry.at)
            sheet.last_at = entry.at
            yield sheet.row(entry.at)

    def _cut_off(self) -> Iterator[LedgerCall]:
        for sheet in self.calls.values():
            sheet.fall_silent(sheet.last_at)
            yield sheet.row(None, cut_off=True)
        self.calls.clear()
        self.rooms.clear()


def fold_ledger(entries: Iterable[LedgerEntry]) -> Iterator[LedgerCall]:
    """Yield each caller's call when it is over, and at the end those that go on.

    Entries are taken in the order in which the PBX wrote them. Memory is bounded by the calls
    that are open at one time.
    """
    ledger = _Ledger()
    for entry in entries:
        yield from ledger.take(entry)
    for sheet in ledger.calls.values():
        yield sheet.row(None)
