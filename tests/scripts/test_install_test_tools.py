import os

import pytest

from scripts import install_test_tools
from scripts.install_test_tools import TOOLS, main, missing_packages


@pytest.fixture
def empty_machine(tmp_path, monkeypatch):
    """A PATH with nothing on it, and no hidden programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    hidden = tmp_path / "hidden"
    signs = {name: str(hidden) if os.path.isabs(sign) else sign for name, sign in TOOLS.items()}
    monkeypatch.setattr(install_test_tools, "TOOLS", signs)
    return tmp_path


def test_an_empty_machine_misses_every_package(empty_machine):
    assert missing_packages() == list(TOOLS)


def test_a_program_on_path_is_not_missing(empty_machine):
    program = empty_machine / "sox"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert "sox" not in missing_packages()


def test_an_empty_folder_is_no_sign_of_a_program(empty_machine):
    (empty_machine / "hidden").mkdir()
    assert "postgresql" in missing_packages()
    (empty_machine / "hidden" / "15").mkdir()
    assert "postgresql" not in missing_packages()


def test_who_may_not_install_is_told_the_command(empty_machine, monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main() == 1
    assert f"sudo apt-get install {' '.join(TOOLS)}" in capsys.readouterr().err
