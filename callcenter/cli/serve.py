"""``callcenter serve``: the service."""

import asyncio
import gc
import os
import signal
import sys
from pathlib import Path

import click

from callcenter.adapters.logs import set_up_logs
from callcenter.adapters.systemd import Notifier
from callcenter.cli.common import config_option, read_config, run, say
from callcenter.cli.reload import tell
from callcenter.config import Config
from callcenter.wiring import Service, running

_SWITCH_S = 0.0001
"""How long a thread that has work waits for a busy event loop. The journal's thread needs its turn
several times for each commit, and callers wait for it; Python's usual 5 ms would add up."""
_ALIVE_EVERY_S = 2.0


@click.command()
@config_option
@click.option("--log-level", default="info", type=click.Choice(["debug", "info", "warning"]))
def serve(config_path: Path, log_level: str) -> None:
    """Run the service until it is told to stop (SIGTERM or Ctrl-C)."""
    set_up_logs(log_level)
    sys.setswitchinterval(_SWITCH_S)
    run(_serve(read_config(config_path)))


async def _serve(config: Config) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    notifier = Notifier(os.environ)
    async with running(config) as service, asyncio.TaskGroup() as group:
        loop.add_signal_handler(signal.SIGHUP, lambda: group.create_task(_reload(service)))
        _spare_what_stays()
        say(f"The pages are at {service.url}")
        notifier.ready()
        watch = group.create_task(_end_on_failure(service))
        alive = group.create_task(_say_alive(service, notifier))
        await stopped.wait()
        notifier.stopping()
        watch.cancel()
        alive.cancel()


async def _reload(service: Service) -> None:
    """Read the configuration again, as SIGHUP asks for; what comes of it is in the log."""
    try:
        tell(await service.reloader.reload())
    except Exception as error:  # noqa: BLE001 - settings that cannot be read end no call
        say(f"The settings could not be read again and stay as they were: {error}")


def _spare_what_stays() -> None:
    """Let the garbage collector leave out what is there for good: modules, tables, flows.

    Looking through all of it stops the event loop for 0.1 s, on a busy machine for 0.3 s.
    """
    gc.collect()
    gc.freeze()


async def _end_on_failure(service: Service) -> None:
    """End the service when its journal fails: nothing that it decides would be kept."""
    raise await service.wait_failed()


async def _say_alive(service: Service, notifier: Notifier) -> None:
    """Tell systemd that the event loop runs; when it does not, the service is started anew."""
    while True:
        notifier.alive()
        ready, reasons = service.signs.readiness()
        notifier.status(" ".join(("Takes calls." if ready else "Takes no calls.", *reasons)))
        await asyncio.sleep(_ALIVE_EVERY_S)
