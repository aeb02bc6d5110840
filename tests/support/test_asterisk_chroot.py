"""The installation of the lab's Asterisk, as far as it needs no download."""

import fcntl
import os
import queue
import threading
from pathlib import Path

import pytest

from tests.support.asterisk_chroot import (
    MARK,
    default_chroot,
    install,
    is_complete,
    point_names_home,
)


@pytest.fixture
def chroot(tmp_path: Path) -> Path:
    folder = tmp_path / "asterisk-lab"
    (folder / "etc").mkdir(parents=True)
    return folder


def test_a_folder_without_its_mark_is_not_complete(chroot: Path):
    assert not is_complete(chroot)


def test_a_complete_folder_is_left_as_it_is(chroot: Path):
    (chroot / MARK).touch()
    said: list[str] = []
    install(chroot, said.append)

    assert said == [f"Asterisk is ready in {chroot}"]
    assert sorted(p.name for p in chroot.iterdir()) == [MARK, "etc"]


def test_two_runs_at_once_make_it_once(chroot: Path):
    """The other run holds the lock, finishes, and leaves nothing to do."""
    said: queue.Queue[str] = queue.Queue()
    with chroot.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = threading.Thread(target=install, args=(chroot, said.put))
        run.start()
        assert said.get(timeout=5) == "another run is making it; waiting"
        (chroot / MARK).touch()
    run.join(5)

    assert said.get(timeout=5) == f"Asterisk was made ready by another run in {chroot}"


def test_the_cache_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CALLCENTER_CACHE", str(tmp_path))
    assert default_chroot() == tmp_path / "asterisk-lab"
    monkeypatch.delenv("CALLCENTER_CACHE")
    assert default_chroot() == Path.home() / ".cache" / "callcenter" / "asterisk-lab"


def test_names_that_asterisk_asks_for_are_answered_from_a_file(chroot: Path):
    point_names_home(chroot)
    names = (chroot / "etc" / "hosts").read_text().split()

    assert names[0] == "127.0.0.1"
    assert {"localhost", os.uname().nodename, "A.ROOT-SERVERS.NET"} <= set(names)
