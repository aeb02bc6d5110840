"""``callcenter watchdog`` as a process; what it does is in ``tests/watchdog``."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.support.configs import config_file

ROOT = Path(__file__).parents[2]
_LOADED = """
import sys, callcenter.cli.watchdog
found = [name for name in sys.modules if name.startswith(({parts}))]
sys.exit(", ".join(found) or 0)
"""


def test_it_needs_nothing_of_the_service():
    parts = "'callcenter.runtime', 'callcenter.wiring', 'crm_store', 'sqlalchemy', 'aiosqlite'"
    command = [sys.executable, "-c", _LOADED.format(parts=parts)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_it_says_that_the_pbx_is_away_and_ends_when_told_to(tmp_path: Path):
    path = config_file(tmp_path)
    command = [sys.executable, "-m", "callcenter.cli", "watchdog", "--config", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "the PBX cannot be watched" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not (tmp_path / "data").exists(), "it keeps nothing"


def test_a_faulty_configuration_is_told_with_its_line(tmp_path: Path):
    path = config_file(tmp_path)
    path.write_text(path.read_text() + "watchdog: {stale_after: soon}\n")
    command = [sys.executable, "-m", "callcenter.cli", "watchdog", "--config", str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "stale_after" in run.stderr or "soon" in run.stderr
    assert "Traceback" not in run.stderr
