"""Lets the phones and the PBX of a run come before what else the machine does.

On a machine that is shared, another build would starve the PBX and look like a gap in every talk at
once. A production PBX has its cores to itself; here at least it comes first.
"""

import os
from contextlib import suppress
from pathlib import Path

NICE = -15
"""Of -20 (first) to 19; ordinary work has 0."""


def come_first(pid: int) -> None:
    """Let a process, its threads and its session come first; nothing without the right to do so."""
    with suppress(OSError):
        # Where the kernel groups by session, niceness counts only within the group.
        Path("/proc", str(pid), "autogroup").write_text(str(NICE))
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), NICE)
