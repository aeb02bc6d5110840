"""Makes ``.venv`` and what belongs to it, once: ``python -m scripts.set_up run|dev``.

Packages come from the hash-pinned files in requirements/. A stamp in .venv says what it was made
from, so that a second run takes no time and a change of the pins makes it anew.
Standard library only: this runs before anything is installed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import build_ui
from scripts.steps import ROOT, Step, StepFailed, run

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements"
NEEDS = {"run": ("run.txt", "build.txt"), "dev": ("dev.txt",)}
WHAT = {"run": "packages to run it", "dev": "packages to work on it"}
USUAL = {"run": "about half a minute", "dev": "about a minute"}

_VENV_ADVICE = "Debian and Ubuntu have venv apart: apt-get install python3-venv. Then try again."
_PIP_ADVICE = (
    "If the package index was not reached, check the network and pip's settings (pip config list)"
    " and try again."
)
_NODE_ADVICE = "Install Node.js >= 20.19 (not 21) or >= 22.12 yourself and try again."


def digest(kind: str, root: Path = ROOT) -> str:
    """Return what an environment of a kind ("run" or "dev") is made from, as a digest."""
    parts = [sys.version.encode(), str(root).encode()]
    parts += [(root / "requirements" / name).read_bytes() for name in NEEDS[kind]]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_stamped(name: str, value: str, venv: Path = VENV) -> bool:
    """Say whether a step was finished with this digest."""
    stamp = venv / f".made-{name}"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def put_stamp(name: str, value: str, venv: Path = VENV) -> None:
    """Record that a step is finished."""
    (venv / f".made-{name}").write_text(value, encoding="utf-8")


def set_up(kind: str) -> None:
    """Make the environment if it is not there, or not up to date; raises StepFailed."""
    if not _is_made(kind):
        _make_venv()
        _install(WHAT[kind], NEEDS[kind], USUAL[kind])
        put_stamp(kind, digest(kind))
    project = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if not is_stamped("project", project):
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
        run(Step("callcenter itself, in place", [*command, "--editable", "."], advice=_PIP_ADVICE))
        put_stamp("project", project)


def _is_made(kind: str) -> bool:
    # What develops also runs.
    return any(is_stamped(each, digest(each)) for each in {kind, "dev"})


def _make_venv() -> None:
    """Make an empty .venv, unless the one there only lacks packages."""
    pinned = {kind: digest(kind) for kind in NEEDS}
    if PYTHON.is_file() and any(is_stamped(kind, pin) for kind, pin in pinned.items()):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", VENV]
    run(Step("Python environment in .venv", command, advice=_VENV_ADVICE))


def _install(what: str, files: tuple[str, ...], usual: str, advice: str = _PIP_ADVICE) -> None:
    command: list[object] = [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes"]
    command += ["--disable-pip-version-check"]
    for name in files:
        command += ["--requirement", REQUIREMENTS / name]
    run(Step(what, command, usual=usual, advice=advice))


def build_page() -> None:
    """Build the agents' page if it has changed, getting a Node.js first; raises StepFailed."""
    if is_page_built():
        return
    get_node()
    run(Step("agents' page", [PYTHON, "-m", "scripts.build_ui"], usual="a minute the first time"))


def is_page_built() -> bool:
    """Say whether the built page is that of the sources."""
    static = ROOT / "callcenter" / "adapters" / "web" / "static"
    stamp = static / ".digest"
    if not (static / "index.html").is_file() or not stamp.is_file():
        return False
    return stamp.read_text(encoding="utf-8") == build_ui.digest_of(ROOT / "agent_ui")


def get_node() -> None:
    """Install Node.js into .venv where the machine has none that can build; raises StepFailed."""
    if not has_node():
        _install("Node.js", ("node.txt",), "about 20 s", _NODE_ADVICE)


def has_node() -> bool:
    """Say whether there is a Node.js that can build the page."""
    ask = "from scripts.build_ui import find_node; find_node()"
    done = subprocess.run([PYTHON, "-c", ask], cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 0


def main(arguments: list[str] | None = None) -> int:
    """Set up; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("kind", choices=sorted(NEEDS), help="run: to use it; dev: to work on it")
    parser.add_argument("--page", action="store_true", help="build the agents' page too")
    options = parser.parse_args(arguments)
    try:
        set_up(options.kind)
        if options.page:
            build_page()
    except StepFailed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
