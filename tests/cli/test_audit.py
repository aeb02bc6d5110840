"""``callcenter audit calls`` as an operator uses it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callcenter.cli import main
from tests.adapters.ari.test_cel import BOB, START_S, line
from tests.support.configs import config_file

ARRIVED = '{"extra":"0800123:allowed:+12125550141"}'
DAY = datetime.fromtimestamp(START_S, UTC).strftime("%Y-%m-%d")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = config_file(tmp_path)
    assert CliRunner().invoke(main, ["db", "upgrade", "--config", str(path)]).exit_code == 0
    return path


@pytest.fixture
def cel(tmp_path: Path) -> Path:
    path = tmp_path / "cel.csv"
    path.write_text(
        line(0, "CHAN_START")
        + line(0.1, "CC_ARRIVED", extra=ARRIVED)
        + line(1.2, "CC_FALLBACK", context="cc-fallback")
        + line(31.2, "CHAN_END", context="cc-fallback")
    )
    return path


def audit(config: Path, *arguments: str) -> Result:
    command = ["audit", "calls", "--config", str(config), "--since", DAY, *arguments]
    return CliRunner().invoke(main, command)


def test_a_dry_run_tells_what_is_missing_and_fails(config: Path, cel: Path) -> None:
    result = audit(config, "--cel", str(cel))
    assert result.exit_code == 1
    assert "missing" in result.stdout
    assert BOB in result.stdout
    assert "Nobody took it there, and it was over after 30.0 s." in result.stdout
    assert "1 calls in Asterisk's ledger, 0 of them in the store" in result.stderr
    assert "--import" in result.stderr
    assert "2125550141" not in result.output, "no caller's number is shown"


def test_an_import_mends_it(config: Path, cel: Path) -> None:
    first = audit(config, "--cel", str(cel), "--import")
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("imported  ")
    again = audit(config, "--cel", str(cel))
    assert again.exit_code == 0
    assert again.stdout == ""


def test_json_is_one_object(config: Path, cel: Path) -> None:
    found = json.loads(audit(config, "--cel", str(cel), "--json").stdout)
    assert found["calls"] == 1
    assert found["dry_run"] is True
    assert [each["kind"] for each in found["differences"]] == ["missing"]
    assert found["differences"][0]["arrived_at"].startswith(DAY)
    done = json.loads(audit(config, "--cel", str(cel), "--json", "--import").stdout)
    assert (done["differences"], len(done["imported"])) == ([], 1)


def test_the_span_is_chosen_by_arrival(config: Path, cel: Path) -> None:
    result = audit(config, "--cel", str(cel), "--until", f"{DAY} 00:00:01")
    assert result.exit_code == 0
    assert "0 calls" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--until", "yesterday"), "--until is not understood"),
        (("--until", "2001-01-01"), "--since must be before --until"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    config: Path, cel: Path, arguments: tuple[str, str], message: str
) -> None:
    result = audit(config, "--cel", str(cel), *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_ledger_that_is_not_there_is_told(config: Path, tmp_path: Path) -> None:
    result = audit(config, "--cel", str(tmp_path / "nothing.csv"))
    assert result.exit_code == 1
    assert "no such file" in result.stderr


def test_a_database_without_tables_is_told(cel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    (folder / "data").mkdir(parents=True)
    result = audit(config_file(folder), "--cel", str(cel))
    assert result.exit_code == 1
    assert "callcenter db upgrade" in result.stderr
