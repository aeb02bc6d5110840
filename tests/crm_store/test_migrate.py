import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.schema import metadata


def _differences(connection: sa.Connection) -> list[object]:
    # Alembic takes SQLite's DEFAULT '' for another default than "".
    defaults = connection.dialect.name == "postgresql"
    context = MigrationContext.configure(connection, opts={"compare_server_default": defaults})
    return list(compare_metadata(context, metadata))


def _checks(connection: sa.Connection) -> dict[str, list[str]]:
    inspector = sa.inspect(connection)
    return {
        table: sorted(str(check["name"]) for check in inspector.get_check_constraints(table))
        for table in metadata.tables
    }


async def test_migrated_tables_are_those_of_the_program(empty_url: str) -> None:
    await migrate.upgrade(empty_url)
    engine = create_engine(empty_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
        checks = await connection.run_sync(_checks)
    await engine.dispose()
    assert differences == []
    declared = {
        name: sorted(
            str(check.name) for check in table.constraints if isinstance(check, sa.CheckConstraint)
        )
        for name, table in metadata.tables.items()
    }
    assert checks == declared


async def test_revision_is_none_before_and_head_after(empty_url: str) -> None:
    assert await migrate.current(empty_url) is None
    await migrate.upgrade(empty_url)
    assert await migrate.current(empty_url) == migrate.head()
    await migrate.upgrade(empty_url)
    assert await migrate.current(empty_url) == migrate.head()
