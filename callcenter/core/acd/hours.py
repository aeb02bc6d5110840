"""When a queue is open: weekly hours, holidays and exceptions, in a time zone of its own.

A span belongs to the day on which it begins and may run past midnight: Friday 22:00 to 06:00 is
open on Saturday morning, whatever Saturday's own hours are. An exception replaces the weekly hours
of its date, so it may close a day, open it longer, or move it.

Daylight saving: it opens when the clock on the wall first shows the time, or has skipped it, and
closes when the last open minute has been shown for the last time. So a span never opens twice, and
nobody is turned away while the clock says open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from callcenter.core.ids import Ms

DAY_MIN = 24 * 60
HORIZON_DAYS = 400
"""Longer than a year, so that each yearly holiday comes up once."""
_FIRST, _LAST = date(2, 1, 1), date(9990, 1, 1)
_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Open from one minute of the local day to another, not including it."""

    opens_min: int
    """Minutes after midnight, 0 to 1439."""
    closes_min: int
    """Later than ``opens_min``, by at most a day: 1500 is one o'clock on the next day."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of one or more queues; checked: the zone exists, spans of a day are apart."""

    zone: str
    """An IANA name: "Europe/Berlin"."""
    weekly: Mapping[int, tuple[Span, ...]]
    """Weekday, 0 for Monday, to its spans; a day that is not here is closed."""
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """A date to its own spans; without any it is closed. Comes before holidays."""
    holidays: frozenset[tuple[int, int]] = frozenset()
    """Month and day of each year on which it is closed."""

    def open_at(self, instant: Ms) -> bool:
        """Say whether it is open at an instant."""
        return self.stretch(instant)[0]

    def next_change(self, instant: Ms) -> Ms | None:
        """Return the first instant after this one at which it opens or closes; None: never."""
        return self.stretch(instant)[1]

    def next_opening(self, instant: Ms) -> Ms | None:
        """Return the first instant after this one at which it opens; None: never."""
        is_open, change = self.stretch(instant)
        return self.stretch(change)[1] if is_open and change is not None else change

    def stretch(self, instant: Ms) -> tuple[bool, Ms | None]:
        """Return whether it is open at an instant, and until when that stays so."""
        for opens_at, closes_at in self._stretches(instant):
            if instant < opens_at:
                return False, opens_at
            if closes_at is None or instant < closes_at:
                return True, closes_at
        return False, None

    def _stretches(self, instant: Ms) -> Iterator[tuple[Ms, Ms | None]]:
        """Yield when it opens and closes, in order; spans that touch are one stretch."""
        day = self._local_day(instant)
        end = min(max((day, *self.exceptions)) + timedelta(days=HORIZON_DAYS), _LAST)
        opens_at = closes_at = None
        for begins_at, ends_at in self._spans(max(day - timedelta(days=2), _FIRST), end):
            if closes_at is not None and opens_at is not None and begins_at > closes_at:
                yield opens_at, closes_at
                opens_at = closes_at = None
            opens_at = begins_at if opens_at is None else opens_at
            closes_at = ends_at if closes_at is None else max(closes_at, ends_at)
        if opens_at is not None and closes_at is not None:
            never_ends = closes_at >= self._instant(end, 0, closes=False)
            yield opens_at, None if never_ends else closes_at

    def _spans(self, day: date, end: date) -> Iterator[tuple[Ms, Ms]]:
        while day < end:
            for span in sorted(self._spans_of(day)):
                begins_at = self._instant(day, span.opens_min, closes=False)
                ends_at = self._instant(day, span.closes_min, closes=True)
                if ends_at > begins_at:  # a change of the clock may have skipped all of it
                    yield begins_at, ends_at
            day += timedelta(days=1)

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        own = self.exceptions.get(day)
        if own is not None:
            return own
        if (day.month, day.day) in self.holidays:
            return ()
        return self.weekly.get(day.weekday(), ())

    def _local_day(self, instant: Ms) -> date:
        return datetime.fromtimestamp(instant / 1000, ZoneInfo(self.zone)).date()

    def _instant(self, day: date, minute: int, *, closes: bool) -> Ms:
        zone = ZoneInfo(self.zone)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what the wall shows
        if closes:
            return _last_end(midnight + timedelta(minutes=minute - 1), zone)
        return _first(midnight + timedelta(minutes=minute), zone)


def _first(wall: datetime, zone: ZoneInfo) -> Ms:
    """Return when the clock on the wall first shows a time, or has skipped it."""
    first, second = _both(wall, zone)
    return _ms(first if first <= second else _change_between(second, first, zone))


def _last_end(wall: datetime, zone: ZoneInfo) -> Ms:
    """Return when the minute that the clock on the wall shows is over for the last time."""
    first, second = _both(wall, zone)
    if first <= second:
        return _ms(second + timedelta(minutes=1))
    return _ms(_change_between(second, first, zone))


def _both(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return what a time means before and after a change of the clock (PEP 495).

    Both are the same for nearly all; the first is the later one for a time that is skipped.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock changes: after ``before``, at the latest ``after``."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _MS:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _ms(instant: datetime) -> Ms:
    return (instant - _EPOCH) // _MS
