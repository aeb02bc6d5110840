import pytest

from callcenter.adapters.memory.journal import MemoryJournal
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
