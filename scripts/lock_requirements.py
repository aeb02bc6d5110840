"""Writes requirements/*.txt from pyproject.toml: exact versions with the hashes of all their files.

``python -m scripts.lock_requirements`` asks the package index that uv is set up for and takes the
newest versions that fit; ``--keep`` keeps the locked ones where it can. The files name no index
and no folder, so they install wherever pip finds packages. Needs uv (``pip install uv``).
"""

import argparse
import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
HEADER = """\
# {purpose}
# Written by scripts/lock_requirements.py from pyproject.toml. Do not edit.
# Inputs: sha256 {digest}
"""
# What hatchling asks for besides itself when it installs a checkout in place (pip install -e).
_EDITABLE = "editables>=0.5"


@dataclass(frozen=True, slots=True)
class Lock:
    """One file of requirements."""

    name: str
    purpose: str
    inputs: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return a digest of the inputs, by which a stale file is recognised."""
        return hashlib.sha256("\n".join(sorted(self.inputs)).encode()).hexdigest()


class LockFailed(Exception):
    """The files could not be written; the message says why."""


def locks(pyproject: Path = ROOT / "pyproject.toml") -> list[Lock]:
    """Return the files that pyproject.toml asks for; the widest comes first."""
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project = settings["project"]
    run = tuple(project["dependencies"])
    extras = project["optional-dependencies"]
    build = (*settings["build-system"]["requires"], _EDITABLE)
    return [
        Lock("dev.txt", "To develop and test callcenter.", (*run, *extras["dev"], *build)),
        Lock("run.txt", "To run callcenter.", run),
        Lock("build.txt", "To install a checkout in place.", build),
        Lock("node.txt", "Node.js, where the machine has none to build the page.", _node(extras)),
    ]


def _node(extras: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(extras["node"])


def recorded_digest(text: str) -> str | None:
    """Return the digest of the inputs that a file of requirements was made from."""
    found = re.search(r"^# Inputs: sha256 ([0-9a-f]{64})$", text, re.MULTILINE)
    return found[1] if found else None


def write(lock: Lock, uv: list[str], *, keep: bool) -> None:
    """Write one file; versions agree with those of dev.txt; raises LockFailed."""
    target = FOLDER / lock.name
    widest = FOLDER / "dev.txt"
    # The output file, when it is there, holds the versions that uv prefers.
    if not keep:
        target.unlink(missing_ok=True)
    command = [*uv, "pip", "compile", "--no-config", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url"]
    command += ["--no-emit-find-links", "--quiet", "--output-file", str(target), "-"]
    if target != widest and lock.name != "node.txt":
        command += ["--constraint", str(widest)]
    done = subprocess.run(
        command, input="\n".join(lock.inputs), text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise LockFailed(f"uv failed for {lock.name}:\n{done.stderr}")
    body = target.read_text(encoding="utf-8")
    if "://" in body or " @ " in body:
        raise LockFailed(f"{lock.name} names a place; it may hold versions and hashes only")
    header = HEADER.format(purpose=lock.purpose, digest=lock.digest)
    target.write_text(header + body, encoding="utf-8")


def find_uv() -> list[str]:
    """Return how uv is run; raises LockFailed when it is not there."""
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    on_path = shutil.which("uv")
    if on_path is None:
        raise LockFailed(f"uv is missing: {sys.executable} -m pip install uv")
    return [on_path]


def main(arguments: list[str] | None = None) -> int:
    """Write the files; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--keep", action="store_true", help="keep locked versions where they fit")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(exist_ok=True)
    try:
        uv = find_uv()
        for lock in locks():
            write(lock, uv, keep=options.keep)
            print(f"wrote requirements/{lock.name}")
    except LockFailed as error:
        print(f"lock_requirements: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
