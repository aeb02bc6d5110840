"""How the checkout is laid out: a test beside every source, sizes, and what must not be in it."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.tested_elsewhere import OF_SEVERAL_SOURCES, TESTED_BY

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("callcenter", "ivr_flows", "crm_store", "scripts")
MIRRORED = ("tests/adapters/", "tests/core/", "tests/crm_store/", "tests/ivr_flows/")
TESTED_ELSEWHERE = {source for sources in TESTED_BY.values() for source in sources}

MAX_SOURCE_LINES = 400
MAX_TEST_LINES = 800
WRITTEN_BY_SCRIPTS = {"agent_ui/src/gen/wire.ts"}

# Built of parts, so that this file does not hold what it looks for.
FORBIDDEN = {
    "the host of a package registry": "|".join(
        [r"pypi\." + "org", "pythonhosted" + r"\.org", r"registry\.npm" + "js", "deb" + r"\.debian"]
    ),
    "a path of somebody's machine": r"(?<![\w.~-])/(?:work|root|home/\w+)/",
}
BINARY = {".ulaw", ".alaw", ".wav", ".png", ".ico", ".woff2", ".pcap"}


@cache
def tracked() -> tuple[str, ...]:
    """Return the files that git knows, and those that it will."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(name for name in sorted(listed.stdout.splitlines()) if (ROOT / name).is_file())


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


# ---------------------------------------------------------------- tests mirror sources


def sources() -> list[str]:
    """Return the Python files of the packages that hold code."""
    return [
        name
        for name in tracked()
        if name.endswith(".py")
        and name.split("/")[0] in PACKAGES
        and "/migrations/" not in name
        and not Path(name).name.startswith("__")
    ]


def place_of_tests(source: str) -> str:
    """Return where the tests of a source belong."""
    inner = Path(source.removeprefix("callcenter/"))
    return (Path("tests") / inner.parent / f"test_{inner.name}").as_posix()


def has_tests(source: str) -> bool:
    return (ROOT / place_of_tests(source)).is_file()


def test_every_source_has_a_test_file():
    untested = {name for name in sources() if not has_tests(name)} - TESTED_ELSEWHERE
    assert sorted(untested) == [], "write tests/<path>/test_<module>.py for these"


def test_no_exception_is_needless():
    needless = {name for name in TESTED_ELSEWHERE if not (ROOT / name).is_file() or has_tests(name)}
    assert sorted(needless) == [], "take these out of tests/tested_elsewhere.py"


def test_what_is_tested_elsewhere_is_tested_there():
    missing = {place for place in TESTED_BY if not (ROOT / place).exists()}
    assert sorted(missing) == []


def test_no_test_file_has_lost_its_source():
    expected = {place_of_tests(name) for name in sources()} | OF_SEVERAL_SOURCES.keys()
    orphans = [
        name
        for name in tracked()
        if name.startswith(MIRRORED) and Path(name).name.startswith("test_")
    ]
    assert sorted(set(orphans) - expected) == [], "the source has moved: move its tests too"


# ---------------------------------------------------------------- sizes


def test_no_file_is_too_long():
    sizes = {
        name: len(text_of(name).splitlines())
        for name in tracked()
        if name.endswith((".py", ".ts", ".tsx")) and name not in WRITTEN_BY_SCRIPTS
    }
    too_long = {name: size for name, size in sizes.items() if size > _limit(name)}
    assert too_long == {}, "split these"


def _limit(name: str) -> int:
    is_test = name.startswith("tests/") or ".test." in name
    return MAX_TEST_LINES if is_test else MAX_SOURCE_LINES


# ---------------------------------------------------------------- what must not be in it


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds_what_belongs_to_one_machine(what: str):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in tracked()
        if Path(name).suffix not in BINARY and name != "tests/test_layout.py"
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], what


def test_lock_files_name_no_address():
    locks = [name for name in tracked() if Path(name).name == "package-lock.json"]
    assert locks
    resolved = [name for name in locks if re.search(r'"resolved"\s*:', text_of(name))]
    assert resolved == [], "npm config set omit-lockfile-registry-resolved true, then install anew"


# ---------------------------------------------------------------- documents

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(
    r"(?<![\w/])"
    r"((?:callcenter|ivr_flows|crm_store|agent_ui|tests|scripts|docs|deploy|requirements)/[\w./-]*\.\w+)"
)


@pytest.mark.parametrize("document", [name for name in tracked() if name.endswith(".md")])
def test_a_document_names_only_files_that_are_there(document: str):
    text = text_of(document)
    folder = (ROOT / document).parent
    links = [target.partition("#")[0] for target in _LINK.findall(text) if "://" not in target]
    linked = {(folder / link).resolve() for link in links if link}
    named = {ROOT / name for name in _FILE.findall(text)}
    missing = {path.relative_to(ROOT).as_posix() for path in linked | named if not path.exists()}
    assert sorted(missing) == []
