import subprocess
import sys

from scripts.mutants import ROOT


def test_a_name_that_is_not_there_is_refused_with_those_that_are() -> None:
    command = [sys.executable, "-m", "scripts.mutants", "--only", "nothing"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "caller_lost" in ended.stderr
