"""``callcenter drain``: planned work without a lost call."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from prometheus_client import CollectorRegistry

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.http_transport import HttpSettings, HttpTransport
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.adapters.web.admin_client import AdminClient, NotRunning
from callcenter.adapters.web.admin_socket import LONGEST_LIMIT_S, DrainStatus
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.config import Config

_ASK_EVERY_S = 1.0
_ASK_PBX_EVERY_S = 5.0
"""Each list of channels walks all of them under a lock: no more than one in 5 s."""


class DrainResult(msgspec.Struct):
    """What is printed with ``--json``."""

    draining: bool
    nothing_left: bool
    released: int = 0
    """Callers who were given to the fallback."""
    pbx_channels: int | None = None
    """None if the PBX was not looked at."""


@click.command()
@config_option
@click.option(
    "--limit",
    "limit_s",
    type=click.IntRange(0, LONGEST_LIMIT_S),
    default=300,
    show_default=True,
    help="Seconds for which callers who wait or are in the menu are still served.",
)
@click.option("--pbx", "with_pbx", is_flag=True, help="Wait for the PBX to be without calls, too.")
@click.option("--undo", is_flag=True, help="Take calls again.")
@json_option
def drain(config_path: Path, limit_s: int, *, with_pbx: bool, undo: bool, as_json: bool) -> None:
    """Let the running service come to rest before it is stopped.

    New calls are left to other instances or the dialplan's fallback. Callers who wait are served
    until the limit and then given to the fallback; talks end by themselves. Returns when nothing is
    left. Ctrl-C ends the waiting, not the drain. A service that is started again takes calls.

    With --pbx it then waits until the PBX has no channel at all: only then may it be restarted.
    """
    config = read_config(config_path)
    result = run(_undo(config) if undo else _drain(config, limit_s, with_pbx=with_pbx))
    if as_json:
        print_json(result)


async def _undo(config: Config) -> DrainResult:
    status = await AdminClient(config.data_folder).undo()
    say("Calls are taken again.")
    return DrainResult(status.draining, status.nothing_left, status.released)


async def _drain(config: Config, limit_s: int, *, with_pbx: bool) -> DrainResult:
    client = AdminClient(config.data_folder)
    try:
        status = await _drained(client, await client.begin(limit_s))
        result = DrainResult(status.draining, status.nothing_left, status.released)
    except NotRunning as error:
        if not with_pbx:
            raise
        say(f"{error} Only the PBX is looked at.")
        result = DrainResult(draining=False, nothing_left=True)
    if with_pbx:
        result.pbx_channels = await _emptied(config)
    return result


async def _drained(client: AdminClient, status: DrainStatus) -> DrainStatus:
    """Tell how it goes until nothing is left."""
    say("No new calls are taken. (callcenter drain --undo takes that back.)")
    told = ""
    while not status.nothing_left:
        line = ", ".join(_parts(status))
        if line != told:
            say(f"Left: {line}")
            told = line
        await asyncio.sleep(_ASK_EVERY_S)
        status = await client.status()
        if not status.draining:
            raise click.ClickException("The drain was taken back, or the service started again.")
    say(_done(status))
    return status


def _parts(status: DrainStatus) -> Iterator[str]:
    yield f"{status.in_menu} in the menu"
    yield f"{status.waiting} waiting"
    yield f"{status.talking} talking"
    if status.in_menu or status.waiting:
        yield "who waits goes to the fallback at the limit"
    elif not status.talking:
        yield "the PBX is asked" if status.on_pbx is None else f"{status.on_pbx} legs on the PBX"


def _done(status: DrainStatus) -> str:
    words = ["Nothing is left: the service may be stopped."]
    if status.released:
        words.append(f"Given to the fallback: {status.released}.")
    if status.wrap_up:
        words.append(f"Open after-call work: {status.wrap_up}; it is kept.")
    return " ".join(words)


async def _emptied(config: Config) -> int:
    """Wait until the PBX has no channel, and say what may be done then."""
    asterisk = config.asterisk
    transport = HttpTransport(
        HttpSettings.of_pbx(asterisk.url, asterisk.user, asterisk.password.text)
    )
    client = AriClient(transport, AriMetrics(CollectorRegistry()))
    told = ""
    try:
        while channels := await client.channels():
            line = _places(channels, asterisk.fallback_context)
            if line != told:
                say(f"Left on the PBX: {line}")
                told = line
            await asyncio.sleep(_ASK_PBX_EVERY_S)
    finally:
        await transport.close()
    say(
        "No channel is left on the PBX. Restart it now, before the next caller comes: "
        "systemctl restart asterisk"
    )
    return 0


def _places(channels: tuple[wire.Channel, ...], fallback_context: str) -> str:
    contexts = [each.dialplan.context for each in channels if each.dialplan is not None]
    in_fallback = contexts.count(fallback_context)
    return f"{len(channels)} channels, {in_fallback} of them in the fallback"
