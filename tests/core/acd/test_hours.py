from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core.acd.hours import DAY_MIN, OpeningHours, Span
from callcenter.core.ids import Ms

HOUR_MS = 3_600_000
OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60))
WEEK = dict.fromkeys(range(5), OFFICE)
BERLIN = "Europe/Berlin"


def at(text: str, zone: str = BERLIN, fold: int = 0) -> Ms:
    """Return the instant of a wall clock time such as "2026-05-04 09:00"."""
    wall = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(wall.timestamp() * 1000)


def test_a_queue_is_open_in_its_spans_and_closed_between_them() -> None:
    hours = OpeningHours(BERLIN, WEEK)
    assert not hours.open_at(at("2026-05-04 08:59"))
    assert hours.open_at(at("2026-05-04 09:00"))
    assert hours.open_at(at("2026-05-04 12:00") - 1)
    assert not hours.open_at(at("2026-05-04 12:00"))
    assert not hours.open_at(at("2026-05-09 10:00")), "Saturday"


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ("2026-05-04 08:00", "2026-05-04 09:00"),
        ("2026-05-04 09:00", "2026-05-04 12:00"),
        ("2026-05-04 12:30", "2026-05-04 13:00"),
        ("2026-05-08 18:00", "2026-05-11 09:00"),
    ],
)
def test_the_next_change_is_the_next_opening_or_closing(now: str, change: str) -> None:
    assert OpeningHours(BERLIN, WEEK).next_change(at(now)) == at(change)


def test_the_next_opening_is_after_the_closing_of_who_is_open() -> None:
    hours = OpeningHours(BERLIN, WEEK)
    assert hours.next_opening(at("2026-05-08 14:00")) == at("2026-05-11 09:00")
    assert hours.next_opening(at("2026-05-10 14:00")) == at("2026-05-11 09:00")


def test_an_exception_closes_opens_longer_or_moves_a_day() -> None:
    exceptions = {
        date(2026, 5, 4): (),
        date(2026, 5, 5): (Span(9 * 60, 22 * 60),),
        date(2026, 5, 9): (Span(10 * 60, 12 * 60),),
    }
    hours = OpeningHours(BERLIN, WEEK, exceptions)
    assert not hours.open_at(at("2026-05-04 10:00"))
    assert hours.open_at(at("2026-05-05 21:59"))
    assert hours.open_at(at("2026-05-09 11:00")), "a Saturday to make up for another day"


def test_a_holiday_comes_each_year_and_an_exception_comes_before_it() -> None:
    opened = {date(2027, 12, 24): OFFICE}
    hours = OpeningHours(BERLIN, WEEK, opened, frozenset({(12, 24)}))
    assert not hours.open_at(at("2026-12-24 10:00"))
    assert hours.open_at(at("2027-12-24 10:00"))
    assert not hours.open_at(at("2029-12-24 10:00"))


def test_a_span_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    friday_night = OpeningHours(BERLIN, {4: (Span(22 * 60, 30 * 60),)}, {date(2026, 5, 9): ()})
    assert friday_night.open_at(at("2026-05-09 05:59"))
    assert not friday_night.open_at(at("2026-05-09 06:00"))
    assert friday_night.next_change(at("2026-05-08 23:00")) == at("2026-05-09 06:00")


def test_who_is_always_open_or_never_does_not_change() -> None:
    always = OpeningHours(BERLIN, dict.fromkeys(range(7), (Span(0, DAY_MIN),)))
    assert always.stretch(at("2026-05-04 10:00")) == (True, None)
    assert OpeningHours(BERLIN, {}).stretch(at("2026-05-04 10:00")) == (False, None)


def test_an_opening_years_ahead_is_found() -> None:
    once = OpeningHours("UTC", {}, {date(2031, 1, 1): (Span(60, 120),)})
    assert once.next_change(at("2026-05-04 10:00", "UTC")) == at("2031-01-01 01:00", "UTC")
    assert once.next_change(at("2031-01-01 01:00", "UTC")) == at("2031-01-01 02:00", "UTC")


NIGHT = OpeningHours(BERLIN, dict.fromkeys(range(7), (Span(22 * 60, 30 * 60),)))


@pytest.mark.parametrize(("day", "long_h"), [("03-28", 7), ("10-24", 9), ("05-05", 8)])
def test_a_night_in_which_the_clock_changes_is_shorter_or_longer(day: str, long_h: int) -> None:
    opens_at = at(f"2026-{day} 22:00")
    closes_at = NIGHT.next_change(opens_at)
    assert closes_at is not None
    assert closes_at - opens_at == long_h * HOUR_MS


