"""Every implementation of the records, the archive and the directory."""

from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.memory.records import MemoryArchive, MemoryRecords
from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.records import SqlRecords
from callcenter.ports.archive import Archive
from callcenter.ports.records import Records

IMPLEMENTATIONS = [
    "memory",
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
]


@dataclass
class Store:
    """Records and the archive that reads them."""

    records: Records
    archive: Archive


@pytest.fixture(params=IMPLEMENTATIONS)
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def any_engine(engine_name: str, request: pytest.FixtureRequest) -> AsyncEngine | None:
    """Return the implementation's engine, None for the one in memory."""
    return None if engine_name == "memory" else request.getfixturevalue("engine")


@pytest.fixture
def store(any_engine: AsyncEngine | None) -> Store:
    if any_engine is None:
        records = MemoryRecords()
        return Store(records, MemoryArchive(records))
    return Store(SqlRecords(any_engine), SqlArchive(any_engine))
