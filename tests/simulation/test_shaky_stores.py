"""A CRM database that is away, and one that stores without saying so."""

from random import Random

import pytest

from callcenter.adapters.memory.directory import MemoryDirectory
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.core.call.messages import MatchStatus, Presentation
from callcenter.ports.records import RecordsUnavailable
from callcenter.simulation.shaky_stores import ShakyDirectory, ShakyRecords
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.simulation.weather import Weather


def test_records_are_away_and_some_are_stored_without_an_answer() -> None:
    async def work(_loop: VirtualLoop) -> None:
        kept, weather = MemoryRecords(), Weather()
        records = ShakyRecords(kept, weather, Random(1))
        await records.write("j", 1, [])
        assert await records.cursor("j") == 1
        weather.records_away = True
        for seq in range(2, 30):
            with pytest.raises(RecordsUnavailable):
                await records.write("j", seq, [])
        assert 1 < kept.cursors["j"] < 29

    run(work)


def test_look_ups_take_their_limit_when_nobody_answers() -> None:
    async def work(loop: VirtualLoop) -> None:
        weather = Weather()
        directory = ShakyDirectory(MemoryDirectory(), weather, Random(1))
        match = await directory.match("+12025550101", Presentation.ALLOWED, "100")
        assert match.status is MatchStatus.NONE
        weather.directory_away = True
        before = loop.time()
        away = 0
        for _ in range(20):
            try:
                await directory.match("+12025550101", Presentation.ALLOWED, "100")
            except TimeoutError:
                away += 1
        assert 10 < away < 20
        assert loop.time() - before >= 10

    run(work)
