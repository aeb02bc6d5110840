"""Column types and conventions that all tables share."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses times without a zone; always returns UTC."""

    impl = sa.DateTime(timezone=True)  # type: ignore[mutable-override]
    cache_ok = True  # type: ignore[mutable-override]

    def process_bind_param(  # type: ignore[explicit-override]
        self, value: datetime | None, dialect: sa.Dialect
    ) -> datetime | None:
        """Store UTC, on SQLite without the zone (it has no type for it)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(  # type: ignore[explicit-override]
        self,
        value: Any,  # noqa: ANN401
        dialect: sa.Dialect,
    ) -> datetime | None:
        """Return UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def instant(at_ms: int) -> datetime:
    """Return the instant of milliseconds since 1970, exactly."""
    return EPOCH + timedelta(milliseconds=at_ms)


def milliseconds(at: datetime) -> int:
    """Return milliseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def uuid_or_none(text: str) -> UUID | None:
    """Return the id that a text spells, or None if it spells none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def clean(text: str) -> str:
    """Return the text without what PostgreSQL cannot store: NUL, and halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()
