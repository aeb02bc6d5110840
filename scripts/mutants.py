"""Plants faults in the core, one at a time, and sees whether the tests notice.

An invariant that has never caught a planted fault is decoration. Each fault is a replacement of
text in a copy of the tree; first the invariant machine alone is run against it, then, if it was
not caught, the example tests. Those planted in the whole service are for the simulation to find
(``callcenter.soak``). The text must be there exactly once: a fault that does not fit the
code any more is an error, not a survivor.

    python -m scripts.mutants [--json] [--seed N] [--only NAME]

Exits with 1 if a fault survives or if fewer than ten are caught by the invariants alone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.callback_faults import CALLBACK_FAULTS
from scripts.planted_faults import FAULTS, Fault
from scripts.routing_faults import ROUTING_FAULTS
from scripts.service_faults import SERVICE_FAULTS

ROOT = Path(__file__).resolve().parent.parent
ALL = (*FAULTS, *ROUTING_FAULTS, *CALLBACK_FAULTS, *SERVICE_FAULTS)
NEEDED = (
    "callcenter",
    "crm_store",
    "ivr_flows",
    "tests/__init__.py",
    "tests/benchmarks/__init__.py",
    "tests/benchmarks/test_erlang.py",
    "tests/core",
    "tests/simulation/__init__.py",
    "tests/simulation/test_floor_against_erlang.py",
    "tests/support",
)
INVARIANTS = (
    "tests/core/test_invariants.py",
    "tests/core/test_overflow_invariants.py",
    "tests/core/acd/test_routing.py",
)
EXAMPLES = ("tests/core", *(f"--ignore={name}" for name in INVARIANTS))
THEORY = (
    "tests/simulation/test_floor_against_erlang.py",
    "tests/benchmarks/test_erlang.py",
    "-k",
    "12- or (lies_within and priorities and agents_10 and not agents_1000)",
)
LEAST_BY_INVARIANTS = 10
TIME_LIMIT_S = 120


@dataclass(frozen=True)
class Finding:
    """What became of a fault."""

    fault: Fault
    caught_by: str
    """"invariants", "examples", "simulation", or empty for a survivor."""
    theory_holds: bool
    """Whether the simulated floor still agrees with Erlang C, where it was looked at."""

    @property
    def survives(self) -> bool:
        """Whether something that should have noticed has not."""
        return not self.caught_by or (self.fault.breaks_theory and self.theory_holds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults and print what was caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="of the invariant machine")
    parser.add_argument("--examples", type=int, default=120, help="stories told for each fault")
    parser.add_argument("--only", default="", help="plant only the fault of this name")
    options = parser.parse_args(arguments)
    faults = [fault for fault in ALL if options.only in ("", fault.name)]
    if not faults:
        parser.error(f"there is no fault {options.only}; there are: {_names()}")
    findings = list(_findings(faults, options.seed, options.examples))
    survivors = [finding.fault.name for finding in findings if finding.survives]
    by_invariants = [f.fault.name for f in findings if f.caught_by == "invariants"]
    if options.json:
        print(json.dumps(_report(findings)))
    else:
        print(f"{len(findings) - len(survivors)} of {len(findings)} caught,", end=" ")
        print(f"{len(by_invariants)} of them by the invariants alone")
    is_weak = not options.only and len(by_invariants) < LEAST_BY_INVARIANTS
    return int(bool(survivors) or is_weak)


def _findings(faults: Sequence[Fault], seed: int, examples: int) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        sound = Path(folder) / "sound"
        _copy(ROOT, sound)
        if caught := _caught_by(sound, seed, examples):
            raise SystemExit(f"the tests fail without a fault: {caught}")
        if not _passes(sound, THEORY, {}):
            raise SystemExit("the floor does not agree with theory without a fault")

        def judge(fault: Fault) -> Finding:
            tree = Path(folder) / fault.name
            shutil.copytree(sound, tree)  # with what Python has compiled of it
            _plant(fault, tree)
            holds = not fault.breaks_theory or _passes(tree, THEORY, {})
            caught = (
                _caught_by_days(tree, fault.seeds)
                if fault.seeds
                else _caught_by(tree, seed, examples)
            )
            finding = Finding(fault, caught, holds)
            shutil.rmtree(tree)
            return finding

        with ThreadPoolExecutor(os.cpu_count()) as workers:
            for finding in workers.map(judge, faults):
                _tell(finding)
                yield finding


def _copy(root: Path, tree: Path) -> None:
    for name in NEEDED:
        source, target = root / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "static", "*.ulaw")
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    shutil.copy(root / "pyproject.toml", tree)


def _plant(fault: Fault, tree: Path) -> None:
    path = tree / fault.file
    text = path.read_text("utf-8")
    found = text.count(fault.old)
    if found != 1:
        raise SystemExit(f"{fault.name}: its text is {found} times in {fault.file}, not once")
    path.write_text(text.replace(fault.old, fault.new), "utf-8")


def _caught_by(tree: Path, seed: int, examples: int) -> str:
    told = {"INVARIANT_EXAMPLES": str(examples)}
    if not _passes(tree, (*INVARIANTS, f"--hypothesis-seed={seed}"), told):
        return "invariants"
    return "" if _passes(tree, EXAMPLES, {}) else "examples"


def _caught_by_days(tree: Path, seeds: int) -> str:
    options = ["--seeds", str(seeds), "--jobs", "1", "--tail", "0"]
    ended = subprocess.run(
        [sys.executable, "-m", "callcenter.soak", *options],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "failures." not in ended.stdout:
        raise SystemExit(f"no days could be lived through: {ended.stderr}")
    return "simulation" if ended.returncode else ""


def _passes(tree: Path, tests: Sequence[str], environ: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    search = {"PYTHONPATH": str(tree)}
    try:
        ended = subprocess.run(
            command,
            cwd=tree,
            env={**os.environ, **search, **environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False  # a fault that makes the core run for ever
    if ended.returncode not in (0, 1):
        raise SystemExit(
            f"pytest could not run {' '.join(tests)}: it ended with {ended.returncode}"
        )
    return ended.returncode == 0


def _tell(finding: Finding) -> None:
    fate = f"caught by {finding.caught_by}" if finding.caught_by else "SURVIVED"
    theory = " and by theory" if not finding.theory_holds else ""
    print(f"{finding.fault.name:24} {fate + theory:34} {finding.fault.sentence}", file=sys.stderr)


def _report(findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "faults": len(findings),
        "caught": sum(not finding.survives for finding in findings),
        "caught_by_invariants": sum(f.caught_by == "invariants" for f in findings),
        "caught_by_theory": sum(not finding.theory_holds for finding in findings),
        "survivors": [finding.fault.name for finding in findings if finding.survives],
        "findings": [
            {
                "name": finding.fault.name,
                "sentence": finding.fault.sentence,
                "caught_by": finding.caught_by,
                "theory_holds": finding.theory_holds,
            }
            for finding in findings
        ],
    }


def _names() -> str:
    return ", ".join(fault.name for fault in ALL)


if __name__ == "__main__":
    sys.exit(main())
