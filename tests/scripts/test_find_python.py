"""Which Python make uses: a script of the shell, so its tests are not beside a module."""

import subprocess
from pathlib import Path

import pytest

from scripts.steps import ROOT


def fake_python(folder: Path, name: str, version: tuple[int, int]) -> Path:
    """A program that answers as that version of Python would."""
    is_old = 1 if version < (3, 11) else 0
    program = folder / name
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo Python\nexit {is_old}\n')
    program.chmod(0o755)
    return program


def find(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "find_python.sh"],
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_usual_python_is_taken_when_it_is_new_enough(tmp_path):
    fake_python(tmp_path, "python3", (3, 12))
    fake_python(tmp_path, "python3.11", (3, 11))
    assert find(tmp_path).stdout == "python3\n"


def test_a_newer_one_beside_an_old_one_is_found(tmp_path):
    fake_python(tmp_path, "python3", (3, 9))
    fake_python(tmp_path, "python3.11", (3, 11))
    assert find(tmp_path).stdout == "python3.11\n"


def test_only_old_ones_are_an_error_that_says_what_to_do(tmp_path):
    fake_python(tmp_path, "python3", (3, 9))
    found = find(tmp_path)
    assert found.returncode != 0
    assert found.stdout == ""
    assert "needs Python 3.11 or newer" in found.stderr


@pytest.mark.parametrize("version", [(3, 9), (3, 13)])
def test_a_chosen_one_is_taken_or_refused(tmp_path, version):
    chosen = fake_python(tmp_path, "mine", version)
    found = find(tmp_path, PYTHON=str(chosen))
    assert (found.returncode == 0) == (version >= (3, 11))
    assert found.stdout == (f"{chosen}\n" if found.returncode == 0 else "")
