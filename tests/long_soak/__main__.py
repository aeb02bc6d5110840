"""``python -m tests.long_soak``: hours of real calls with a fault a minute.

Tells a line each minute, and the figures at the end. Exits with 1 if something that must hold did
not; then the folder with the service's log, its stores and Asterisk's ledger is kept and named.
"""

import argparse
import asyncio
import gc
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvloop

from tests.long_soak.ground import Ground, built
from tests.long_soak.plan import Fault, Wishes, draw_callers, draw_faults
from tests.long_soak.report import sentences, summary
from tests.long_soak.watch import Watch
from tests.support.asterisk import why_not
from tests.support.asterisk_files import TRUNK_HOST

_LEAVE_WITHIN_S = 300.0


async def soak(wishes: Wishes, folder: Path, out: Path, faults: Sequence[Fault]) -> dict[str, Any]:
    """Live through a run and return its figures.

    Args:
        wishes: What was asked for.
        folder: For everything; it must be there.
        out: Gets a JSON object a minute, and the figures as the last one.
        faults: What goes wrong, in order.
    """
    async with built(wishes, folder) as ground:
        gc.freeze()
        ground.begun_at = time.time()
        watch = Watch(ground)
        _stop_when_told(ground)

        async def tell(line: dict[str, Any]) -> None:
            _write(out, line)
            broken = line.pop("broken")
            _say(" ".join(f"{name}={value}" for name, value in line.items()))
            for each in broken:
                _say(f"BROKEN at {each}")

        work = (watch.harm(faults), watch.look(), watch.every_minute(tell))
        tasks = [asyncio.create_task(each) for each in work]
        try:
            ran_s = await _call(ground, tasks)
            await watch.finish()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        found = summary(wishes, watch.tally, ran_s, len(ground.lives))
        if found["broken"]:
            _keep_evidence(ground)
    _write(out, found)
    return found


async def _call(ground: Ground, tasks: Sequence[asyncio.Task[None]]) -> float:
    """Let callers call until the time is over; return how long they did, in seconds."""
    until = ground.begun_at + ground.wishes.seconds
    calls = asyncio.create_task(
        ground.crowd.call(draw_callers(ground.wishes), until, TRUNK_HOST), name="callers"
    )
    try:
        async with asyncio.timeout(ground.wishes.seconds + _LEAVE_WITHIN_S):
            done, _ = await asyncio.wait({calls, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            while calls not in done:
                _raise_failures(done)
                done, _ = await asyncio.wait(
                    {calls, *(task for task in tasks if not task.done())},
                    return_when=asyncio.FIRST_COMPLETED,
                )
            await calls
    finally:
        calls.cancel()
        with suppress(asyncio.CancelledError):
            await calls
    return min(time.time() - ground.begun_at, ground.wishes.seconds)


def _raise_failures(done: set[asyncio.Task[None]]) -> None:
    for task in done:
        task.result()


def _stop_when_told(ground: Ground) -> None:
    """Let a first Ctrl-C end the run in order: nobody calls any more, all is checked."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ground.crowd.stop)


def _keep_evidence(ground: Ground) -> None:
    kept = ground.folder / "asterisk"
    shutil.copytree(ground.asterisk.folder / "log", kept, dirs_exist_ok=True)


def _write(out: Path, line: dict[str, Any]) -> None:
    with out.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the exit status."""
    options = _options(arguments)
    if obstacle := why_not():
        _say(obstacle)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="callcenter-soak-"))
    out = options.out or folder / "minutes.jsonl"
    wishes = Wishes(options.hours, options.seed, options.talks, options.calls)
    _say(f"{wishes.hours:g} hours with {wishes.agents} agents; everything is in {folder}")
    found = uvloop.run(soak(wishes, folder, out, draw_faults(wishes)))
    for line in sentences(found):
        _say(line)
    if not found["broken"] and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        _say(f"kept: {folder}")
    return int(bool(found["broken"]))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.long_soak",
        description="Real calls on a real Asterisk, with a fault a minute.",
    )
    like = Wishes()
    parser.add_argument("--hours", type=float, default=like.hours, help="fractions are fine")
    parser.add_argument("--seed", type=int, default=like.seed)
    parser.add_argument("--talks", type=int, default=like.talks, help="in progress, on average")
    parser.add_argument("--calls", type=int, default=like.calls, help="a minute")
    parser.add_argument("--out", type=Path, help="gets a JSON object a minute")
    parser.add_argument("--keep", action="store_true", help="keep the folder in any case")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
