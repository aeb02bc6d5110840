"""The level follows the measurements, and everybody is told of a change."""

import asyncio

from callcenter.core.vitals.levels import Degradation, Level, Measurements
from callcenter.core.vitals.windows import Peaks
from callcenter.runtime.vitals import Vitals
from tests.support.runtime_world import HeardReports
from tests.support.virtual_time import VirtualClock, virtual


class Patient:
    def __init__(self) -> None:
        self.found = Measurements()
        self.by_hand: Level | None = None
        self.reports = HeardReports()
        self.told: list[Degradation] = []
        clock = VirtualClock()
        self.vitals = Vitals(
            lambda: self.found, lambda: self.by_hand, clock.elapsed_ms, self.reports
        )
        self.vitals.followers.append(self.told.append)


@virtual
async def test_a_change_is_told_once_and_reported():
    patient = Patient()
    running = asyncio.ensure_future(patient.vitals.run())
    await asyncio.sleep(3)
    assert patient.told == []
    patient.found = Measurements(commit_ms=300)
    await asyncio.sleep(5)
    assert [state.level for state in patient.told] == [Level.SLOW_VIEWS]
    assert "level 1" in patient.reports.fault_names[0]
    patient.found = Measurements()
    await asyncio.sleep(70)
    assert patient.vitals.level is Level.NORMAL
    assert [state.level for state in patient.told] == [1, 1, 0], "the reason went first"
    assert len(patient.reports.notes) == 1
    running.cancel()


@virtual
async def test_what_people_set_holds_within_a_second():
    patient = Patient()
    running = asyncio.ensure_future(patient.vitals.run())
    patient.by_hand = Level.NOT_CLAIMING
    await asyncio.sleep(1.01)
    assert patient.vitals.state.is_by_hand
    assert patient.told[-1].level is Level.NOT_CLAIMING
    running.cancel()


class Looks:
    """Looks at instants of a test's choice, at how late events were read since the last one."""

    def __init__(self) -> None:
        self.now = 0
        self.ages = Peaks()
        self.vitals = Vitals(self._measure, lambda: None, lambda: self.now, HeardReports())

    def _measure(self) -> Measurements:
        self.ages.turn()
        return Measurements(event_age_ms=self.ages.sustained * 1_000)

    def look(self, after_ms: int, age_s: float) -> Level:
        self.now += after_ms
        self.ages.note(age_s)
        self.vitals.look()
        return self.vitals.level


def test_standing_still_once_closes_no_door():
    """A frozen process reads in two seconds what waited for eleven; the trouble is over by then."""
    looks = Looks()
    for _ in range(5):
        looks.look(1_000, 0.01)
    looks.look(11_000, 11.0)
    assert looks.look(1_000, 5.5) is Level.NORMAL
    for _ in range(5):
        assert looks.look(1_000, 0.01) is Level.NORMAL


def test_standing_still_again_and_again_does():
    looks = Looks()
    for _ in range(4):
        looks.look(4_000, 4.0)
    assert looks.vitals.level is Level.NOT_CLAIMING


def test_what_goes_on_after_standing_still_is_a_trouble_that_lasts():
    looks = Looks()
    looks.look(1_000, 0.01)
    looks.look(11_000, 11.0)
    for _ in range(2):
        looks.look(1_000, 3.0)
    assert looks.vitals.level is Level.NOT_CLAIMING
