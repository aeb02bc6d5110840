import re
import sys

import pytest

from scripts import lock_requirements
from scripts.lock_requirements import FOLDER, Lock, LockFailed, locks, recorded_digest, write

LOCKS = locks()
UV = """
import sys
target = sys.argv[sys.argv.index("--output-file") + 1]
sys.stdin.read()
open(target, "w").write({body!r})
"""


def pins(name: str) -> dict[str, str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_shipped_file_was_made_from_todays_pyproject(lock):
    text = (FOLDER / lock.name).read_text(encoding="utf-8")
    assert recorded_digest(text) == lock.digest, "run: python -m scripts.lock_requirements --keep"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_shipped_file_pins_everything_by_hash_and_names_no_place(lock):
    text = (FOLDER / lock.name).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--extra| @ ", text)
    for entry in re.split(r"\n(?=\w)", text.partition("\n\n")[0].split("Inputs", 1)[1]):
        if "==" in entry:
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_files_agree_on_versions():
    widest = pins("dev.txt")
    assert pins("run.txt").items() <= widest.items()
    assert pins("build.txt").items() <= widest.items()


def test_what_runs_needs_no_test_tool():
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & pins("run.txt").keys()


def test_digest_tells_of_a_changed_dependency_and_not_of_their_order():
    one, other = Lock("a.txt", "", ("x>=1", "y")), Lock("a.txt", "", ("y", "x>=1"))
    assert one.digest == other.digest
    assert one.digest != Lock("a.txt", "", ("x>=2", "y")).digest


def test_written_file_carries_its_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_requirements, "FOLDER", tmp_path)
    lock = Lock("a.txt", "For a test.", ("x",))
    write(lock, [sys.executable, "-c", UV.format(body="x==1 --hash=sha256:00\n")], keep=False)
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert recorded_digest(text) == lock.digest
    assert text.endswith("x==1 --hash=sha256:00\n")


def test_a_place_in_the_result_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_requirements, "FOLDER", tmp_path)
    uv = [sys.executable, "-c", UV.format(body="x @ file:///tmp/x.whl\n")]
    with pytest.raises(LockFailed, match="names a place"):
        write(Lock("a.txt", "", ("x",)), uv, keep=False)


def test_failure_of_uv_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(lock_requirements, "FOLDER", tmp_path)
    uv = [sys.executable, "-c", "import sys; sys.exit('no such version')"]
    with pytest.raises(LockFailed, match="no such version"):
        write(Lock("a.txt", "", ("x",)), uv, keep=False)
