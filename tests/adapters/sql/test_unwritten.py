"""Which calls of a journal may not be in the store yet, read while the service writes."""

from pathlib import Path

import pytest

from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import JournalUnusable
from callcenter.adapters.sql.unwritten import JournalView
from tests.support.facts import call_id, closing, turn


async def test_open_calls_and_those_after_the_cursor_are_unwritten(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await SqliteJournal.open(path)
    for number in (1, 2, 3):
        journal.append(turn(number), lambda: None)
    journal.append(closing(1), lambda: None)
    await journal.flush()
    seq, _, _ = await journal.last()
    journal.append(closing(2), lambda: None)
    await journal.flush()
    view = JournalView(path)
    assert view.journal_id() == journal.journal_id
    # The first is written, the second was closed after the cursor, the third is open.
    assert view.unwritten(seq) == {"leg2": call_id(2), "leg3": call_id(3)}
    assert view.unwritten(seq + 1) == {"leg3": call_id(3)}
    assert set(view.unwritten(0)) == {"leg1", "leg2", "leg3"}
    await journal.close()


def test_where_no_journal_is_nothing_is_unwritten(tmp_path: Path) -> None:
    view = JournalView(tmp_path / "journal.db")
    assert (view.journal_id(), view.unwritten(0)) == ("", {})
    assert list(tmp_path.iterdir()) == [], "nothing is made"


def test_a_file_that_is_no_journal_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_text("no database " * 100)
    with pytest.raises(JournalUnusable, match="damaged"):
        JournalView(path).unwritten(0)
