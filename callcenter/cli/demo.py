"""``callcenter demo``: the whole service with a simulated Asterisk, callers and agents."""

import asyncio
import signal

import click

from callcenter.adapters.logs import set_up_logs
from callcenter.cli.common import json_option, print_json, run, say
from callcenter.demo import PEOPLE, Demo, DemoOptions, running_demo


@click.command()
@click.option("--calls", type=click.IntRange(1), help="End when so many calls have ended.")
@click.option("--exit-after", type=click.FloatRange(1), help="End after so many seconds.")
@click.option("--seed", default=1, show_default=True, help="Chooses callers and agents.")
@click.option("--port", default=8080, show_default=True, help="Where the pages are; 0 for any.")
@json_option
def demo(calls: int | None, exit_after: float | None, *, as_json: bool, **chosen: int) -> None:
    """Run the whole service with simulated callers and agents. Nothing of it is kept.

    Open the address that it prints, log in, and take calls by a click. With --calls or
    --exit-after it ends by itself and prints what became of each call.
    """
    set_up_logs("warning", plain=True)
    ends = calls is not None or exit_after is not None
    options = DemoOptions(calls, exit_after, chosen["seed"], chosen["port"])
    report = run(_demo(options, ends=ends))
    if as_json:
        print_json(report)
    elif report is not None:
        _tell(report)


async def _demo(options: DemoOptions, *, ends: bool) -> dict[str, object] | None:
    work = asyncio.current_task()
    assert work is not None  # noqa: S101
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    try:
        async with running_demo(options, say) as floor:
            _greet(floor)
            if not ends:
                await asyncio.Event().wait()
            await floor.finished(options)
            return await floor.report()
    except asyncio.CancelledError:  # SIGTERM or Ctrl-C: all is closed and removed by now
        return None


def _greet(floor: Demo) -> None:
    say("")
    say(f"  The pages:     {floor.service.url}")
    say(f"  Agents:        {' or '.join(PEOPLE)}")
    say("  Supervisor:    sue")
    say(f"  Password:      {floor.password}   (for all of them)")
    say("")
    say("Log in as an agent and press Ready: a call will ring. Ctrl-C ends the demo.")


def _tell(report: dict[str, object]) -> None:
    click.echo(f"{report['calls']} calls: {report['outcomes']}")
    click.echo(f"in the store: {report['store']}")
