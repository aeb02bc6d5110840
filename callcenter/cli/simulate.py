"""``callcenter simulate``: what would happen if."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.cli.common import json_option, print_json, run, say, told_plainly
from callcenter.whatif.day import Outcome
from callcenter.whatif.intervals import Interval
from callcenter.whatif.measures import OVERALL, Measured, measure
from callcenter.whatif.reading import ScenarioFile, load_scenario
from callcenter.whatif.recorded import RecordedDay, recorded_day
from callcenter.whatif.report import Found, Report, compared, found
from callcenter.whatif.runs import Days
from callcenter.whatif.runs import simulate as simulate_days
from callcenter.whatif.scenario import Scenario
from crm_store.engine import create_engine

_FILE = click.Path(path_type=Path, dir_okay=False)
_WIDTH = 160
"""Enough for all columns: a figure that is cut off says something else."""
_WORDS = ("queue", "", "significant")
_NAMES = {
    "callers": "callers",
    "service_level": "service level",
    "asa_s": "ASA",
    "abandoned": "abandoned",
    "given_back": "given back",
    "wait_p50_s": "wait p50",
    "wait_p90_s": "wait p90",
    "wait_p95_s": "wait p95",
    "wait_max_s": "longest wait",
    "occupancy": "occupancy",
}


@click.command()
@click.argument("scenario", type=_FILE)
@click.option("--against", type=_FILE, help="A second scenario, to be shown side by side.")
@click.option("--seed", default=1, show_default=True, help="Chooses callers and their habits.")
@click.option(
    "--replications",
    type=click.IntRange(2, 10_000),
    help="How many days; by default what the scenario says.",
)
@json_option
def simulate(
    scenario: Path, against: Path | None, *, seed: int, replications: int | None, as_json: bool
) -> None:
    """Say what would happen on the days of SCENARIO, a YAML file; the service is not needed.

    The real routing serves simulated callers on a virtual clock: as many days as the scenario
    says, each with other callers and the same staff. Of each figure it prints the mean of the days
    and its 99 % interval. With --against the days of both scenarios have the same callers, and each
    difference is called significant or not.

    docs/simulate.md explains scenarios; docs/examples has some.
    """
    with told_plainly():
        files = [load_scenario(path, os.environ) for path in (scenario, against) if path]
    report = _report([_prepared(file) for file in files], files[0], seed, replications)
    if as_json:
        print_json(report)
    else:
        _tell(report)


_Prepared = tuple[Scenario, Mapping[str, Measured]]


def _prepared(file: ScenarioFile) -> _Prepared:
    """Return a scenario, and what was measured on its recorded day."""
    if not file.form.recorded.day:
        return file.scenario(), {}
    day = run(_recorded(file))
    with told_plainly():
        scenario = file.scenario(day)
    begins_at, ends_at = scenario.counted
    visits = [visit for visit in day.visits if begins_at <= visit.at < ends_at]
    measured = measure(Outcome(visits), scenario.queues, scenario.counting)
    return scenario, measured


async def _recorded(file: ScenarioFile) -> RecordedDay:
    engine = create_engine(file.config.database_url)
    begins_at, ends_at = file.midnights
    try:
        return recorded_day(await SqlArchive(engine).segments(begins_at, ends_at), begins_at)
    finally:
        await engine.dispose()


def _report(
    prepared: list[_Prepared], file: ScenarioFile, seed: int, replications: int | None
) -> Report:
    count = replications or file.form.replications
    began = time.process_time()
    days = [simulate_days(scenario, count, seed) for scenario, _ in prepared]
    spent_s = time.process_time() - began
    calls = round(sum(_calls(each) for each in days))
    results = [
        found(scenario, each, measured)
        for (scenario, measured), each in zip(prepared, days, strict=True)
    ]
    report = Report(seed, count, results[0], calls, round(calls / spent_s))
    if len(results) == 1:
        return report
    return replace(report, second=results[1], differences=compared(days[0], days[1]))


def _calls(days: Days) -> float:
    return sum(day[OVERALL]["callers"] or 0 for day in days)


# ---------------------------------------------------------------- for people


def _tell(report: Report) -> None:
    click.echo(f"A: {report.first.scenario}")
    if report.second is not None:
        click.echo(f"B: {report.second.scenario}")
    days = f"{report.replications} days, seed {report.seed}, 99 % intervals"
    click.echo(f"{days}; service level: {report.first.service_level}")
    Console(width=_WIDTH).print(_table(report))
    _tell_recorded(report.first)
    say(f"{report.calls:,} calls, {report.calls_per_cpu_s:,} a second of CPU time")


def _table(report: Report) -> Table:
    titles = ["queue", "", "A"]
    if report.second is not None:
        titles += ["B", "B - A", "significant"]
    if report.first.recorded:
        titles += ["recorded", "one such day"]
    table = Table(box=SIMPLE)
    for title in titles:
        table.add_column(title, no_wrap=True, justify="left" if title in _WORDS else "right")
    last = ""
    for row in _rows(report):
        if last and row[0] != last:
            table.add_section()
        table.add_row("" if row[0] == last else row[0], *row[1:])
        last = row[0]
    return table


def _rows(report: Report) -> Iterator[list[str]]:
    for where, measured in report.first.estimates.items():
        for name, estimate in measured.items():
            row = [where, _NAMES.get(name, name), _shown(name, estimate)]
            if report.second is not None:
                row += _against(report, where, name)
            if report.first.recorded:
                row += _of_record(report.first, where, name)
            yield row


def _against(report: Report, where: str, name: str) -> list[str]:
    other = report.second.estimates.get(where, {}).get(name) if report.second else None
    difference = report.differences.get(where, {}).get(name)
    if difference is None:
        return [_shown(name, other), "", ""]
    verdict = "yes" if difference.is_significant else "no"
    between = Interval(difference.mean, difference.half)
    return [_shown(name, other), _shown(name, between, sign="+"), verdict]


def _of_record(first: Found, where: str, name: str) -> list[str]:
    value = first.recorded.get(where, {}).get(name)
    estimate = first.estimates[where][name]
    if value is None or estimate is None:
        return ["", ""]
    least, most = estimate.mean - estimate.spread, estimate.mean + estimate.spread
    span = f"{_value(name, max(0.0, least))} to {_value(name, most)}"
    return [_value(name, value), span]


def _tell_recorded(first: Found) -> None:
    if first.recorded and not first.outside:
        click.echo("The recorded day is within what one such day may be, in all measures.")
    elif first.recorded:
        click.echo(f"The recorded day was another in: {', '.join(first.outside)}")


def _shown(name: str, estimate: Interval | None, sign: str = "") -> str:
    if estimate is None:
        return "-"
    scale, unit, form = _scale(name)
    mean, half = round(scale * estimate.mean, 1) + 0.0, scale * estimate.half  # never "-0.0"
    return f"{mean:{sign}{form}} ± {half:{form}}{unit}"


def _value(name: str, value: float) -> str:
    scale, unit, form = _scale(name)
    return f"{scale * value:{form}}{unit}"


def _scale(name: str) -> tuple[float, str, str]:
    """Return what a measure is multiplied by, its unit, and how its number is written."""
    if name.endswith("_s"):
        return 1.0, " s", ".1f"
    return (1.0, "", ".0f") if name == "callers" else (100.0, " %", ".1f")
