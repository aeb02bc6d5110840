"""The rule of ``tests/support/no_skips.py``, seen on small test runs of their own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.test_layout import ROOT

SKIPS = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="no PBX")
def test_marked(): pass

def test_inside():
    pytest.skip("no browser")

@pytest.mark.xfail(reason="known")
def test_known(): assert False
"""
NEEDS_A_BROWSER = """
import pytest

@pytest.fixture
def page(): raise AssertionError("there is no browser to start")

@pytest.mark.browser
def test_page(page): pass
"""
ALL_OF_IT = 'import pytest\npytest.skip("no database", allow_module_level=True)\n'


def run_pytest(folder: Path, text: str, allow_skips: str) -> str:
    folder.joinpath("test_sample.py").write_text(text, encoding="utf-8")
    options = ["-p", "tests.support.no_skips", "-p", "no:cacheprovider", "-rA", "--rootdir", "."]
    command = [sys.executable, "-m", "pytest", *options, "-c", os.devnull, "test_sample.py"]
    command += ["-W", "ignore::pytest.PytestUnknownMarkWarning"]
    # An empty PATH: no browser there.
    environment = {"ALLOW_SKIPS": allow_skips, "PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_skipped_tests_fail_with_their_reason(tmp_path):
    told = run_pytest(tmp_path, SKIPS, "")
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in told
    assert "no PBX" in told
    assert "no browser" in told


def test_skipped_module_fails_with_its_reason(tmp_path):
    told = run_pytest(tmp_path, ALL_OF_IT, "")
    assert "no database" in told
    assert "1 error" in told


def test_allowed_skips_are_named(tmp_path):
    told = run_pytest(tmp_path, SKIPS, "1")
    assert "1 passed, 2 skipped, 1 xfailed" in told
    assert "no PBX" in told


def test_what_cannot_run_here_is_left_out_before_it_tries(tmp_path):
    told = run_pytest(tmp_path, NEEDS_A_BROWSER, "1")
    assert "1 skipped" in told
    assert "no Chromium there" in told
    assert "1 error" in run_pytest(tmp_path, NEEDS_A_BROWSER, "")
