"""``python -m callcenter.soak``: seeds, spread over processes.

Prints each failing seed with the command that lives through it again, and the last steps before
it failed. The last line of the output is the figure. Exits with 1 if a seed failed.
"""

import argparse
import gc
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from callcenter.soak.day import Result, run_seed

MOST_FAILURES = 10
"""More are not lived through: the first ones tell enough."""
_SEEDS_AT_ONCE = 20
_PROGRESS_EVERY_S = 15.0


class Tally:
    """Counts what the seeds came to."""

    def __init__(self) -> None:
        self.seeds = self.calls = self.deaths = 0
        self.failed: list[int] = []
        self.mishaps: Counter[str] = Counter()
        self.fates: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Count one seed."""
        self.seeds += 1
        self.calls += result.calls
        self.deaths += result.deaths
        self.mishaps.update(result.mishaps)
        self.fates.update(result.fates)
        if result.failure:
            self.failed.append(result.seed)

    def sentence(self, took_s: float) -> str:
        """Return the figure, in a plain sentence."""
        fates = ", ".join(f"{count} {fate}" for fate, count in sorted(self.fates.items()))
        return (
            f"{self.seeds} seeds with {self.calls} calls ({fates}) and "
            f"{self.mishaps.total()} faults ({self.deaths} deaths of the service) in "
            f"{took_s:.0f} s: {len(self.failed)} failures."
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Live through seeds; return the exit status."""
    options = _options(arguments)
    started = time.perf_counter()
    tally = Tally()
    for result in _results(range(options.base, options.base + options.seeds), options):
        tally.add(result)
        if result.failure:
            _tell_failure(result)
        elif options.digest:
            _say(f"seed {result.seed}: {result.steps} steps, trace {result.digest}")
        if len(tally.failed) >= MOST_FAILURES:
            _say(f"Stopped after {MOST_FAILURES} failures.")
            break
    for mishap, count in tally.mishaps.most_common():
        _say(f"{count:8} {mishap}")
    _say(tally.sentence(time.perf_counter() - started))
    return int(bool(tally.failed))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m callcenter.soak",
        description="Live through days of the whole service, drawn from seeds, on virtual time.",
    )
    parser.add_argument("--seeds", type=int, default=2_000, help="how many (default: 2000)")
    parser.add_argument("--base", type=int, default=1, help="the first one (default: 1)")
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=cores, help=f"processes (default: {cores})")
    parser.add_argument("--tail", type=int, default=120, help="steps shown of a failing seed")
    parser.add_argument("--digest", action="store_true", help="print the hash of each seed's trace")
    return parser.parse_args(arguments)


def _results(seeds: Sequence[int], options: argparse.Namespace) -> Iterator[Result]:
    if options.jobs <= 1 or len(seeds) <= 1:
        _be_quiet()
        for seed in seeds:
            yield _live(seed, options.tail)
        return
    parts = [seeds[i : i + _SEEDS_AT_ONCE] for i in range(0, len(seeds), _SEEDS_AT_ONCE)]
    with ProcessPoolExecutor(options.jobs, initializer=_be_quiet) as workers:
        try:
            tails = [options.tail] * len(parts)
            yield from _tell_progress(workers.map(_live_all, parts, tails), len(seeds))
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


def _tell_progress(parts: Iterable[list[Result]], total: int) -> Iterator[Result]:
    told_at, done = time.perf_counter(), 0
    for part in parts:
        yield from part
        done += len(part)
        if time.perf_counter() - told_at >= _PROGRESS_EVERY_S:
            told_at = time.perf_counter()
            _say(f"... {done} of {total} seeds")


def _be_quiet() -> None:
    """Log nothing (the trace has it), and leave the garbage until a seed is over."""
    logging.disable(logging.CRITICAL)
    gc.disable()


def _live_all(seeds: Sequence[int], tail: int) -> list[Result]:
    return [_live(seed, tail) for seed in seeds]


def _live(seed: int, tail: int) -> Result:
    result = run_seed(seed, tail)
    gc.collect()
    return result


def _tell_failure(result: Result) -> None:
    for line in result.trace:
        _say(line)
    _say(f"SEED {result.seed} FAILED: {result.failure}")
    _say(f"  its faults: {', '.join(result.mishaps)}")
    _say(f"  again: make soak-sim SEEDS=1 BASE={result.seed}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
