"""``callcenter level``."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from callcenter.adapters.level_file import LevelFile
from callcenter.cli import main
from callcenter.core.vitals.levels import Level


def level(folder: Path, *arguments: str) -> Result:
    path = folder / "cc.yaml"
    path.write_text("asterisk: {user: cc, password: unused}\n")
    path.chmod(0o600)
    return CliRunner().invoke(main, ["level", *arguments, "--config", str(path)])


def test_a_level_is_set_shown_and_taken_back(tmp_path: Path):
    (tmp_path / "data").mkdir()
    result = level(tmp_path, "4")
    assert result.exit_code == 0, result.output
    assert "Level 4, by hand." in result.output
    assert LevelFile(tmp_path / "data").read() is Level.NOT_CLAIMING
    assert json.loads(level(tmp_path, "--json").stdout) == {"level": "4"}
    assert "follows from the measurements" in level(tmp_path, "auto").output
    assert json.loads(level(tmp_path, "--json").stdout) == {"level": "auto"}


def test_what_is_no_level_is_refused(tmp_path: Path):
    assert level(tmp_path, "9").exit_code == 2


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    result = level(tmp_path, "4")
    assert result.exit_code == 1
    assert "as the user of the service" in result.output
