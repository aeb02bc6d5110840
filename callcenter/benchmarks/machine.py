"""What processes and the machine have used, from /proc."""

import os
import time
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
"""Places of utime and stime after the command's name, proc(5)."""
_IDLE, _IO_WAIT = 3, 4


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU that a process has used: all its threads, user and system.

    Raises:
        ProcessLookupError: There is no such process.
    """
    try:
        text = Path("/proc", str(pid), "stat").read_text()
    except FileNotFoundError as error:
        raise ProcessLookupError(f"process {pid} is gone") from error
    fields = text.rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS_PER_S


class Load:
    """How busy the machine was since this object was made."""

    def __init__(self) -> None:
        self._before = _jiffies()
        self._since = time.monotonic()

    def busy_cores(self) -> float:
        """Return how many cores were busy on average, with everybody's work."""
        used = _jiffies() - self._before
        return used / _TICKS_PER_S / max(time.monotonic() - self._since, 0.01)


def _jiffies() -> int:
    first = Path("/proc/stat").read_text().partition("\n")[0]
    values = [int(value) for value in first.split()[1:9]]
    return sum(values) - values[_IDLE] - values[_IO_WAIT]
