"""Fixtures for all tests."""

from tests.support.stores import (
    empty_url,
    engine,
    engine_name,
    postgresql_server,
    sqlite_template,
    store_url,
)

pytest_plugins = ["tests.support.no_skips", "tests.support.machine_watch"]

__all__ = [
    "empty_url",
    "engine",
    "engine_name",
    "postgresql_server",
    "sqlite_template",
    "store_url",
]
