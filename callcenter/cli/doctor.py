"""``callcenter doctor``: is everything there that the service needs?"""

import os
import sys
from pathlib import Path

import click

from callcenter.adapters.system_clock import SystemClock
from callcenter.cli.common import CONFIG_VARIABLE, json_option, print_json, run
from callcenter.doctor.checks import Report, Status
from callcenter.doctor.examination import examine

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAULT: "red"}


@click.command()
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=CONFIG_VARIABLE,
    default=Path("callcenter.yaml"),
    show_default=True,
    help=f"The configuration file; also ${CONFIG_VARIABLE}.",
)
@json_option
def doctor(config_path: Path, *, as_json: bool) -> None:
    """Check the PBX, the database, the journal, the clock and the port.

    Says what to do about each fault; nothing is changed. The exit code is 1 if there is a fault.
    """
    report = run(examine(config_path, os.environ, SystemClock().wall_ms()))
    if as_json:
        print_json(report)
    else:
        tell_report(report)
    sys.exit(0 if report.ok else 1)


def tell_report(report: Report) -> None:
    """Show an examination to people."""
    for check in report.checks:
        word = click.style(f"{check.status.upper():7}", fg=_COLOURS[check.status])
        click.echo(f"{word}  {check.name}: {check.message}")
        if check.mend:
            click.echo(f"         -> {check.mend}")
    counts = [
        f"{sum(check.status is status for check in report.checks)} {word}"
        for status, word in ((Status.FAULT, "faults"), (Status.WARNING, "warnings"))
    ]
    click.echo(", ".join(counts), err=True)
