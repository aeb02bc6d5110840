"""``callcenter watchdog``: looks after callers when the service does not."""

import asyncio
import signal
from pathlib import Path

import click
from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.http_transport import HttpSettings, HttpTransport
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.adapters.logs import LogReports, set_up_logs
from callcenter.adapters.system_clock import SystemClock
from callcenter.cli.common import config_option, read_config, run
from callcenter.config import Config
from callcenter.watchdog.rounds import Rounds, Rules


@click.command()
@config_option
@click.option("--log-level", default="info", type=click.Choice(["debug", "info", "warning"]))
def watchdog(config_path: Path, log_level: str) -> None:
    """Look after callers when the service is dead or frozen, until told to stop.

    Shares nothing with the service but the configuration file. When an instance's heartbeat is
    stale, its callers who wait, or were left alone in a talk, go to the fallback of the dialplan;
    agents' phones that ring for nobody are freed. Who talks goes on talking.
    """
    set_up_logs(log_level)
    run(_watch(read_config(config_path)))


async def _watch(config: Config) -> None:
    asterisk = config.asterisk
    transport = HttpTransport(
        HttpSettings.of_pbx(asterisk.url, asterisk.user, asterisk.password.text)
    )
    client = AriClient(transport, AriMetrics(CollectorRegistry()))
    rounds = Rounds(client, _rules(config), SystemClock(), LogReports())
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(rounds.run(), name="watchdog rounds")
            await stopped.wait()
            task.cancel()
    finally:
        await transport.close()


def _rules(config: Config) -> Rules:
    return Rules(
        stale_ms=int(config.watchdog.stale_after),
        look_every_ms=int(config.watchdog.look_every),
        acts_per_s=config.watchdog.calls_per_second,
        talk_lease_ms=int(config.asterisk.talk_lease),
        fallback_context=config.asterisk.fallback_context,
    )
