"""The command line. Everything scriptable prints one JSON object with ``--json``."""

import click

from callcenter.cli.bench import bench
from callcenter.cli.demo import demo
from callcenter.cli.flow import flow
from callcenter.cli.people import import_, user
from callcenter.cli.serve import serve
from callcenter.cli.store import db


@click.group()
@click.version_option(package_name="callcenter")
def main() -> None:
    """Turn an Asterisk PBX into a contact centre with a CRM behind it."""


for command in (bench, db, demo, flow, import_, serve, user):
    main.add_command(command)
