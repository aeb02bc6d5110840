"""``callcenter why`` where there is no service; with one it is in ``tests/acceptance``."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callcenter.cli import main
from crm_store import migrate
from tests.adapters.sql.test_call_facts import busy_world, written
from tests.support.configs import config, config_file


def why(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["why", "--config", str(path), *options])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration with an empty database."""
    path = config_file(tmp_path)
    (tmp_path / "data").mkdir(exist_ok=True)
    asyncio.run(migrate.upgrade(config(tmp_path).database_url))
    return path


def test_a_past_call_is_told_from_the_journal(place: Path, tmp_path: Path):
    world, ada, _ = busy_world()
    asyncio.run(written(config(tmp_path).journal_path, world))
    call_id = f"{ada.call_id:0>32}"
    assert call_id == ada.call_id, "ids of calls are 32 digits"
    result = why(place, call_id)
    assert result.exit_code == 0, result.output
    assert "The service does not run" in result.stderr
    assert result.stdout.startswith("The call went to Anna, and is over: an agent had talked")
    assert "Anna was the only one free who may take the call." in result.stdout
    [told] = json.loads(why(place, call_id, "--json").stdout)["explanations"]
    assert told["question"] == "why_there"


def test_a_call_that_nobody_knows_is_told_with_where_it_was_looked_for(place: Path):
    result = why(place, "0" * 32)
    assert result.exit_code == 1
    assert "Nothing is known of the call" in result.stderr
    assert "another configuration file" in result.stderr


def test_what_is_no_id_is_told_with_where_ids_are_found(place: Path):
    result = why(place, "+12025550123")
    assert result.exit_code == 1
    assert "32 of the characters" in result.stderr


def test_the_present_needs_the_service(place: Path):
    result = why(place, "--waiting")
    assert result.exit_code == 1
    assert "No service answers" in result.stderr


def test_a_login_that_nobody_has_is_told_with_those_there_are(place: Path):
    result = why(place, "--agent", "nobody")
    assert result.exit_code == 1
    assert "Nobody has the login 'nobody'. These take calls: nobody yet." in result.stderr


@pytest.mark.parametrize("options", [(), ("--waiting", "0" * 32), ("--agent", "a", "--waiting")])
def test_one_thing_is_asked_at_a_time(place: Path, options: tuple[str, ...]):
    result = why(place, *options)
    assert result.exit_code == 2
    assert "Give one of" in result.stderr
