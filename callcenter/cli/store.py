"""``callcenter db``: the journal and the CRM database."""

import sys
from pathlib import Path

import click

from callcenter.adapters.sql.outages import outages_as
from callcenter.adapters.system_clock import SystemClock
from callcenter.cli.backups import backup, restore
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.cli.doctor import tell_report
from callcenter.config import Config
from callcenter.doctor.examination import report
from callcenter.doctor.soundness import check_stores
from callcenter.wiring import CannotStart, make_data_folder
from crm_store import migrate


@click.group()
def db() -> None:
    """Look after the journal and the CRM database."""


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


@db.command()
@config_option
@json_option
def check(config_path: Path, *, as_json: bool) -> None:
    """Read every page of the journal and of an SQLite database, and compare the two.

    The service may be running; nothing is changed. The exit code is 1 if there is a fault.
    """
    config = read_config(config_path)
    found = report(run(check_stores(config, SystemClock().wall_ms())))
    if as_json:
        print_json(found)
    else:
        tell_report(found)
    sys.exit(0 if found.ok else 1)


db.add_command(backup)
db.add_command(restore)
