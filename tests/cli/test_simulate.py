"""``callcenter simulate`` as an operator uses it."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callcenter.adapters.sql.records import SqlRecords
from callcenter.cli import main
from callcenter.ports.records import CallRecord
from callcenter.soak.day import START_MS
from crm_store.engine import create_engine
from tests.support.configs import config_file
from tests.support.quiet_day import recorded_calls

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
DAY = datetime.fromtimestamp(START_MS / 1_000, UTC).strftime("%Y-%m-%d")


def simulate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["simulate", *(str(each) for each in arguments)])


def found(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_example_is_simulated_and_compared():
    against = EXAMPLES / "monday-trained.yaml"
    report = found(
        simulate(EXAMPLES / "monday.yaml", "--against", against, "--replications", "3", "--json")
    )
    assert report["replications"] == 3
    assert report["first"]["service_level"] == "answered within the limit, of all callers"
    overall = report["first"]["estimates"]["overall"]
    assert overall["callers"]["mean"] == pytest.approx(1_050, rel=0.05)
    for name in ("service_level", "abandoned", "occupancy"):
        assert 0 < overall[name]["mean"] < 1
    assert overall["wait_p50_s"]["mean"] < overall["wait_p90_s"]["mean"]
    assert overall["wait_p95_s"]["mean"] < overall["wait_max_s"]["mean"]
    assert report["differences"]["overall"]["callers"]["mean"] == 0
    support = report["differences"]["support"]["service_level"]
    assert support["mean"] > 0.05
    assert support["is_significant"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_every_example_can_be_run(path: Path):
    assert simulate(path, "--replications", "2", "--json").exit_code == 0


def test_the_table_shows_both_and_says_what_is_significant():
    against = EXAMPLES / "monday-trained.yaml"
    result = simulate(EXAMPLES / "monday.yaml", "--against", against, "--replications", "3")
    assert result.exit_code == 0, result.output
    assert "B: Monday, sales trained" in result.stdout
    assert "3 days, seed 1, 99 % intervals; service level: answered within" in result.stdout
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if "±" in line}
    assert lines["ASA"].count("±") == 3
    assert lines["overall"].rstrip().endswith("no"), "the same callers"
    assert "a second of CPU time" in result.stderr


def test_the_same_seed_says_the_same_and_another_seed_not():
    runs = [
        found(simulate(EXAMPLES / "monday.yaml", "--replications", "2", "--seed", seed, "--json"))
        for seed in ("1", "1", "2")
    ]
    first, again, other = (run["first"]["estimates"] for run in runs)
    assert first == again
    assert first != other


def test_faults_are_told_on_standard_error(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text("scenario: x\ncallers: {a: {queue: salse}}\n")
    result = simulate(path)
    assert result.exit_code == 1
    assert f"{path}:2:11: the key 'per_hour' is missing; add it" in result.stderr


def test_the_manual_shows_what_the_program_prints():
    """The table in the manual is real: see the marks in it."""
    manual = (EXAMPLES.parent / "simulate.md").read_text("utf-8")
    shown = manual.partition("<!-- simulated -->")[2].partition("<!-- /simulated -->")[0]
    against = EXAMPLES / "monday-trained.yaml"
    printed = simulate(EXAMPLES / "monday.yaml", "--against", against).stdout
    indented = "\n".join(f"    {line}".rstrip() for line in printed.splitlines())
    assert shown.strip("\n") == indented.strip("\n"), "put the new output into docs/simulate.md"


# ---------------------------------------------------------------- a recorded day

RECORDED = f"""\
scenario: As it was
config: callcenter.yaml
replications: 12
settings:
  queues:
    sales: {{ring: 8 s, wrap_up: 20 s, max_wait: 90 s}}
    support: {{ring: 12 s, wrap_up: 0 s, max_wait: 60 s}}
recorded: {{day: {DAY}}}
"""


async def _store(url: str, calls: Sequence[CallRecord]) -> None:
    engine = create_engine(url)
    try:
        records = SqlRecords(engine)
        await records.cursor("journal")
        await records.write("journal", 1, calls)
    finally:
        await engine.dispose()


def test_a_day_of_the_store_is_lived_through_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = config_file(tmp_path)
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    monkeypatch.setenv("CALLCENTER_DATABASE_URL", url)
    assert CliRunner().invoke(main, ["db", "upgrade", "--config", str(config)]).exit_code == 0
    asyncio.run(_store(url, recorded_calls(10, 150)))
    path = tmp_path / "again.yaml"
    path.write_text(RECORDED.replace("callcenter.yaml", config.name))
    report = found(simulate(path, "--json"))["first"]
    assert report["recorded"]["overall"]["callers"] > 120
    assert report["outside"] == []
    told = simulate(path).stdout
    assert "one such day" in told
    assert "The recorded day is within what one such day may be, in all measures." in told


def test_a_store_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CALLCENTER_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    path = tmp_path / "again.yaml"
    path.write_text(RECORDED.replace("callcenter.yaml", config_file(tmp_path).name))
    result = simulate(path)
    assert result.exit_code == 1
    assert "run callcenter db upgrade" in result.stderr
