"""The quota is real: a process that only computes gets its share and no more."""

import subprocess
import sys
import time

import pytest

from tests.support.cpu_quota import cpu_quota

pytestmark = pytest.mark.chaos

BUSY = "while True: pass"


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_a_process_gets_its_share_and_no_more():
    with subprocess.Popen([sys.executable, "-c", BUSY]) as process:
        with cpu_quota(process.pid, 0.1):
            before = cpu_s(process.pid)
            time.sleep(1.0)
            used = cpu_s(process.pid) - before
        process.kill()
    assert 0.01 <= used <= 0.25
