"""Is the CRM database there, and of this program's version?"""

from callcenter.adapters.sql.outages import outages_as
from callcenter.ports.journal import Journal
from callcenter.ports.records import RecordsUnavailable
from crm_store import migrate


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
