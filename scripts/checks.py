"""Runs the checks: ``python -m scripts.checks quick|all|chaos [pytest arguments]``.

``quick`` is what ``make check`` runs: nothing that needs a server, a browser or a PBX. ``all`` is
``make test``: it installs what the tests drive and leaves out only the faults that take minutes.
``chaos`` is ``make chaos``: all faults that are injected into the real thing. What cannot run is a
failure; with ALLOW_SKIPS=1 it is left out and named at the end.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from scripts import set_up
from scripts.steps import ROOT, Step, StepFailed, run, skips_allowed

QUICK = "not real"
REAL = "real and not long"
ALL = "not long"
SEEDS = 2_000
_LIMIT_S = {"quick": 180, "all": 180, "chaos": 600}
"""A test that takes longer hangs: it fails, and shows where it is."""
_SHARED = ["--numprocesses=auto"]
_SKIPS = "ALLOW_SKIPS=1 leaves out what cannot run here."
_FORMAT = "Mend it with: .venv/bin/ruff format ."
_WIRE = "Write it anew with: .venv/bin/python -m scripts.write_wire_types"


def tools() -> Iterator[Step]:
    """Yield the steps that install what the tests drive."""
    yield Step(
        "test tools",
        [set_up.PYTHON, "scripts/install_test_tools.py"],
        usual="a minute or two the first time",
        advice=_SKIPS,
        is_live=True,
        may_skip=True,
    )
    yield Step(
        "Asterisk for the tests",
        [set_up.PYTHON, "scripts/install_asterisk_lab.py"],
        usual="two minutes the first time",
        advice=_SKIPS,
        may_skip=True,
    )


def static() -> Iterator[Step]:
    """Yield the steps that read the code and do not run it."""
    programs = set_up.PYTHON.parent
    yield Step("format (ruff)", [programs / "ruff", "format", "--check", "."], advice=_FORMAT)
    yield Step("lint (ruff)", [programs / "ruff", "check", "--output-format=concise", "."])
    yield Step("types (mypy)", [programs / "mypy"], usual="about 40 s the first time")
    yield Step("imports (import-linter)", [programs / "lint-imports"])
    wire = [set_up.PYTHON, "-m", "scripts.write_wire_types", "--check"]
    yield Step("wire types of the page", wire, advice=_WIRE)


def page() -> Iterator[Step]:
    """Yield the steps that check and test the agents' page."""
    npm = [set_up.PYTHON, "-m", "scripts.page_npm"]
    yield Step("page: lint and types", [*npm, "check"], usual="about 20 s")
    yield Step("page: tests", [*npm, "test"], usual="about 10 s")


def python_tests(which: str, arguments: list[str]) -> Iterator[Step]:
    """Yield the steps that run the Python tests; its closing line ends the output of each.

    Quick tests share the cores. What drives a PBX or a browser has the machine for itself: those
    tests measure seconds that the product promises. Tests that are named are run in one step.
    """
    command = [set_up.PYTHON, "-m", "pytest", "-q", f"--timeout={_LIMIT_S[which]}"]
    slowest = ["--durations=10", "--durations-min=2", "--no-fold-skipped", "--maxfail=25"]
    shared = [*command, "-m", QUICK, *_SHARED, *arguments]
    quick = Step("quick tests", shared, usual="six minutes on two cores", is_live=True)
    if which == "chaos":
        options = ["-m", "chaos", *slowest, *arguments]
        yield Step("faults", [*command, *options], usual="a quarter of an hour", is_live=True)
    elif which == "quick":
        yield quick
    elif arguments:
        yield Step("chosen tests", [*command, "-m", ALL, *slowest, *arguments], is_live=True)
    else:
        yield quick
        options = ["-m", REAL, *slowest]
        usual = "a quarter of an hour"
        yield Step("tests of the real thing", [*command, *options], usual=usual, is_live=True)


def simulated_days() -> Step:
    """Return the step that lives through days of the whole service; its last line is its figure."""
    command = [set_up.PYTHON, "-m", "callcenter.soak", "--seeds", SEEDS]
    return Step("deterministic simulation", command, usual="some minutes", is_live=True)


class Checks:
    """One run: goes on after what may be left out, stops at what fails."""

    def __init__(self) -> None:
        self.left_out: list[str] = []

    def run(self, steps: Iterator[Step]) -> None:
        """Run steps; raises StepFailed."""
        for step in steps:
            try:
                run(step)
            except StepFailed:
                if not (step.may_skip and skips_allowed()):
                    raise
                self.left_out.append(step.name)

    def run_page(self) -> None:
        """Build, check and test the page; raises StepFailed."""
        try:
            set_up.get_node()
        except StepFailed:
            if not skips_allowed():
                raise
            self.left_out.append("the agents' page")
        else:
            set_up.build_page()
            self.run(page())


def main(arguments: list[str] | None = None) -> int:
    """Run the checks; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("which", choices=["quick", "all", "chaos"])
    options, for_pytest = parser.parse_known_args(arguments)
    start = time.monotonic()
    checks = Checks()
    try:
        if options.which != "quick":
            checks.run(tools())
        if options.which != "chaos":
            checks.run(static())
            checks.run_page()
        if options.which == "all":
            checks.run(iter([simulated_days()]))
        checks.run(python_tests(options.which, for_pytest))
    except StepFailed:
        return 1
    for name in checks.left_out:
        print(f"NOT RUN (ALLOW_SKIPS=1): {name}")
    print(f"everything passed in {time.monotonic() - start:.0f} s ({ROOT})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
