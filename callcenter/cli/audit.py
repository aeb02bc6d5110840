"""``callcenter audit``: our records against what others wrote."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from callcenter.adapters.system_clock import SystemClock
from callcenter.auditing import audit_calls
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.config import Config
from callcenter.core.audit.compare import Difference
from callcenter.core.ids import Ms
from callcenter.runtime.audit import Findings, Span
from crm_store.engine import create_engine


@click.group()
def audit() -> None:
    """Compare our records with what others wrote."""


@audit.command()
@config_option
@click.option(
    "--cel",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Asterisk's ledger, cel.csv; rotated files beside it are read too. "
    "By default audit.cel_file of the configuration.",
)
@click.option(
    "--since",
    help='Calls that arrived from then on, such as "2026-11-22" or "2026-11-22 14:30" in the '
    "time zone of the configuration; by default 24 hours before --until.",
)
@click.option("--until", help="Calls that arrived before then; by default now.")
@click.option(
    "--import",
    "add",
    is_flag=True,
    help="Store the calls that only Asterisk saw, with follow-up tasks for those whom nobody "
    "served. Without it nothing is changed.",
)
@json_option
def calls(
    config_path: Path,
    cel: Path | None,
    since: str | None,
    until: str | None,
    *,
    add: bool,
    as_json: bool,
) -> None:
    """Compare the stored calls with Asterisk's own ledger, and explain each difference.

    The exit code is 1 if differences remain. It may be run while the service runs, twice, and
    beside another one.
    """
    config = read_config(config_path)
    span = _span(since, until, ZoneInfo(config.time_zone))
    place = cel or config.folder / config.audit.cel_file
    findings = run(_audit(config, place, span, add=add))
    if as_json:
        print_json(_report(findings, span, add=add))
    else:
        _tell(findings, ZoneInfo(config.time_zone), add=add)
    sys.exit(1 if findings.differences else 0)


async def _audit(config: Config, cel: Path, span: Span, *, add: bool) -> Findings:
    engine = create_engine(config.database_url)
    try:
        return await audit_calls(config, engine, cel, span, add=add)
    finally:
        await engine.dispose()


def _span(since: str | None, until: str | None, zone: ZoneInfo) -> Span:
    now = SystemClock().wall_ms()
    last = now if until is None else _instant("--until", until, zone)
    day = timedelta(days=1) // timedelta(milliseconds=1)
    first = last - day if since is None else _instant("--since", since, zone)
    if first >= last:
        raise click.UsageError("--since must be before --until.")
    return Span(first, last, now)


def _instant(option: str, text: str, zone: ZoneInfo) -> Ms:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f'{option} is not understood; it looks like "2026-11-22" or "2026-11-22 14:30".'
        ) from None
    return round((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000)


def _report(findings: Findings, span: Span, *, add: bool) -> dict[str, object]:
    return {
        "since": _iso(span.since),
        "until": _iso(span.until),
        "calls": findings.calls,
        "matched": findings.matched,
        "open": findings.open,
        "clock_skew_ms": findings.skew_ms,
        "dry_run": not add,
        "imported": findings.imported,
        "differences": [_as_json(each) for each in findings.differences],
    }


def _as_json(found: Difference) -> dict[str, object]:
    return {
        "kind": found.kind,
        "leg_id": found.leg_id,
        "call_id": found.call_id,
        "arrived_at": None if found.at is None else _iso(found.at),
        "text": found.text,
    }


def _iso(at: Ms, zone: ZoneInfo | None = None) -> str:
    instant = datetime.fromtimestamp(at / 1000, zone or ZoneInfo("UTC"))
    return instant.isoformat(timespec="milliseconds")


def _tell(findings: Findings, zone: ZoneInfo, *, add: bool) -> None:
    for found in findings.differences:
        when = "" if found.at is None else f"  {_iso(found.at, zone)}"
        leg = f"  {found.leg_id}" if found.leg_id else ""
        click.echo(f"{found.kind}{when}{leg}\n    {found.text}")
    for call_id in findings.imported:
        click.echo(f"imported  {call_id}")
    say(
        f"{findings.calls} calls in Asterisk's ledger, {findings.matched} of them in the store, "
        f"{findings.open} going on; {len(findings.imported)} imported, "
        f"{len(findings.differences)} differences."
    )
    if not add and any(found.kind == "missing" for found in findings.differences):
        say("Nothing was changed. --import stores the calls that are missing.")
