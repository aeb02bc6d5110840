"""CRM databases for tests, on both engines: each test gets a fresh one with all tables."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store import migrate
from crm_store.engine import create_engine, writing
from crm_store.parties import ensure_tiers
from crm_store.schema import metadata
from tests.support.postgresql import PostgresqlMissing, cluster

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BOTH_ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Yield the address of a running PostgreSQL with a migrated database "crm"."""
    try:
        with cluster() as server:
            _apart(_make_tables(server))
            yield server
    except PostgresqlMissing as error:
        if os.environ.get("ALLOW_SKIPS") == "1":
            pytest.skip(str(error))
        pytest.fail(str(error))


def _apart(work: Coroutine[object, object, None]) -> None:
    # Session fixtures may be asked for while a test's event loop runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _make_tables(server: str) -> None:
    await _administer(server, "CREATE DATABASE crm")
    await migrate.upgrade(f"{server}/crm")


async def _administer(server: str, statement: str, database: str = "postgres") -> None:
    connection = await asyncpg.connect(f"{server}/{database}")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "crm.sqlite"
    _apart(migrate.upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=BOTH_ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def empty_url(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """Yield the address of a database without tables."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'crm.sqlite'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    await _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def store_url(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """Yield the address of a database with all tables."""
    if engine_name == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "crm.sqlite")
        yield f"sqlite:///{tmp_path / 'crm.sqlite'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    # Much faster than a database for each test.
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    emptying = "; ".join(f"DELETE FROM {name}" for name in tables)
    await _administer(server, emptying, "crm")
    yield f"{server}/crm"


@pytest.fixture
async def engine(store_url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on a database with all tables and tiers."""
    engine = create_engine(store_url)
    async with writing(engine) as connection:
        await ensure_tiers(connection)
    yield engine
    await engine.dispose()
