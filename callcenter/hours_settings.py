"""Opening hours as people write them, read and checked: "mon-fri", "09:00-12:00, 13:00-18:00"."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from callcenter.core.acd.hours import DAY_MIN, OpeningHours, Span
from callcenter.settings import Hours
from ivr_flows.faults import FaultList, shown, suggestion
from ivr_flows.faults import Path as Place

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01][0-9]|2[0-4]):([0-5][0-9])"
_SPAN = re.compile(rf"{_TIME} *- *{_TIME}(\+1)?")
_FULL_DATE = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")
_LEAP_YEAR = 2000
_MOST_SPANS = 20

Spans = tuple[Span, ...]


def read_hours(section: Hours, zone: str, path: Place, faults: FaultList) -> OpeningHours:
    """Return the hours that a section means, as far as it can be read.

    Args:
        section: What is written.
        zone: The zone if the section has none of its own.
        path: Where it stands.
        faults: Takes what is wrong.
    """
    if section.time_zone:
        check_zone(section.time_zone, (*path, "time_zone"), faults)
    weekly = _weekly(section.weekly, (*path, "weekly"), faults)
    exceptions = dict(_exceptions(section.exceptions, (*path, "exceptions"), faults))
    yearly = set()
    for number, text in enumerate(section.holidays):
        place = (*path, "holidays", number)
        day = _holiday(text, place, faults)
        if isinstance(day, date):
            if day in exceptions:
                remedy = "remove one of them"
                faults.add(place, f"{text} is also under exceptions", remedy)
            exceptions[day] = ()
        elif day is not None:
            yearly.add(day)
    return OpeningHours(section.time_zone or zone, weekly, exceptions, frozenset(yearly))


def check_zone(name: str, path: Place, faults: FaultList) -> None:
    """Note a time zone that does not exist."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.unknown(path, "time zone", name, available_timezones())


# ---------------------------------------------------------------- days


def _weekly(section: Mapping[str, str], path: Place, faults: FaultList) -> dict[int, Spans]:
    weekly: dict[int, Spans] = {}
    written: dict[int, str] = {}
    for text, spans in section.items():
        place = (*path, text)
        read = _spans(spans, place, faults)
        for day in _days(text, place, faults):
            if day in written:
                problem = f"{DAYS[day]} is also in {shown(written[day])}"
                faults.add_at_key(place, problem, "each day may be given once")
            written[day] = text
            weekly[day] = read
    _check_nights(weekly, written, path, faults)
    return weekly


def _days(text: str, path: Place, faults: FaultList) -> Iterator[int]:
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        unknown = [day for day in (first, last or first) if day not in DAYS]
        if unknown:
            problem = f"expected a day such as mon, or mon-fri, got {shown(text)}"
            faults.add_at_key(path, problem, suggestion(unknown[0], DAYS))
            return
        begin, end = DAYS.index(first), DAYS.index(last or first)
        yield from (day % 7 for day in range(begin, begin + (end - begin) % 7 + 1))


def _check_nights(
    weekly: Mapping[int, Spans], written: Mapping[int, str], path: Place, faults: FaultList
) -> None:
    for day, spans in weekly.items():
        next_day = weekly.get((day + 1) % 7, ())
        if not spans or not next_day or spans[-1].closes_min <= DAY_MIN + next_day[0].opens_min:
            continue
        problem = (
            f"{DAYS[day]} closes at {_shown_time(spans[-1].closes_min - DAY_MIN)} of the next day, "
            f"but {DAYS[(day + 1) % 7]} opens at {_shown_time(next_day[0].opens_min)} already"
        )
        faults.add((*path, written[day]), problem, "let the one end when the other begins")


# ---------------------------------------------------------------- dates


def _exceptions(
    section: Mapping[str, str], path: Place, faults: FaultList
) -> Iterator[tuple[date, Spans]]:
    for text, spans in section.items():
        place = (*path, text)
        read = _spans(spans, place, faults)
        day = _full_date(text)
        if day is None:
            faults.add_at_key(place, _no_date(text), "write it as 2026-12-24")
        else:
            yield day, read


def _holiday(text: str, path: Place, faults: FaultList) -> date | tuple[int, int] | None:
    yearly = _YEARLY.fullmatch(text)
    parts = (_LEAP_YEAR, int(yearly[1]), int(yearly[2])) if yearly else None
    day = _date(*parts) if parts else _full_date(text)
    if day is None:
        faults.add(path, _no_date(text), 'write "12-25" for each year, or 2026-12-25')
        return None
    return (day.month, day.day) if yearly else day


def _full_date(text: str) -> date | None:
    match = _FULL_DATE.fullmatch(text)
    return _date(int(match[1]), int(match[2]), int(match[3])) if match else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _no_date(text: str) -> str:
    written = _FULL_DATE.fullmatch(text) or _YEARLY.fullmatch(text)
    return f"there is no date {shown(text)}" if written else f"expected a date, got {shown(text)}"


# ---------------------------------------------------------------- spans


def _spans(text: str, path: Place, faults: FaultList) -> Spans:
    if text.strip() == "closed":
        return ()
    spans: list[Span] = []
    for part in text.split(",", _MOST_SPANS)[:_MOST_SPANS]:
        span = _span(part.strip(), path, faults)
        if span is not None:
            spans.append(span)
    spans.sort()
    for before, after in pairwise(spans):
        if after.opens_min < before.closes_min:
            problem = f"the hours overlap: one opens at {_shown_time(after.opens_min)}, but the "
            problem += f"one before closes at {_shown_time(before.closes_min % DAY_MIN)}"
            faults.add(path, problem, "make one span of them")
    return tuple(spans)


def _span(text: str, path: Place, faults: FaultList) -> Span | None:
    match = _SPAN.fullmatch(text)
    if match is None:
        problem = f'expected hours such as "09:00-12:00, 13:00-18:00", or closed, got {shown(text)}'
        faults.add(path, problem)
        return None
    opens = int(match[1]) * 60 + int(match[2])
    closes = int(match[3]) * 60 + int(match[4]) + (DAY_MIN if match[5] else 0)
    if opens >= DAY_MIN or (closes > DAY_MIN and not match[5]) or closes - opens > DAY_MIN:
        faults.add(path, f"{shown(text)} does not fit into a day", "00:00-24:00 is all day")
        return None
    if closes <= opens:
        remedy = f"write {text}+1 if it closes on the next day, 00:00-24:00 for all day"
        faults.add(path, f"{shown(text)} closes before it opens", remedy)
        return None
    return Span(opens, closes)


def _shown_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
