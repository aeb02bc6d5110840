"""``callcenter user`` and ``callcenter import`` as an operator uses them."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callcenter.adapters.sql.accounts import SqlAccounts
from callcenter.cli import main
from callcenter.ports.accounts import Account, Role
from crm_store.engine import create_engine
from tests.support.configs import config_file, config_text, free_port

PASSWORD = "a long password 1"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return config_file(tmp_path)


def call(config: Path, *words: str, given: str | None = None) -> Result:
    group, command, *rest = words
    return CliRunner().invoke(main, [group, command, "--config", str(config), *rest], input=given)


def add(config: Path, login: str, *more: str, password: str = PASSWORD) -> Result:
    words = ("user", "add", login, "--name", login.title(), "--password-stdin", *more)
    return call(config, *words, given=f"{password}\n")


def log_in(config: Path, login: str, password: str = PASSWORD) -> Account | None:
    async def asked() -> Account | None:
        engine = create_engine(f"sqlite:///{config.parent}/data/callcenter.db")
        try:
            return await SqlAccounts(engine).authenticate(login, password)
        finally:
            await engine.dispose()

    return asyncio.run(asked())


@pytest.fixture
def with_admin(config: Path) -> Path:
    code = call(config, "user", "first-admin").stdout.strip()
    assert add(config, "ada", "--role", "admin", "--code", code).exit_code == 0
    return config


def failed(result: Result, word: str) -> None:
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert word in result.stderr, result.stderr


def test_the_first_administrator_needs_the_code_and_it_is_valid_once(config: Path):
    result = call(config, "user", "first-admin")
    assert result.exit_code == 0
    code = result.stdout.strip()
    assert len(code) >= 8
    failed(add(config, "eve", "--role", "admin", "--code", "wrong"), "code")
    result = add(config, "ada", "--role", "admin", "--code", code)
    assert result.exit_code == 0, result.output
    account = log_in(config, "ada")
    assert account is not None
    assert account.role is Role.ADMIN
    failed(add(config, "eve", "--role", "admin", "--code", code), "")
    assert log_in(config, "eve") is None
    failed(call(config, "user", "first-admin"), "already")


def test_an_agent_is_added_with_phone_queues_and_skills(with_admin: Path):
    result = add(
        with_admin, "anna", "--station", "PJSIP/1001", "--queue", "sales", "--queue", "support",
        "--skill", "spanish=7",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    account = log_in(with_admin, "anna")
    assert account is not None
    assert account.profile is not None
    assert (account.profile.station, account.profile.queues) == ("PJSIP/1001", ("sales", "support"))
    assert account.profile.skills == {"spanish": 7}


def test_a_login_is_given_once(with_admin: Path):
    assert add(with_admin, "anna", "--station", "PJSIP/1001").exit_code == 0
    failed(add(with_admin, "anna", "--station", "PJSIP/1002"), "anna")


def test_a_queue_that_does_not_exist_is_refused(with_admin: Path):
    result = add(with_admin, "anna", "--station", "PJSIP/1001", "--queue", "nights")
    failed(result, "nights")
    assert "sales" in result.stderr


@pytest.mark.parametrize("skill", ["spanish", "=3", "spanish=x"])
def test_a_skill_that_is_none_is_refused(with_admin: Path, skill: str):
    failed(add(with_admin, "anna", "--station", "PJSIP/1", "--skill", skill), "NAME=LEVEL")


def test_a_short_password_is_refused(with_admin: Path):
    failed(add(with_admin, "anna", "--station", "PJSIP/1", password="short"), "password")
    assert log_in(with_admin, "anna", "short") is None


def test_a_person_who_is_disabled_cannot_log_in(with_admin: Path):
    assert add(with_admin, "anna", "--station", "PJSIP/1001").exit_code == 0
    assert call(with_admin, "user", "disable", "anna").exit_code == 0
    assert log_in(with_admin, "anna") is None
    failed(call(with_admin, "user", "disable", "nobody"), "nobody")


def test_a_new_password_replaces_the_old_one(with_admin: Path):
    new = "another long password"
    result = call(with_admin, "user", "passwd", "ada", "--password-stdin", given=f"{new}\n")
    assert result.exit_code == 0, result.output
    assert log_in(with_admin, "ada") is None
    assert log_in(with_admin, "ada", new) is not None


def test_a_password_that_is_typed_is_asked_for_twice_and_not_shown(with_admin: Path):
    new = "typed long password"
    result = call(with_admin, "user", "passwd", "ada", given=f"{new}\n{new}\n")
    assert result.exit_code == 0, result.output
    assert new not in result.output
    assert log_in(with_admin, "ada", new) is not None


# ---------------------------------------------------------------- customers

GOOD = "name,phone,company\nEva Example,+1 212 555 0101,Example Ltd\nIda,+1 212 555 0102,\n"
FAULTY = "name,phone,company\nEva,not a number,\n,+1 212 555 0103,\n"


def imported(config: Path, text: str, *more: str) -> Result:
    path = config.parent / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return call(config, "import", "customers", str(path), *more)


def test_an_import_without_apply_only_says_what_it_would_do(config: Path):
    result = imported(config, GOOD)
    assert result.exit_code == 0, result.output
    assert "2 new" in result.stderr
    assert "add --apply" in result.stderr
    assert json.loads(imported(config, GOOD, "--json").stdout)["created"] == 2


def test_an_import_with_apply_writes_and_again_changes_nothing(config: Path):
    first = json.loads(imported(config, GOOD, "--apply", "--json").stdout)
    assert (first["created"], first["written"]) == (2, True)
    again = json.loads(imported(config, GOOD, "--apply", "--json").stdout)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_faults_are_told_with_their_lines_and_nothing_is_written(config: Path):
    result = imported(config, FAULTY, "--apply")
    assert result.exit_code == 1
    assert "customers.csv:2" in result.stdout
    assert "customers.csv:3" in result.stdout
    assert "Nothing was written" in result.stderr


def test_a_file_that_is_no_text_is_told(config: Path):
    path = config.parent / "customers.csv"
    path.write_bytes(b"name,phone\n\xff\xfe,1\n")
    failed(call(config, "import", "customers", str(path)), "UTF-8")


def test_a_file_without_its_columns_is_told(config: Path):
    result = imported(config, "first,second\n1,2\n")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_a_database_that_cannot_be_reached_is_told(config: Path):
    url = f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"
    config.write_text(config_text(database=url))
    result = add(config, "anna")
    failed(result, "database")
    assert "hidden" not in result.output
