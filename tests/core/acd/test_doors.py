from callcenter.core.acd.doors import Door, Doors
from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.queue_messages import QueueClosed, QueueOpened
from callcenter.core.ids import QueueId
from callcenter.core.plan import QueueRules

DAY, NIGHT = QueueId("day"), QueueId("night")
HOUR_MS = 3_600_000
DAYS = OpeningHours("UTC", dict.fromkeys(range(7), (Span(8 * 60, 20 * 60),)))
QUEUES = {DAY: QueueRules(DAY, "Day", hours=DAYS), NIGHT: QueueRules(NIGHT, "Night")}


def test_doors_follow_the_hours_to_the_millisecond() -> None:
    doors = Doors(QUEUES)
    opens_at, closes_at = 100 * 24 * HOUR_MS + 8 * HOUR_MS, 100 * 24 * HOUR_MS + 20 * HOUR_MS
    for now, is_open in (
        (opens_at - 1, False),
        (opens_at, True),
        (closes_at - 1, True),
        (closes_at, False),
        (opens_at, True),
    ):
        assert doors.is_open(DAY, now) is is_open
        assert doors.is_open(NIGHT, now)


def test_a_door_closed_early_is_closed_until_its_instant() -> None:
    doors = Doors(QUEUES)
    noon = 100 * 24 * HOUR_MS + 12 * HOUR_MS
    doors.evolve(QueueClosed(noon, DAY, noon + 1000, "Sue", "drill"))
    assert [doors.is_open(DAY, noon + ms) for ms in (0, 999, 1000)] == [False, False, True]
    doors.evolve(QueueClosed(noon, NIGHT, None, "Sue", "drill"))
    assert not doors.is_open(NIGHT, noon + 10**12)
    doors.evolve(QueueOpened(noon, NIGHT, None, "Sue"))
    assert doors.of(NIGHT) == Door(NIGHT, is_open=True, since_at=noon, until=None)
    assert doors.is_open(NIGHT, noon)
