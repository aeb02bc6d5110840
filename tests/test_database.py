"""A database that is away, empty or of another version, at start and later."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.sql.records import SqlRecords
from callcenter.database import (
    CannotStart,
    await_database,
    database_cursor,
    look_for_database,
    tell_of_successor,
)
from callcenter.ports.records import RecordsUnavailable
from crm_store import migrate
from crm_store.engine import create_engine, writing
from tests.support.configs import free_port
from tests.support.facts import turn


@pytest.fixture
def away() -> str:
    return f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"


async def used_journal() -> MemoryJournal:
    journal = MemoryJournal(Disk())
    journal.append(turn(1), lambda: None)
    await journal.flush()
    return journal


async def test_a_new_service_does_not_start_without_its_database(away: str) -> None:
    with pytest.raises(CannotStart, match="cannot be used now") as error:
        await look_for_database(away, MemoryJournal(Disk()))
    assert "hidden" not in str(error.value)


async def test_a_service_that_has_worked_before_starts_without_it(away: str) -> None:
    await look_for_database(away, await used_journal())
    with pytest.raises(RecordsUnavailable):
        await await_database(away)


async def test_an_empty_database_gets_its_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crm.db"
    await await_database(url)
    assert await migrate.current(url) == migrate.head()
    await await_database(url)


async def test_a_database_of_another_version_is_refused_in_any_case(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/crm.db"
    await await_database(url)
    engine = create_engine(url)
    async with writing(engine) as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'other'"))
    await engine.dispose()
    with pytest.raises(CannotStart, match="callcenter db upgrade"):
        await look_for_database(url, await used_journal())
    with pytest.raises(RecordsUnavailable, match="callcenter db upgrade"):
        await await_database(url)


async def test_a_restored_journal_goes_on_where_the_one_before_had_got_to(store_url: str) -> None:
    engine = create_engine(store_url)
    await SqlRecords(engine).write("a" * 32, 70, [])
    assert await tell_of_successor(store_url, "a" * 32, "b" * 32, last_seq=90) == 70
    assert await database_cursor(store_url, "b" * 32) == 70
    # The database was not restored: what it has of the journal's lost end is of the past.
    assert await tell_of_successor(store_url, "a" * 32, "c" * 32, last_seq=50) == 50
    # Nobody knows the journal: all is written again.
    assert await tell_of_successor(store_url, "d" * 32, "e" * 32, last_seq=50) == 0
    await engine.dispose()
