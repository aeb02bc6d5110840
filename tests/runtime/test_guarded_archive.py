"""Lists of calls are closed and opened."""

import pytest

from callcenter.adapters.memory.records import MemoryArchive, MemoryRecords
from callcenter.ports.records import RecordsUnavailable
from callcenter.runtime.guarded_archive import GuardedArchive, ReportsPaused


async def test_lists_are_refused_while_it_is_off():
    archive = GuardedArchive(MemoryArchive(MemoryRecords()))
    assert (await archive.search("", None, 10)).lines == []
    archive.is_off = True
    for question in (archive.search("", None, 10), archive.call("x"), archive.outcomes()):
        with pytest.raises(ReportsPaused):
            await question
    assert issubclass(ReportsPaused, RecordsUnavailable)
    archive.is_off = False
    assert await archive.call("x") is None
    assert await archive.outcomes() == {}
