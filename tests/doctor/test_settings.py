"""What is said about configurations."""

from pathlib import Path

from callcenter.config import parse_config
from callcenter.doctor import settings
from callcenter.doctor.checks import Status
from tests.support.configs import config, config_file, config_text


def test_a_good_file_is_read(tmp_path: Path):
    found, checks = settings.read(config_file(tmp_path), {})
    assert found is not None
    assert [check.status for check in checks] == [Status.OK]


def test_a_file_that_is_not_there_is_a_fault_that_names_an_example(tmp_path: Path):
    found, [check] = settings.read(tmp_path / "none.yaml", {})
    assert found is None
    assert check.status is Status.FAULT
    assert "deploy/callcenter.yaml" in check.mend


def test_all_faults_of_a_file_are_told_with_their_places(tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text("asterisk: {user: cc, password: x}\ntime_zone: Moon/Crater\nqueue: 3\n")
    found, checks = settings.read(path, {})
    assert found is None
    assert {check.status for check in checks} == {Status.FAULT}
    assert any(f"{path}:3:1:" in check.message for check in checks)


def test_what_is_unwise_is_a_warning(tmp_path: Path):
    path = config_file(tmp_path)
    path.chmod(0o644)
    _, checks = settings.read(path, {})
    assert [check.status for check in checks] == [Status.OK, Status.WARNING]
    assert "chmod" in checks[1].message


def test_flows_are_checked(tmp_path: Path):
    assert [check.status for check in settings.check_flows(config(tmp_path))] == [Status.OK]
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/main.yaml").write_text("flow: main\nstart: nowhere\nnodes: {}\n")
    faulty = parse_config(config_text() + "flows: flows\n", "test", tmp_path, {})
    checks = settings.check_flows(faulty)
    assert {check.status for check in checks} == {Status.FAULT}
    assert all("main.yaml:" in check.message for check in checks)


def test_passwords_of_the_examples_are_refused(tmp_path: Path):
    [good] = settings.check_passwords(config(tmp_path))
    assert good.status is Status.OK
    [bad] = settings.check_passwords(config(tmp_path, password="change-me"))
    assert bad.status is Status.FAULT
    assert "Asterisk" in bad.message
    database = "postgresql://cc:CHANGE-ME@db/crm"
    [bad] = settings.check_passwords(config(tmp_path, database=database))
    assert "database" in bad.message
