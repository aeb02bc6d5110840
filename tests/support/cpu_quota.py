"""Gives a process less of the processor than it needs, by the kernel's CFS quota."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_V1 = Path("/sys/fs/cgroup/cpu")
_V2 = Path("/sys/fs/cgroup")
_PERIOD_US = 100_000


@contextmanager
def cpu_quota(pid: int, share: float) -> Iterator[None]:
    """Let a process and its threads use at most a share of one core meanwhile.

    Args:
        pid: The process.
        share: Of one core, 0.01 to 1.
    """
    parent = _V1 if _V1.is_dir() else _V2
    group = parent / f"callcenter-test-{uuid.uuid4().hex[:8]}"
    try:
        group.mkdir()
        _limit(group, int(share * _PERIOD_US))
    except OSError as error:
        _cannot(f"no CFS quota can be set here: {error}")
    try:
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        (parent / "cgroup.procs").write_text(str(pid))
        group.rmdir()


def _limit(group: Path, quota_us: int) -> None:
    if (group / "cpu.cfs_quota_us").exists():
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(quota_us))
    else:
        (group / "cpu.max").write_text(f"{quota_us} {_PERIOD_US}")


def _cannot(why: str) -> None:
    if os.environ.get("ALLOW_SKIPS") == "1":
        pytest.skip(why)
    pytest.fail(f"{why} (ALLOW_SKIPS=1 skips these tests)")
