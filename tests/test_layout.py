"""How the checkout is laid out: a test beside every source, sizes, and what must not be in it."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("callcenter", "ivr_flows", "crm_store", "scripts")
MAX_SOURCE_LINES = 400
MAX_TEST_LINES = 800

DECLARATIONS = "only declares; the tests of what uses it and mypy hold it"
TESTED_ELSEWHERE: dict[str, str] = {}
"""Sources without a test file of their own, and why. The list may only shrink."""

# Built from parts, so that this file does not hold what it looks for.
FORBIDDEN = {
    "an address of a package registry": r"\b(?:pypi\.org|pythonhosted\.org|registry\.npm"
    r"js\.org|deb\.debian\.org|ftp\.debian\.org)",
    "a path of somebody's machine": r"(?<![\w.])/(?:work|root|home/\w+)/",
    "an address that a lock file resolved": r'"resolved"\s*:',
}
ALLOWED = {
    # A name for the reader's own home folder.
    "a path of somebody's machine": {"LICENSE"},
}
BINARY = {".ulaw", ".png", ".ico", ".woff2", ".sqlite", ".db"}
WRITTEN_BY_SCRIPTS = ("callcenter/adapters/ari/wire.py",)


@cache
def tracked() -> tuple[str, ...]:
    """Return the files that git knows, and those that it will."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(name for name in sorted(listed.stdout.splitlines()) if (ROOT / name).is_file())


def sources() -> list[str]:
    """Return the Python files of the packages that hold code."""
    return [
        name
        for name in tracked()
        if name.endswith(".py")
        and name.split("/")[0] in PACKAGES
        and "/migrations/" not in name
        and Path(name).name not in ("__init__.py", "__main__.py")
    ]


def place_of_tests(source: str) -> str:
    """Return where the tests of a source belong."""
    inner = source.removeprefix("callcenter/")
    return f"tests/{Path(inner).parent.as_posix()}/test_{Path(inner).name}".replace("/./", "/")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def lines(name: str) -> int:
    return len(text_of(name).splitlines())


def is_text(name: str) -> bool:
    return Path(name).suffix not in BINARY


def test_every_source_has_a_test_file():
    untested = {name for name in sources() if not (ROOT / place_of_tests(name)).is_file()}
    assert untested - TESTED_ELSEWHERE.keys() == set(), "write the tests, in these files' own"


def test_exceptions_are_still_needed():
    needless = {
        name
        for name in TESTED_ELSEWHERE
        if not (ROOT / name).is_file() or (ROOT / place_of_tests(name)).is_file()
    }
    assert needless == set(), "take these out of TESTED_ELSEWHERE"


def test_every_test_file_has_its_source():
    expected = {place_of_tests(name) for name in sources()}
    mirrored = ("tests/adapters/", "tests/core/", "tests/ivr_flows/", "tests/crm_store/")
    orphans = {
        name
        for name in tracked()
        if name.startswith(mirrored)
        and Path(name).name.startswith("test_")
        and name not in expected
        and name not in OF_NO_ONE_SOURCE
    }
    assert orphans == set(), "the source has moved: move its test too"


OF_NO_ONE_SOURCE: dict[str, str] = {}
"""Test files about several sources together, and what they hold."""


def test_no_file_is_too_long():
    sizes = {name: lines(name) for name in tracked() if name.endswith((".py", ".ts", ".tsx"))}
    limits = {name: _limit(name) for name in sizes}
    too_long = {name: size for name, size in sizes.items() if size > limits[name]}
    assert too_long == {}, "split these"


def _limit(name: str) -> int:
    is_test = name.startswith("tests/") or ".test." in name
    return MAX_TEST_LINES if is_test else MAX_SOURCE_LINES


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds_what_belongs_to_one_machine(what: str):
    pattern = re.compile(FORBIDDEN[what])
    here = Path(__file__).resolve().relative_to(ROOT).as_posix()
    found = {
        f"{name}:{number}"
        for name in tracked()
        if is_text(name) and name != here and name not in ALLOWED.get(what, ())
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if pattern.search(line)
    }
    assert found == set(), what


def documents() -> list[str]:
    return [name for name in tracked() if name.endswith(".md")]


_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(
    r"`((?:callcenter|ivr_flows|crm_store|agent_ui|tests|scripts|docs|deploy|requirements)/[\w./-]+)`"
)


@pytest.mark.parametrize("document", documents())
def test_a_document_names_only_files_that_are_there(document: str):
    text = text_of(document)
    linked = [target.partition("#")[0] for target in _LINK.findall(text) if "://" not in target]
    named = [*_relative(document, linked), *_FILE.findall(text)]
    missing = {name for name in named if not (ROOT / name).exists()}
    assert missing == set()


def _relative(document: str, targets: list[str]) -> list[str]:
    folder = (ROOT / document).parent
    return [
        (folder / target).resolve().relative_to(ROOT).as_posix() for target in targets if target
    ]
