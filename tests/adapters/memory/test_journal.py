import pytest

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.ports.journal import JournalFailed
from tests.support.facts import turn


async def test_break_down_is_a_failed_write() -> None:
    journal = MemoryJournal()
    acknowledged: list[int] = []
    journal.append(turn(1), lambda: acknowledged.append(1))
    journal.break_down("no space")
    assert str(await journal.failed()) == "no space"
    with pytest.raises(JournalFailed):
        await journal.flush()
    await journal.close()
    assert acknowledged == []
    assert await MemoryJournal(journal.disk).last() == (0, 0, 0)


async def test_a_full_disk_takes_what_its_reserve_holds() -> None:
    disk = Disk(is_full=True, reserve=6)
    journal = MemoryJournal(disk)
    journal.append(turn(1), lambda: None)
    await journal.flush()
    journal.append(turn(2), lambda: None)
    with pytest.raises(JournalFailed, match="full"):
        await journal.flush()
    assert await MemoryJournal(disk).last() == (4, 1_000, 1)
