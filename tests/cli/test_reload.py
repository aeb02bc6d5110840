"""``callcenter reload`` where there is no service; with one it is in ``tests/acceptance``."""

from pathlib import Path

from click.testing import CliRunner

from callcenter.cli import main
from callcenter.cli.reload import tell
from callcenter.ports.reloading import Reloaded
from tests.support.configs import config_file


def test_a_service_that_does_not_run_is_told_with_the_place(tmp_path: Path):
    result = CliRunner().invoke(main, ["reload", "--config", str(config_file(tmp_path))])
    assert result.exit_code == 1
    assert f"No service answers at {tmp_path / 'data' / 'admin.sock'}" in result.stderr


def test_what_holds_and_what_waits_is_told(capsys):
    tell(Reloaded(("a: 1 -> 2",), ("b: 1 -> 2",)), only_check=False)
    assert capsys.readouterr().err.splitlines() == [
        "holds at once: a: 1 -> 2",
        "waits for a restart: b: 1 -> 2",
    ]


def test_people_in_the_way_are_told_with_what_to_do(capsys):
    tell(Reloaded(objections=("1 callers are in the queue fax, which is gone",)), only_check=False)
    assert capsys.readouterr().err.splitlines() == [
        "1 callers are in the queue fax, which is gone. "
        "Wait until they are gone, or keep it for now.",
        "Nothing was changed.",
    ]


def test_nothing_new_is_told(capsys):
    tell(Reloaded(), only_check=False)
    assert capsys.readouterr().err == "Nothing is different.\n"
