"""``callcenter bench``: measurements, as figures that can be compared."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from callcenter.benchmarks import erlang as erlang_bench
from callcenter.benchmarks import estimate as estimate_bench
from callcenter.benchmarks import overload as overload_bench
from callcenter.benchmarks import pop as pop_bench
from callcenter.benchmarks import routing as routing_bench
from callcenter.benchmarks import setup as setup_bench
from callcenter.benchmarks.figures import Figure
from callcenter.benchmarks.overload import OverloadOptions
from callcenter.benchmarks.pop import PopOptions
from callcenter.benchmarks.setup import SetupOptions
from callcenter.cli.common import json_option, print_json, run, say


@click.group()
def bench() -> None:
    """Measure this program on this machine; docs/performance.md explains the figures."""


@bench.command()
@click.option("--agents", default=100, show_default=True, type=click.IntRange(1, 2000))
@click.option(
    "--rate",
    "rates",
    multiple=True,
    default=(10.0, 60.0),
    show_default=True,
    type=click.FloatRange(0.1, 300.0),
    help="Calls a second; repeat for more. The figures are those of the last.",
)
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1, 20))
@click.option(
    "--asterisk-root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where Asterisk is installed; left out: what scripts/install_asterisk_lab.py has made.",
)
@json_option
def setup(
    agents: int, rates: tuple[float, ...], rounds: int, asterisk_root: Path | None, *, as_json: bool
) -> None:
    """Compare call set-up with app_queue on one real Asterisk. Needs root and a checkout."""
    options = SetupOptions(agents, rates, rounds, asterisk_root)
    _tell("setup", run(setup_bench.run(options, say)), as_json=as_json)


@bench.command()
@click.option("--customers", default=500_000, show_default=True, type=click.IntRange(1_000))
@click.option("--calls", default=200, show_default=True, type=click.IntRange(10, 10_000))
@click.option("--calls-per-s", default=10.0, show_default=True, type=click.FloatRange(0.1, 100.0))
@json_option
def pop(customers: int, calls: int, calls_per_s: float, *, as_json: bool) -> None:
    """Measure how soon the agent's page shows a call. The first run fills a store (minutes)."""
    options = PopOptions(customers, calls, calls_per_s)
    _tell("pop", run(pop_bench.run(options, say)), as_json=as_json)


@bench.command()
@click.option("--seed", default=1, show_default=True, help="Chooses callers and talks.")
@json_option
def routing(seed: int, *, as_json: bool) -> None:
    """Measure the router: turns a second, how long a day takes to fold, and what an input costs.

    The last is told for pools of 100 to 10,000 agents with 0 to 100,000 callers
    waiting, without the calls around them. Takes some minutes.
    """
    _tell("routing", routing_bench.run(seed), as_json=as_json)


@bench.command()
@click.option("--seed", default=1, show_default=True, help="Chooses callers and talks.")
@json_option
def erlang(seed: int, *, as_json: bool) -> None:
    """Compare the simulated routing with queueing theory, up to 1,000 agents. Takes minutes."""
    _tell("erlang", erlang_bench.run(seed, say), as_json=as_json)


@bench.command()
@click.option("--seed", default=1, show_default=True, help="The first day; the others follow.")
@click.option("--days", default=4, show_default=True, type=click.IntRange(1, 100))
@json_option
def estimate(seed: int, days: int, *, as_json: bool) -> None:
    """Compare expected waits with real ones, and with app_queue's. Simulated; takes two minutes."""
    _tell("estimate", estimate_bench.run(range(seed, seed + days), say), as_json=as_json)


@bench.command()
@click.option("--usual", default=12.0, show_default=True, type=click.FloatRange(1.0, 20.0))
@click.option("--factor", default=10.0, show_default=True, type=click.FloatRange(1.0, 50.0))
@click.option("--seed", default=1, show_default=True, help="Chooses the delays of the PBX.")
@json_option
def overload(usual: float, factor: float, seed: int, *, as_json: bool) -> None:
    """Measure a storm of calls on a simulated PBX that can do some 22 a second. Takes a minute."""
    options = OverloadOptions(usual_per_s=usual, factor=factor, seed=seed)
    _tell("overload", run(overload_bench.run(options, say)), as_json=as_json)


def _tell(name: str, figures: Sequence[Figure], *, as_json: bool) -> None:
    if as_json:
        print_json({"bench": name, "results": figures})
        return
    table = Table("metric", "value", "unit", "baseline", "note", title=f"bench {name}")
    for figure in figures:
        baseline = "" if figure.baseline is None else _shown(figure.baseline)
        table.add_row(figure.metric, _shown(figure.value), figure.unit, baseline, figure.note)
    Console().print(table)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
