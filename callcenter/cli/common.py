"""What several commands share: the configuration option, and how failures are told."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
import uvloop

from callcenter.adapters.ari.cel import LedgerUnreadable
from callcenter.adapters.sql.journal_file import JournalUnusable
from callcenter.adapters.web.server import CannotServe
from callcenter.benchmarks.figures import BenchmarkFailed, NothingMeasured
from callcenter.config import Config, ConfigError, load_config
from callcenter.ports.journal import JournalFailed
from callcenter.ports.records import RecordsUnavailable
from callcenter.ports.telephony import TelephonyUnavailable
from callcenter.wiring import CannotStart

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])

CONFIG_VARIABLE = "CALLCENTER_CONFIG"
_TOLD = (
    BenchmarkFailed,
    CannotServe,
    CannotStart,
    ConfigError,
    JournalFailed,
    JournalUnusable,
    LedgerUnreadable,
    NothingMeasured,
    RecordsUnavailable,
    TelephonyUnavailable,
)


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
    except* _TOLD as failed:
        raise click.ClickException(str(_first(failed))) from failed


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def say(text: str) -> None:
    """Tell people something on standard error: standard output is for results."""
    click.echo(text, err=True)


def print_json(result: object) -> None:
    """Print one JSON object."""
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
