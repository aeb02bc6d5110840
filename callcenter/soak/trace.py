"""What happened, in order: a hash of all of it, and the last of it for people."""

from collections import deque
from collections.abc import Callable
from hashlib import blake2b

KEPT = 4_000


class Trace:
    """Takes one line for each thing that happens."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._hash = blake2b(digest_size=16)
        self._lines: deque[tuple[float, str, str]] = deque(maxlen=KEPT)

    def note(self, kind: str, text: str) -> None:
        """Add a line; neither may hold anything that differs between two runs of a seed."""
        now_s = self._now_s()
        self._hash.update(f"{now_s:.6f} {kind} {text}\n".encode())
        self._lines.append((now_s, kind, text))

    def digest(self) -> str:
        """Return the hash of all lines so far, 32 hex digits."""
        return self._hash.hexdigest()

    def last(self, count: int) -> list[str]:
        """Return the last lines, oldest first."""
        lines = list(self._lines)[-count:] if count else []
        return [f"{at_s:10.3f} s  {kind:8} {text}" for at_s, kind, text in lines]


class TracedReports:
    """Implements ``ports.reports.Reports``: into the trace, and faults into a list."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.faults: list[tuple[str, BaseException | None]] = []

    def note(self, event: str, **values: str | int | float | bool) -> None:
        """Something worth knowing happened."""
        self._trace.note("note", f"{event} {values}")

    def fault(self, event: str, error: BaseException | None = None, **values: str | int) -> None:
        """Something went wrong."""
        self._trace.note("fault", f"{event} {values} {type(error).__name__ if error else ''}")
        self.faults.append((event, error))
