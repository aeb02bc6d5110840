"""``callcenter reload``: other settings while calls are at hand."""

from pathlib import Path

import click

from callcenter.adapters.web.admin_client import AdminClient
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.ports.reloading import Reloaded


@click.command()
@config_option
@click.option("--check", "only_check", is_flag=True, help="Say what would be; change nothing.")
@json_option
def reload(config_path: Path, *, only_check: bool, as_json: bool) -> None:
    """Let the running service read its configuration and flows again.

    Queues, pools, numbers, flows, dispositions, pause reasons and the limit of calls hold at once,
    for callers who wait too; agents at work get the queues and skills that the database has for
    them. The rest is told and waits for a restart. With a fault in the file, or with people where
    the new settings have no place for them, nothing changes.
    """
    config = read_config(config_path)
    result = run(AdminClient(config.data_folder).reload(only_check=only_check))
    if as_json:
        print_json(result)
    else:
        tell(result, only_check=only_check)
    if result.faults or result.objections:
        raise click.exceptions.Exit(1)


def tell(result: Reloaded, *, only_check: bool = False) -> None:
    """Say what a reload has changed, or would change."""
    for line in result.faults:
        say(line)
    for line in result.objections:
        say(f"{line}. Wait until they are gone, or keep it for now.")
    if result.faults or result.objections:
        say("Nothing was changed.")
        return
    if not result.changed and not result.waits_for_restart:
        say("Nothing is different.")
    for line in result.changed:
        say(f"{'would hold' if only_check else 'holds'} at once: {line}")
    for line in result.waits_for_restart:
        say(f"waits for a restart: {line}")
