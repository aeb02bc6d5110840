"""``callcenter flow`` as somebody who writes flows sees it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from callcenter.cli import main
from callcenter.config import shipped_flows
from tests.support.configs import config_file

FAULTY = """\
flow: main
start: menu
nodes:
  menu: {say: [no_such_prompt], next: nowhere}
"""


def flow(*words: str | Path):
    return CliRunner().invoke(main, ["flow", *(str(word) for word in words)])


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "main.yaml"
    path.write_text(FAULTY)
    return path


def test_the_shipped_flows_are_without_a_fault():
    result = flow("check", shipped_flows(), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"flows": ["main", "short"], "faults": []}


def test_faults_are_told_as_file_line_column_and_exit_code_1(faulty: Path):
    result = flow("check", faulty)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines
    assert all(line.startswith(f"{faulty}:4:") for line in lines), lines
    assert "Flows without a fault: 0" in result.stderr
    assert json.loads(flow("check", faulty, "--json").stdout)["faults"] == lines


def test_a_folder_without_flows_is_a_fault(tmp_path: Path):
    result = flow("check", tmp_path)
    assert result.exit_code == 1
    assert "no flow in this folder" in result.stdout


def test_queues_come_from_the_configuration(tmp_path: Path):
    path = tmp_path / "ask.yaml"
    path.write_text(
        "flow: ask\nstart: wait\nnodes:\n"
        "  wait: {queue: {name: night, timed_out: end, unstaffed: end}}\n"
        "  end: {hang_up: [goodbye]}\n"
    )
    assert "night" in flow("check", path).stdout
    given = config_file(tmp_path)
    given.write_text(given.read_text() + "  night: {name: Night}\n")
    result = flow("check", path, "--config", given)
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_faulty_configuration_is_told_in_words(tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text("asterisk: 7\n")
    result = flow("check", shipped_flows(), "--config", path)
    assert result.exit_code == 1
    assert f"{path}:1:" in result.stderr
    missing = flow("check", shipped_flows(), "--config", tmp_path / "none.yaml")
    assert missing.exit_code == 1
    assert "cannot be read" in missing.stderr


def test_a_file_that_is_no_text_is_told(tmp_path: Path):
    path = tmp_path / "noise.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    result = flow("check", path)
    assert result.exit_code == 1
    assert "UTF-8" in result.stdout


def test_a_flow_is_drawn_as_mermaid_text(faulty: Path):
    result = flow("graph", shipped_flows())
    assert result.exit_code == 0
    assert result.stdout.startswith("flowchart")
    broken = flow("graph", faulty)
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert f"{faulty}:4:" in broken.stderr
