"""``callcenter doctor`` as an operator sees it."""

import json
from pathlib import Path

from click.testing import CliRunner

from callcenter.cli import main
from tests.support.configs import config_file


def test_a_pbx_that_is_down_is_told_with_what_to_do_and_exit_code_1(tmp_path: Path):
    result = CliRunner().invoke(main, ["doctor", "--config", str(config_file(tmp_path))])
    assert result.exit_code == 1
    assert "FAULT    PBX: nobody answers" in result.stdout
    assert "-> does Asterisk run" in result.stdout
    assert "1 faults" in result.stderr


def test_json_is_one_object_for_programs(tmp_path: Path):
    path = config_file(tmp_path)
    result = CliRunner().invoke(main, ["doctor", "--config", str(path), "--json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["ok"] is False
    assert all(set(check) == {"name", "status", "message", "mend"} for check in found["checks"])
    assert {check["status"] for check in found["checks"]} == {"ok", "warning", "fault"}


def test_the_file_is_looked_for_here_if_none_is_given(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "callcenter.yaml" in result.stdout
