"""``callcenter db``: the CRM database."""

from pathlib import Path

import click

from callcenter.cli.common import config_option, read_config, run, say
from crm_store import migrate


@click.group()
def db() -> None:
    """Look after the CRM database."""


@db.command()
@config_option
def upgrade(config_path: Path) -> None:
    """Make or change the tables so that this program can use them."""
    config = read_config(config_path)
    config.data_folder.mkdir(parents=True, exist_ok=True)
    run(migrate.upgrade(config.database_url))
    say(f"The database is at revision {migrate.head()}.")
