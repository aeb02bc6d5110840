"""Connections to the CRM database: SQLite by default, or PostgreSQL."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_WRITES = "crm_writes"
_POOL_S = 30.0


def database_url(url: str) -> URL:
    """Return the address with the asynchronous driver that we use.

    Args:
        url: "sqlite:////var/lib/callcenter/crm.sqlite" or "postgresql://user@host/database".

    Raises:
        ValueError: Not an address, or another kind of database.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError(
            "The database address is not understood; it looks like sqlite:////folder/crm.sqlite "
            "or postgresql://user@host/database."
        ) from error
    kind = parsed.get_backend_name()
    if kind not in _DRIVERS:
        raise ValueError(f"A {kind} database is not supported; use sqlite:// or postgresql://.")
    return parsed.set(drivername=_DRIVERS[kind])


def create_engine(
    url: str,
    *,
    pool_size: int = 5,
    busy_timeout_ms: int = 5_000,
    answer_within_s: float | None = None,
) -> AsyncEngine:
    """Return an engine; nothing is opened yet.

    Args:
        url: As ``database_url`` takes it.
        pool_size: How many connections are kept open.
        busy_timeout_ms: How long to wait for another writer of an SQLite file.
        answer_within_s: How long to wait for PostgreSQL's answer to a statement, or for a
            connection from the pool; None: as long as it takes. A server behind a dead network
            would be waited for a quarter of an hour.
    """
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address, pool_size, busy_timeout_ms)
    return create_async_engine(
        address,
        pool_size=pool_size,
        pool_pre_ping=True,
        pool_timeout=answer_within_s or _POOL_S,
        pool_use_lifo=True,
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # errors are logged, people's data is not
        # A database that does not answer must not hold up whoever waits for a connection.
        connect_args={"timeout": 5.0, "command_timeout": answer_within_s},
    )


def _sqlite_engine(address: URL, pool_size: int, busy_timeout_ms: int) -> AsyncEngine:
    address = address.update_query_dict({"timeout": str(busy_timeout_ms / 1_000)})
    engine = create_async_engine(
        address, pool_size=pool_size, pool_use_lifo=True, hide_parameters=True
    )
    _listen(engine.sync_engine)
    return engine


def synchronous_twin(engine: AsyncEngine) -> sa.Engine:
    """Return an engine on the same SQLite file for work in threads; nothing is opened yet."""
    address = engine.url.set(drivername="sqlite")
    twin = sa.create_engine(address, pool_use_lifo=True, hide_parameters=True)
    _listen(twin)
    return twin


def _listen(engine: sa.Engine) -> None:
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401
    # The driver must not begin transactions: it would begin reading ones, which cannot become
    # writing ones while somebody else writes.
    connection.isolation_level = None
    cursor = connection.cursor()
    # NORMAL may lose the last commits at a power cut, never consistency; the records among them
    # are written again from the journal, for the cursor is lost with them.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # It cannot fail, so it needs none of SQLAlchemy's care, which takes longer than a small query.
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN")
    cursor.close()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that only reads."""
    async with engine.connect() as connection:
        yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction that writes; it is committed at the end, or rolled back on an error."""
    async with engine.connect() as connection:
        marked = await connection.execution_options(**{_WRITES: True})
        async with marked.begin():
            yield marked


@contextmanager
def writing_now(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction as ``writing`` does, for work in a thread."""
    with engine.connect() as connection:
        marked = connection.execution_options(**{_WRITES: True})
        with marked.begin():
            yield marked


def insert_for(
    connection: AsyncConnection | sa.Connection, table: sa.Table
) -> "sqlite.Insert | postgresql.Insert":
    """Return the database's own INSERT, which knows ON CONFLICT."""
    return insert_into(connection.dialect.name, table)


def insert_into(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """Return the INSERT of a kind of database: "sqlite" or "postgresql"."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_all(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, if there are any."""
    if rows:
        connection.execute(sa.insert(table), rows)


# PostgreSQL's classes of errors (https://www.postgresql.org/docs/15/errcodes-appendix.html) that
# are about the server, not about what we asked: connection, read-only, log-in, no such database,
# deadlock, no table or column yet, resources, lock, shutdown, system.
_SERVER_STATES = ("08", "25006", "28", "3D", "40", "42P01", "42703", "53", "55P03", "57", "58")


def is_unavailable(error: BaseException) -> bool:
    """Say whether an error means that the database cannot be used now, not that we are wrong."""
    if isinstance(error, (OSError, TimeoutError, sa.exc.TimeoutError)):
        return True
    state = _state(error)
    if state is not None:
        return state.startswith(_SERVER_STATES)
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    # SQLite has no states; what it calls operational is the file's fault or a missing table's.
    kind = type(error.orig).__module__.partition(".")[0]
    of_sqlite = kind == "sqlite3" and type(error) in (sa.exc.OperationalError, sa.exc.DatabaseError)
    return error.connection_invalidated or of_sqlite


def is_not_migrated(error: BaseException) -> bool:
    """Say whether an error means that tables or columns are missing."""
    text = str(getattr(error, "orig", ""))
    return _state(error) in ("42P01", "42703") or text.startswith(("no such", "table "))


def _state(error: BaseException) -> str | None:
    state: str | None = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state


__all__ = [
    "create_engine",
    "database_url",
    "insert_all",
    "insert_for",
    "insert_into",
    "is_not_migrated",
    "is_unavailable",
    "reading",
    "synchronous_twin",
    "writing",
    "writing_now",
]
