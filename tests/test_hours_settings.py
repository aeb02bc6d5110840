from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.hours_settings import read_hours
from callcenter.settings import Hours
from ivr_flows.faults import FaultList, Marks


def read(section: Hours) -> tuple[OpeningHours, list[str]]:
    faults = FaultList(Marks("cc.yaml"))
    hours = read_hours(section, "Europe/Berlin", ("opening_hours", "office"), faults)
    return hours, [f"{fault.problem}; {fault.remedy}" for fault in faults.faults]


def test_hours_are_read_as_people_write_them() -> None:
    section = Hours(
        weekly={"mon-thu": "09:00-12:00, 13:00 - 18:00", "fri": "22:00-06:00+1", "sun": "closed"},
        holidays=("12-25", "2026-11-26"),
        exceptions={"2026-12-24": "09:00-12:00", "2026-12-31": "closed"},
    )
    hours, problems = read(section)
    assert problems == []
    office = (Span(540, 720), Span(780, 1080))
    assert hours == OpeningHours(
        "Europe/Berlin",
        {0: office, 1: office, 2: office, 3: office, 4: (Span(1320, 1800),), 6: ()},
        {
            date(2026, 12, 24): (Span(540, 720),),
            date(2026, 12, 31): (),
            date(2026, 11, 26): (),
        },
        frozenset({(12, 25)}),
    )


def test_hours_may_have_a_zone_of_their_own() -> None:
    assert read(Hours(time_zone="Asia/Shanghai"))[0].zone == "Asia/Shanghai"


def test_days_may_be_listed_and_go_over_the_weekend() -> None:
    hours, problems = read(Hours(weekly={"sat-mon, wed": "10:00-11:00"}))
    assert problems == []
    assert set(hours.weekly) == {5, 6, 0, 2}


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        (
            Hours(time_zone="Europe/Berlln"),
            "there is no time zone 'Europe/Berlln'; did you mean 'Europe/Berlin'?",
        ),
        (
            Hours(weekly={"mon-fry": "09:00-10:00"}),
            "expected a day such as mon, or mon-fri, got 'mon-fry'; did you mean 'fri'?",
        ),
        (
            Hours(weekly={"mon-fri": "09:00-10:00", "wed": "closed"}),
            "wed is also in 'mon-fri'; each day may be given once",
        ),
        (
            Hours(weekly={"mon": "9-18"}),
            """expected hours such as "09:00-12:00, 13:00-18:00", or closed, got '9-18'; """,
        ),
        (
            Hours(weekly={"mon": "18:00-09:00"}),
            "'18:00-09:00' closes before it opens; write 18:00-09:00+1 if it closes on the next "
            "day, 00:00-24:00 for all day",
        ),
        (
            Hours(weekly={"mon": "09:00-13:00, 12:00-18:00"}),
            "the hours overlap: one opens at 12:00, but the one before closes at 13:00; "
            "make one span of them",
        ),
        (
            Hours(weekly={"fri": "22:00-06:00+1", "sat": "05:00-10:00"}),
            "fri closes at 06:00 of the next day, but sat opens at 05:00 already; "
            "let the one end when the other begins",
        ),
        (
            Hours(weekly={"mon": "09:00-10:00+1"}),
            "'09:00-10:00+1' does not fit into a day; 00:00-24:00 is all day",
        ),
        (
            Hours(weekly={"mon": "24:00-24:30"}),
            "'24:00-24:30' does not fit into a day; 00:00-24:00 is all day",
        ),
        (
            Hours(exceptions={"2026-02-30": "closed"}),
            "there is no date '2026-02-30'; write it as 2026-12-24",
        ),
        (
            Hours(exceptions={"Christmas": "closed"}),
            "expected a date, got 'Christmas'; write it as 2026-12-24",
        ),
        (
            Hours(holidays=("02-30",)),
            """there is no date '02-30'; write "12-25" for each year, or 2026-12-25""",
        ),
        (
            Hours(holidays=("2026-12-24",), exceptions={"2026-12-24": "09:00-10:00"}),
            "2026-12-24 is also under exceptions; remove one of them",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_remedy(section: Hours, problem: str) -> None:
    assert read(section)[1] == [problem]


def test_a_leap_day_may_be_a_holiday() -> None:
    assert read(Hours(holidays=("02-29",)))[1] == []


def test_all_day_and_a_night_that_ends_when_the_next_day_begins_are_allowed() -> None:
    assert read(Hours(weekly={"mon-sun": "00:00-24:00"}))[1] == []
    assert read(Hours(weekly={"fri": "22:00-06:00+1", "sat": "06:00-10:00"}))[1] == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(day: str, spans: str) -> None:
    read(Hours(weekly={day: spans}, exceptions={day: spans}, holidays=(day,), time_zone="UTC"))
