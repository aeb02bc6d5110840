"""What several commands share: the configuration option, and how failures are told."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
import uvloop

from callcenter.config import Config, load_config

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])

CONFIG_VARIABLE = "CALLCENTER_CONFIG"
_FAILURES = {
    "AdminUnavailable": "callcenter.adapters.web.admin_client",
    "BackupFailed": "callcenter.adapters.sql.backups",
    "BenchmarkFailed": "callcenter.benchmarks.figures",
    "CannotServe": "callcenter.adapters.web.server",
    "CannotStart": "callcenter.wiring",
    "ConfigError": "callcenter.config",
    "JournalFailed": "callcenter.ports.journal",
    "JournalUnusable": "callcenter.adapters.sql.journal_file",
    "LedgerUnreadable": "callcenter.adapters.ari.cel",
    "NothingMeasured": "callcenter.benchmarks.figures",
    "RecordsUnavailable": "callcenter.ports.records",
    "TelephonyUnavailable": "callcenter.ports.telephony",
}


def config_option(command: Command) -> Command:
    """Add ``--config FILE`` to a command."""
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar=CONFIG_VARIABLE,
        required=True,
        help=f"The configuration file; also ${CONFIG_VARIABLE}.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json`` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def read_config(path: Path) -> Config:
    """Return the configuration; its warnings go to standard error."""
    with told_plainly():
        config = load_config(path, os.environ)
    for warning in config.warnings:
        say(f"warning: {warning}")
    return config


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run asynchronous work; failures that people can mend are told in words."""
    with told_plainly(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn failures that people can mend into a message and exit code 1."""
    try:
        yield
    except* _told() as failed:
        raise click.ClickException(str(_first(failed))) from failed


def _told() -> tuple[type[Exception], ...]:
    """Return the failures that people can mend.

    Where they are declared is imported only when one is to be told: a command that has little to do
    needs little, and the watchdog must live without the service's parts.
    """
    return tuple(getattr(import_module(place), name) for name, place in _FAILURES.items())


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def say(text: str) -> None:
    """Tell people something on standard error: standard output is for results.

    That nobody can be told (a log on a full disk) stops no work.
    """
    with suppress(OSError):
        click.echo(text, err=True)


def print_json(result: object) -> None:
    """Print one JSON object."""
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
