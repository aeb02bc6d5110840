"""``callcenter user`` and ``callcenter import``: people who log in, and customers."""

import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.outages import outages_as
from callcenter.adapters.system_clock import SystemClock
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.config import Config
from callcenter.wiring import CannotStart, make_data_folder
from crm_store import migrate, users
from crm_store.engine import create_engine
from crm_store.importing import ImportReport, import_customers
from crm_store.matching import NumberRules
from crm_store.passwords import PasswordRefused, Passwords

Result = TypeVar("Result")
_CODE_HOURS = 24


def _work_options(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option(
            "--queue",
            "queues",
            multiple=True,
            help="NAME or NAME=LEVEL, a queue the agent works; repeat for more. Free agents of "
            "lower levels come first; 1 where none is given.",
        ),
        click.option(
            "--skill", "skills", multiple=True, help="NAME=LEVEL, 1 to 10; repeat for more."
        ),
        click.option(
            "--priority",
            "priorities",
            multiple=True,
            help="NAME=POINTS: callers of a queue have more priority for this agent.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def user() -> None:
    """Add people who log in, and look after them."""


@user.command()
@config_option
@click.argument("login")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", default="agent", type=click.Choice(users.ROLES))
@click.option(
    "--station", default="", help='The agent\'s phone, as Asterisk names it: "PJSIP/1001".'
)
@_work_options
@click.option("--code", default="", help="The one-time code of the first administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(config_path: Path, login: str, code: str, *, password_stdin: bool, **of: Any) -> None:  # noqa: ANN401
    """Add a person: an agent, a supervisor, or an administrator.

    The first administrator needs the code that `callcenter user first-admin`
    prints.
    """
    config = read_config(config_path)
    new = users.NewUser(
        login=login, name=of["name"], role=of["role"], station=of["station"], **_work(config, of)
    )
    password = _password(from_stdin=password_stdin)
    now = _now()

    async def store(engine: AsyncEngine) -> None:
        if code:
            await users.add_first_admin(engine, Passwords(), code, new, password, now)
        else:
            await users.add_user(engine, Passwords(), new, password, now)

    _with_database(config, store)
    say(f"{login} was added.")


@user.command()
@config_option
@click.argument("login")
@_work_options
def work(config_path: Path, login: str, **of: Any) -> None:  # noqa: ANN401
    """Give a person other queues and skills, instead of those they had.

    They hold from the person's next log-in.
    """
    config = read_config(config_path)
    given = _work(config, of)
    _with_database(config, lambda engine: users.change_work(engine, login, **given))
    say(f"{login} has other work.")


@user.command("first-admin")
@config_option
def first_admin(config_path: Path) -> None:
    """Print a code with which the first administrator is added; it is valid once, for 24 hours."""
    config = read_config(config_path)
    now = _now()

    async def work(engine: AsyncEngine) -> str | None:
        return await users.first_admin_code(engine, now, now + timedelta(hours=_CODE_HOURS))

    code = _with_database(config, work)
    if code is None:
        raise click.ClickException("There is an administrator already; let them add people.")
    click.echo(code)


@user.command()
@config_option
@click.argument("login")
def disable(config_path: Path, login: str) -> None:
    """End a person's sessions and let them not log in any more."""
    _with_database(read_config(config_path), lambda engine: users.disable_user(engine, login))
    say(f"{login} is disabled.")


@user.command()
@config_option
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def passwd(config_path: Path, login: str, *, password_stdin: bool) -> None:
    """Give a person a new password; their sessions end."""
    config = read_config(config_path)
    password = _password(from_stdin=password_stdin)
    _with_database(config, lambda engine: users.set_password(engine, Passwords(), login, password))
    say(f"{login} has a new password.")


@click.group("import")
def import_() -> None:
    """Bring records in from files."""


@import_.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--apply", is_flag=True, help="Do it; without, only say what would be done.")
@json_option
def customers(config_path: Path, file: Path, *, apply: bool, as_json: bool) -> None:
    """Import customers from a CSV FILE with a header line.

    Columns: name, phone (several with ";" between them), company, tier, language, external_id,
    owner (the login of the agent who looks after the customer).
    """
    config = read_config(config_path)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text: save it as UTF-8.") from error
    rules = NumberRules(region=config.region)
    report = _with_database(
        config,
        lambda engine: import_customers(engine, text, dry_run=not apply, now=_now(), rules=rules),
    )
    if as_json:
        print_json(report)
    else:
        _tell_import(file, report)
    sys.exit(1 if report.problems else 0)


def _tell_import(file: Path, report: ImportReport) -> None:
    for problem in report.problems:
        column = f" ({problem.column})" if problem.column else ""
        click.echo(f"{file}:{problem.line}{column}: {problem.reason}")
    if report.written:
        done = "Written"
    else:
        done = "Nothing was written" + ("; add --apply" if not report.problems else "")
    say(
        f"{report.created} new, {report.updated} changed, {report.unchanged} unchanged, "
        f"{len(report.problems)} faulty. {done}."
    )


def _now() -> datetime:
    return datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC)


def _work(config: Config, of: dict[str, Any]) -> dict[str, Any]:
    queues = [queue.partition("=")[0] for queue in of["queues"]]
    priorities = _numbers(of["priorities"], "NAME=POINTS, such as sales=2")
    unknown = [queue for queue in (*queues, *priorities) if queue not in config.queues]
    if unknown:
        known = ", ".join(sorted(config.queues))
        raise click.UsageError(f"There is no queue {unknown[0]!r}; there are: {known}.")
    levelled = tuple(queue for queue in of["queues"] if "=" in queue)
    return {
        "queues": queues,
        "skills": _numbers(of["skills"], "NAME=LEVEL, such as english=7"),
        "levels": _numbers(levelled, "NAME or NAME=LEVEL, such as sales=2"),
        "priorities": priorities,
    }


def _numbers(pairs: tuple[str, ...], form: str) -> dict[str, int]:
    numbers = {}
    for pair in pairs:
        name, _, number = pair.partition("=")
        if not name or not number.removeprefix("-").isdecimal():
            raise click.BadParameter(f"{pair!r} is not {form}.")
        numbers[name] = int(number)
    return numbers


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _with_database(
    config: Config, work: Callable[[AsyncEngine], Coroutine[Any, Any, Result]]
) -> Result:
    async def within() -> Result:
        make_data_folder(config)
        with outages_as(CannotStart):
            if await migrate.current(config.database_url) is None:
                await migrate.upgrade(config.database_url)
        engine = create_engine(config.database_url)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return run(within())
    except (users.UserRefused, PasswordRefused, LookupError) as error:
        raise click.ClickException(str(error)) from error
