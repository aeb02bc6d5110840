"""Fixtures for all tests."""

from tests.support.stores import (
    empty_url,
    engine,
    engine_name,
    postgresql_server,
    sqlite_template,
    store_url,
)

pytest_plugins = ["tests.support.no_skips"]

__all__ = [
    "empty_url",
    "engine",
    "engine_name",
    "postgresql_server",
    "sqlite_template",
    "store_url",
]
