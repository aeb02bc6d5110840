"""What processes and the machine have used, from /proc."""

import json
import os
import time
from pathlib import Path
from typing import Final

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
"""Places of utime and stime after the command's name, proc(5)."""
_IDLE, _IO_WAIT = 3, 4
REFERENCE_US: Final = 3.85
"""``work_us`` on the machine on which the goals were set: json.loads at 260,000 events a second."""
_WORK: Final = json.dumps(
    {
        "type": "ChannelStateChange",
        "timestamp": "2026-01-01T00:00:00.000+0000",
        "channel": {
            "id": "1767225600.1",
            "name": "PJSIP/agent1-00000001",
            "state": "Up",
            "protocol_id": "0123456789abcdef",
            "caller": {"name": "", "number": "+12125550100"},
            "connected": {"name": "", "number": "+12125550101"},
            "accountcode": "",
            "dialplan": {"context": "from-trunk", "exten": "7000", "priority": 5},
            "creationtime": "2026-01-01T00:00:00.000+0000",
            "language": "en",
            "channelvars": {"CC_CALL": "0123456789abcdef0123456789abcdef"},
        },
        "asterisk_id": "52:54:00:12:34:56",
        "application": "cc-main",
    }
)


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


def work_us(turns: int = 5_000) -> float:
    """Return the CPU microseconds of a fixed piece of work: how slow a core is just now.

    A core that others share does less in a second of CPU time; figures in CPU time can be compared
    only after they were divided by this.
    """
    began_at = time.process_time()
    for _ in range(turns):
        json.loads(_WORK)
    return (time.process_time() - began_at) / turns * 1e6


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
