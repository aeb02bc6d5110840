"""One step of ``make``: says what is done, keeps the output, and shows it when the step fails.

Standard library only: the first steps run before anything is installed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".venv" / "log"
_SHOWN_LINES = 60


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is run, and what people are told about it."""

    name: str
    """What is done, as a statement: "types (mypy)"."""
    command: Sequence[object]
    """The program and its arguments; each is turned into text."""
    usual: str = ""
    """How long it usually takes when that is long: "about a minute"."""
    advice: str = ""
    """What to do when it fails."""
    is_live: bool = False
    """Its output is shown as it comes."""
    may_skip: bool = False
    """With ALLOW_SKIPS=1 its failure does not end the run."""


class StepFailed(Exception):
    """A step failed; everything that people need has been printed."""


def skips_allowed() -> bool:
    """Say whether what cannot run here may be left out (``ALLOW_SKIPS=1``)."""
    return os.environ.get("ALLOW_SKIPS") == "1"


def run(step: Step, extra: Mapping[str, str] | None = None) -> float:
    """Run a step in the checkout's root.

    Args:
        step: What to run.
        extra: Environment variables on top of this process's own.

    Returns:
        The seconds it took.

    Raises:
        StepFailed: Its exit status was not 0, or there is no such program.
    """
    hint = f" ({step.usual})" if step.usual else ""
    _say(f"- {step.name}{hint} ...", end="\n" if step.is_live else " ")
    start = time.monotonic()
    log = LOGS / f"{_file_name(step.name)}.log"
    status = _execute(step, log, {**os.environ, **(extra or {})})
    took = time.monotonic() - start
    if status == 0:
        _say(f"  {step.name}: {took:.1f} s" if step.is_live else f"{took:.1f} s")
        return took
    _say("" if step.is_live else "FAILED")
    if not step.is_live:
        _show(log)
    _say(f"{step.name} failed after {took:.1f} s (exit status {status}).")
    if step.advice:
        _say(step.advice)
    raise StepFailed(step.name)


def _execute(step: Step, log: Path, environment: Mapping[str, str]) -> int:
    command = [str(part) for part in step.command]
    try:
        if step.is_live:
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as kept:
            return subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=kept,
                stderr=subprocess.STDOUT,
            ).returncode
    except OSError as error:
        _say(f"{command[0]} cannot be run: {error.strerror}", end=" ")
        return 127


def _file_name(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name.lower()).strip("-")


def _show(log: Path) -> None:
    if not log.is_file():
        return
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > _SHOWN_LINES:
        _say(f"  [the last {_SHOWN_LINES} of {len(lines)} lines; all: {log.relative_to(ROOT)}]")
    for line in lines[-_SHOWN_LINES:]:
        _say(f"  {line}")


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()
