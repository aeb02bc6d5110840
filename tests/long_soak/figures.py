"""What is measured: the service's process, its loop's lag, its files; slopes and quantiles."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.benchmarks.machine import cpu_s

_LAG = re.compile(r'^callcenter_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)
_VALUE = re.compile(r"^(callcenter_\w+) (\S+)$", re.MULTILINE)
_ROW = re.compile(r"^(VmRSS|Threads):\s+(\d+)", re.MULTILINE)

Buckets = Mapping[float, float]
"""A cumulative histogram: how many were at most so long; the last one is infinite."""


@dataclass(frozen=True, slots=True)
class Body:
    """A process at one instant."""

    rss_mib: float
    threads: int
    files: int
    cpu_s: float


def body_of(pid: int) -> Body:
    """Return what the kernel says of a process; raises OSError if it is gone."""
    rows = dict(_ROW.findall(Path("/proc", str(pid), "status").read_text()))
    return Body(
        rss_mib=int(rows.get("VmRSS", 0)) / 1024,
        threads=int(rows.get("Threads", 0)),
        files=len(os.listdir(f"/proc/{pid}/fd")),
        cpu_s=cpu_s(pid),
    )


def lag_buckets(metrics: str) -> Buckets:
    """Return the histogram of the loop's lag from the text of ``/metrics``."""
    return {float(limit): float(count) for limit, count in _LAG.findall(metrics)}


def values(metrics: str) -> dict[str, float]:
    """Return the metrics without labels."""
    return {name: float(value) for name, value in _VALUE.findall(metrics)}


def since(now: Buckets, before: Buckets) -> Buckets:
    """Return what was added to a histogram; all of it, if its process was started anew."""
    if any(now.get(limit, 0.0) < count for limit, count in before.items()):
        return now
    return {limit: count - before.get(limit, 0.0) for limit, count in now.items()}


def together(one: Buckets, other: Buckets) -> Buckets:
    """Return the sum of two histograms with the same limits."""
    return {limit: one.get(limit, 0.0) + other.get(limit, 0.0) for limit in {*one, *other}}


def quantile(buckets: Buckets, share: float) -> float:
    """Return the limit of the bucket in which a quantile lies; 0.0 if nothing was counted.

    The true value lies between the limit before and this one: nothing is interpolated.
    """
    total = max(buckets.values(), default=0.0)
    if not total:
        return 0.0
    return min(limit for limit, count in buckets.items() if count >= share * total)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the slope of the line of least squares; None for less than three points."""
    if len(points) < 3:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def size_mib(folder: Path, name: str) -> float:
    """Return the size of a database with the files that belong to it."""
    return sum(path.stat().st_size for path in folder.glob(f"{name}*")) / 2**20
