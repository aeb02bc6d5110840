"""``callcenter db``: the CRM database."""

from pathlib import Path

import click

from callcenter.adapters.sql.outages import outages_as
from callcenter.cli.common import config_option, read_config, run, say
from callcenter.config import Config
from callcenter.wiring import CannotStart, make_data_folder
from crm_store import migrate


@click.group()
def db() -> None:
    """Look after the CRM database."""


@db.command()
@config_option
def upgrade(config_path: Path) -> None:
    """Make or change the tables so that this program can use them."""
    config = read_config(config_path)
    run(_upgrade(config))
    say(f"The database is at revision {migrate.head()}.")


async def _upgrade(config: Config) -> None:
    make_data_folder(config)
    with outages_as(CannotStart):
        await migrate.upgrade(config.database_url)