def test_a_time_that_the_clock_skips_is_the_instant_of_the_change() -> None:
    change = at("2026-03-29 03:00")
    early = OpeningHours(BERLIN, {6: (Span(60, 150),)})
    assert early.next_change(at("2026-03-29 01:00")) == change
    late = OpeningHours(BERLIN, {6: (Span(150, 240),)})
    assert late.next_change(at("2026-03-29 01:00")) == change
    skipped = OpeningHours(BERLIN, {6: (Span(125, 170),)})
    assert skipped.next_change(at("2026-03-28 12:00")) == at("2026-04-05 02:05")


def test_of_a_time_that_comes_twice_the_first_opens_and_the_last_closes() -> None:
    hours = OpeningHours(BERLIN, {6: (Span(60, 150), Span(150 + 5, 170))})
    closes_at = hours.next_change(at("2026-10-25 01:00"))
    assert closes_at == at("2026-10-25 02:50", fold=1), "open all the way: the spans overlap"
    opens_late = OpeningHours(BERLIN, {6: (Span(150, 240),)})
    assert opens_late.next_change(at("2026-10-25 01:00")) == at("2026-10-25 02:30", fold=0)


def test_a_queue_that_closes_as_the_hour_begins_to_repeat_closes_once() -> None:
    hours = OpeningHours(BERLIN, {6: (Span(60, 120),)})
    assert hours.next_change(at("2026-10-25 01:00")) == at("2026-10-25 02:00", fold=0)


# ---------------------------------------------------------------- against the clock on the wall

ZONES = ("UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MINUTE_MS = 60_000


def oracle(hours: OpeningHours, begin: Ms, minutes: int) -> list[bool]:
    """Return for each minute whether it is open, by watching the clock on the wall go."""
    walls = [
        datetime.fromtimestamp((begin + n * MINUTE_MS) / 1000, ZoneInfo(hours.zone)).replace(
            tzinfo=None
        )
        for n in range(minutes)
    ]
    found = [False] * minutes
    for day in sorted({wall.date() for wall in walls}):
        for opens, closes in _spans(hours, day):
            first = next((n for n, wall in enumerate(walls) if wall >= opens), minutes)
            last = max((n for n, wall in enumerate(walls) if wall < closes), default=-1)
            found[first : last + 1] = [True] * max(0, last + 1 - first)
    return found


def _spans(hours: OpeningHours, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what the wall shows
    spans = hours.exceptions.get(day)
    if spans is None:
        is_holiday = (day.month, day.day) in hours.holidays
        spans = () if is_holiday else hours.weekly.get(day.weekday(), ())
    return [(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in spans]


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, DAY_MIN - 1), max_size=4)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    if len(cuts) % 2:
        spans.append(Span(cuts[-1], draw(st.integers(cuts[-1] + 1, cuts[-1] + DAY_MIN))))
    return tuple(spans)


CHANGES = tuple(
    datetime.fromisoformat(f"2026-{day}") for day in ("03-28", "10-24", "10-31", "05-05")
)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekly=st.dictionaries(st.integers(0, 6), days()),
    own=st.none() | days(),
    begin=st.sampled_from(CHANGES),
    is_holiday=st.booleans(),
)
def test_hours_are_what_the_clock_on_the_wall_shows(
    zone: str,
    weekly: Mapping[int, tuple[Span, ...]],
    own: tuple[Span, ...] | None,
    begin: datetime,
    is_holiday: bool,
) -> None:
    second = (begin + timedelta(days=1)).date()
    holidays = frozenset({(begin.month, begin.day)}) if is_holiday else frozenset()
    hours = OpeningHours(zone, weekly, {} if own is None else {second: own}, holidays)
    base = round((begin - timedelta(days=2)).replace(tzinfo=UTC).timestamp() * 1000)
    expected = oracle(hours, base, 7 * DAY_MIN)
    skipped = 2 * DAY_MIN  # the oracle does not know what began before it looked
    instant = base + skipped * MINUTE_MS
    end = base + 5 * DAY_MIN * MINUTE_MS
    while instant < end:
        is_open, change = hours.stretch(instant)
        until = min(end, change or end)
        minutes = range((instant - base) // MINUTE_MS, (until - base) // MINUTE_MS)
        assert {expected[n] for n in minutes} == {is_open}
        instant = until
