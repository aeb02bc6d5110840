"""A group of processes that share little memory; when it is used up, the kernel ends one."""

import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

_V1 = Path("/sys/fs/cgroup/memory")
_V2 = Path("/sys/fs/cgroup")


class MemoryGroup:
    """A memory cgroup; a context that gives its processes back.

    Only what a process takes while it is in the group counts.
    """

    def __init__(self) -> None:
        self._parent = _V1 if _V1.is_dir() else _V2
        self._path = self._parent / f"callcenter-test-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> Self:
        try:
            self._path.mkdir()
            self._limit_file()
        except OSError as error:
            _cannot(f"no memory cgroup can be made here: {error}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in (self._path / "cgroup.procs").read_text().split():
            (self._parent / "cgroup.procs").write_text(pid)
        self._path.rmdir()

    def start(self, oom_score_adj: int) -> tuple[str, ...]:
        """Return what comes before a command that is to run in here.

        Args:
            oom_score_adj: How readily the kernel ends it, -1000 to 1000.
        """
        enter = f"echo $$ > {self._path}/cgroup.procs"
        adjust = f"echo {oom_score_adj} > /proc/self/oom_score_adj"
        return ("sh", "-c", f'{enter} && {adjust} && exec "$@"', "sh")

    def add(self, pid: int) -> None:
        """Take a process in; its memory so far does not count."""
        (self._path / "cgroup.procs").write_text(str(pid))

    def leave_room(self, size: int) -> None:
        """Let the group have so many bytes more than it has now."""
        usage = self._file("memory.usage_in_bytes", "memory.current").read_text()
        self._limit_file().write_text(str(int(usage) + size))

    def _limit_file(self) -> Path:
        return self._file("memory.limit_in_bytes", "memory.max")

    def _file(self, v1: str, v2: str) -> Path:
        path = self._path / (v1 if self._parent == _V1 else v2)
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}")
        return path


def _cannot(why: str) -> None:
    if os.environ.get("ALLOW_SKIPS") == "1":
        pytest.skip(why)
    pytest.fail(f"{why} (ALLOW_SKIPS=1 skips these tests)")
