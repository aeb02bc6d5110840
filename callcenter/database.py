"""Is the CRM database there, and of this program's version?"""

import asyncio
import sqlite3
from pathlib import Path

from callcenter.adapters.sql import sqlite_file
from callcenter.adapters.sql.outages import outages_as
from callcenter.ports.journal import Journal
from callcenter.ports.records import RecordsUnavailable
from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.interactions import carry_cursor, stored_cursor
from crm_store.transactions import read, write


class CannotStart(Exception):
    """The service cannot start; the message says why and what to do."""


async def look_for_database(url: str, journal: Journal) -> None:
    """Prepare the database at start; one that is away keeps only a new service from starting.

    A service that has worked before goes on from its journal: callers come first, and the
    projector prepares the database when it is there again.

    Raises:
        CannotStart: It is of another version; or it is away, and the journal is empty.
    """
    try:
        await await_database(url)
    except RecordsUnavailable as error:
        seq, _, _ = await journal.last()
        if not seq or isinstance(error.__cause__, CannotStart):
            raise CannotStart(str(error)) from error


async def refuse_damaged(file: Path | None) -> None:
    """Look for bad pages in an SQLite database, as far as half a second goes; raises CannotStart.

    Without it nobody can log in, and callers are better served by the fallback, which rings the
    agents' phones.
    """
    if file is None:
        return
    try:
        await asyncio.to_thread(sqlite_file.check_pages, file, sqlite_file.START_LIMIT_S)
    except sqlite3.OperationalError:
        return  # not there yet, or not to be opened now: whoever needs it says so
    except sqlite3.DatabaseError as error:
        raise CannotStart(
            f"The CRM database {file} is damaged: {error}. Restore the last backup of it: "
            "callcenter db restore FOLDER --only crm --config FILE. No call is lost by that: the "
            "journal has the records."
        ) from error


async def await_database(url: str) -> None:
    """Prepare the database, or raise RecordsUnavailable: try again later."""
    try:
        with outages_as(RecordsUnavailable):
            await _prepare(url)
    except CannotStart as error:
        raise RecordsUnavailable(str(error)) from error


async def _prepare(url: str) -> None:
    """Make the tables of an empty database; refuse one of another version."""
    revision = await migrate.current(url)
    if revision is None:
        await migrate.upgrade(url)
    elif revision != migrate.head():
        raise CannotStart(
            f"The database is at revision {revision}, this program needs {migrate.head()}. "
            "Run: callcenter db upgrade --config FILE"
        )


async def database_cursor(url: str, journal_id: str) -> int:
    """Return up to which sequence of a journal the records are stored; RecordsUnavailable."""
    engine = create_engine(url)
    try:
        with outages_as(RecordsUnavailable):
            return await read(engine, lambda connection: stored_cursor(connection, journal_id))
    finally:
        await engine.dispose()


async def tell_of_successor(url: str, journal_id: str, successor_id: str, last_seq: int) -> int:
    """Let the database know a restored journal, which has an id of its own; RecordsUnavailable.

    Without it all records of the journal are written again at the next start, which does no harm
    but takes long.

    Args:
        url: The database.
        journal_id: The journal that was backed up.
        successor_id: The one made from the backup.
        last_seq: The last sequence of that.

    Returns:
        Up to which sequence the records are stored.
    """
    engine = create_engine(url)
    try:
        with outages_as(RecordsUnavailable):
            return await write(
                engine, lambda c: carry_cursor(c, journal_id, successor_id, last_seq)
            )
    finally:
        await engine.dispose()
