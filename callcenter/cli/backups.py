"""``callcenter db backup`` and ``restore``."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from callcenter.adapters.sql.backups import CRM, JOURNAL, Places, make_backup
from callcenter.adapters.sql.restoring import Restored, restore_backup
from callcenter.adapters.system_clock import SystemClock
from callcenter.cli.common import (
    config_option,
    json_option,
    print_json,
    read_config,
    run,
    say,
    told_plainly,
)
from callcenter.config import Config
from callcenter.core.ids import Ms
from callcenter.database import tell_of_successor
from callcenter.ports.records import RecordsUnavailable

_NAMES = {
    "": frozenset((CRM, JOURNAL)),
    "journal": frozenset((JOURNAL,)),
    "crm": frozenset((CRM,)),
}
_DUMP = (
    "The CRM database is PostgreSQL and not in this backup. Dump it each time before this command, "
    'so that the journal is not the older one: pg_dump --format=custom --file=FILE "ADDRESS"'
)

folder_argument = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


class RestoreResult(msgspec.Struct, kw_only=True):
    """What ``db restore --json`` prints."""

    restored: list[str]
    made_at: Ms
    last_seq: int
    replaced: list[str]
    lost_facts: int | None
    """None if the journal that was there does not tell."""
    lost_calls: int | None


@click.command()
@folder_argument
@config_option
@json_option
def backup(folder: Path, config_path: Path, *, as_json: bool) -> None:
    """Copy the journal and an SQLite CRM database to a new FOLDER.

    The service may be running. The copies are looked through; FOLDER appears when they are whole. A
    CRM database on PostgreSQL is not copied: dump it with pg_dump before.
    """
    config = read_config(config_path)
    with told_plainly():
        contents = make_backup(_places(config), folder.absolute(), SystemClock().wall_ms())
    say(f"{folder} has the journal up to fact {contents.last_seq}, {_time(contents.last_at)}.")
    if config.database_file is None:
        say(_DUMP)
    if as_json:
        print_json(contents)


@click.command()
@folder_argument
@config_option
@click.option(
    "--only",
    type=click.Choice(["journal", "crm"]),
    default=None,
    help="Only one of both: what is lost of the CRM's records of calls is written again from a "
    "journal that is sound.",
)
@json_option
def restore(folder: Path, config_path: Path, only: str | None, *, as_json: bool) -> None:
    """Put a backup in place of what is there, and say what that loses.

    The service must be stopped. The backup is looked through first; what it replaces is kept
    beside it under another name.
    """
    config = read_config(config_path)
    result = run(_restore(config, folder, _NAMES[only or ""]))
    _tell(result)
    if as_json:
        print_json(_as_result(result))


async def _restore(config: Config, folder: Path, names: frozenset[str]) -> Restored:
    now = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC)
    mark = f"replaced-{now:%Y%m%d-%H%M%S}"
    restored = await asyncio.to_thread(restore_backup, folder, _places(config), mark, names)
    if restored.has_journal:
        try:
            before, after = restored.contents.journal_id, restored.journal_id
            await tell_of_successor(config.database_url, before, after, restored.last_seq)
        except RecordsUnavailable as error:
            say(
                f"warning: {error} The database was not told of the restored journal: all its "
                "records are written again at the next start, each still once."
            )
    return restored


def _tell(restored: Restored) -> None:
    contents = restored.contents
    say(f"Restored: {', '.join(restored.names)}, from {_time(contents.made_at)}.")
    for path in restored.replaced:
        say(f"What was there is kept as {path}: remove it when all is well.")
    say(_lost(restored))
    say("Look at it: callcenter db check. Then start the service.")


def _lost(restored: Restored) -> str:
    loss, since = restored.loss, _time(restored.contents.last_at)
    if not restored.has_journal:
        return (
            "No call is lost: the journal was left as it is, and what the database lacks of it is "
            f"written again. What people changed in the CRM after {since} is lost."
        )
    after = f"what came after {since}"
    if loss is None:
        return f"Lost: {after}. How much, the journal that was there does not tell."
    if not loss.facts:
        return "Nothing is lost: the journal that was there had no more."
    return (
        f"Lost: {after}, that is {loss.facts} facts and {loss.calls} calls until "
        f"{_time(loss.last_at)}. callcenter audit calls --import finds calls in Asterisk's ledger."
    )


def _as_result(restored: Restored) -> RestoreResult:
    loss = restored.loss
    return RestoreResult(
        restored=list(restored.names),
        made_at=restored.contents.made_at,
        last_seq=restored.last_seq,
        replaced=[str(path) for path in restored.replaced],
        lost_facts=None if loss is None else loss.facts,
        lost_calls=None if loss is None else loss.calls,
    )


def _places(config: Config) -> Places:
    return Places(config.journal_path.absolute(), config.database_file)


def _time(at: Ms) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
