from dataclasses import replace

import pytest

from callcenter.core.acd.doors import Door
from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import (
    OpennessAsked,
    OpennessTold,
    QueueClosed,
    QueueCloseRequested,
    QueueOpened,
    QueueReopenRequested,
)
from callcenter.core.ids import CallId, Ms, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from tests.core.acd.test_decide import SALES, Floor

HOUR_MS = 3_600_000
NINE_TO_FIVE = OpeningHours("UTC", dict.fromkeys(range(7), (Span(9 * 60, 17 * 60),)))


def a_floor(hour: float, hours: OpeningHours | None = NINE_TO_FIVE) -> Floor:
    """Return a floor at an hour of 1970-01-02, before anything was recorded of its door."""
    floor = Floor()
    floor.pool = Pool(
        "5ca1ab1e", PoolRules(), {SALES: replace(QueueRules(SALES, "Sales"), hours=hours)}
    )
    floor.now = at(hour)
    return floor


def at(hour: float) -> Ms:
    return round((24 + hour) * HOUR_MS)


def closes(floor: Floor, queue_id: QueueId = SALES) -> None:
    floor.tell(QueueCloseRequested(queue_id, "Sue", "fire drill"))


def reopens(floor: Floor) -> None:
    floor.tell(QueueReopenRequested(SALES, "Tom"))


def test_the_hours_are_followed_from_the_start() -> None:
    floor = a_floor(8)
    floor.passes(0)
    assert floor.facts == [QueueClosed(at(8), SALES, at(9))]
    assert floor.pool.agenda.earliest() == at(9)
    floor.passes(3600)
    assert floor.facts == [QueueOpened(at(9), SALES, at(17))]
    assert floor.pool.agenda.earliest() == at(17)


def test_a_queue_without_hours_is_open_and_never_looked_at() -> None:
    floor = a_floor(3, None)
    assert floor.pool.agenda.earliest() is None
    floor.tell(OpennessAsked(CallId("c"), SALES))
    assert floor.tells == [OpennessTold(CallId("c"), is_open=True)]


def test_a_queue_that_is_closed_early_stays_so_until_its_hours_open_it_next() -> None:
    floor = a_floor(10)
    floor.passes(0)
    closes(floor)
    assert floor.facts == [QueueClosed(at(10), SALES, at(33), "Sue", "fire drill")]
    floor.passes(8 * 3600)
    assert floor.facts == [], "its own closing changes nothing"
    floor.tell(OpennessAsked(CallId("c"), SALES))
    assert floor.tells == [OpennessTold(CallId("c"), is_open=False)]
    floor.passes(15 * 3600)
    assert floor.facts == [QueueOpened(at(33), SALES, at(41))]


def test_a_queue_without_hours_is_closed_until_somebody_opens_it() -> None:
    floor = a_floor(10, None)
    closes(floor)
    assert floor.facts == [QueueClosed(at(10), SALES, None, "Sue", "fire drill")]
    assert floor.pool.agenda.earliest() is None
    reopens(floor)
    assert floor.facts == [QueueOpened(at(10), SALES, None, "Tom")]


def test_who_reopens_after_the_hours_leaves_it_to_the_hours() -> None:
    floor = a_floor(10)
    floor.passes(0)
    closes(floor)
    floor.now = at(20)
    reopens(floor)
    assert floor.facts == [QueueClosed(at(20), SALES, at(33))]
    assert floor.refusal is None
    reopens(floor)
    assert floor.refusal == "This queue is closed by its hours, not by a person."


@pytest.mark.parametrize(
    ("hour", "ask", "refusal"),
    [
        (10, reopens, "This queue is open."),
        (8, closes, "This queue is closed already."),
        (8, reopens, "This queue is closed by its hours, not by a person."),
        (10, lambda floor: closes(floor, QueueId("nights")), "There is no such queue."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(hour: float, ask, refusal: str) -> None:
    floor = a_floor(hour)
    floor.passes(0)
    ask(floor)
    assert (floor.facts, floor.refusal) == ([], refusal)


def test_hours_that_were_changed_are_followed_at_once() -> None:
    floor = a_floor(10)
    floor.passes(0)
    [door] = floor.pool.doors
    assert door == Door(SALES, is_open=True, since_at=at(10), until=at(17))
    for hours, alarm in ((OpeningHours("UTC", {}), 0), (None, None), (NINE_TO_FIVE, at(17))):
        after = a_floor(11, hours).pool
        after.doors.restore([door])
        assert after.doors.alarm(SALES) == alarm
    closed = a_floor(11, None).pool
    closed.doors.restore([replace(door, is_open=False)])
    assert closed.doors.alarm(SALES) == 0
