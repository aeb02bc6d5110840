"""The lab itself: instances start clean, crash, come back and leave nothing behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.asterisk import Asterisk, remove_left_overs
from tests.support.asterisk_chroot import default_chroot
from tests.support.asterisk_files import SHIPPED, TRUNK_HOST, AsteriskSettings, Credentials
from tests.support.asterisk_fixture import running_asterisk, sip_phones

pytestmark = pytest.mark.asterisk

SMALL = AsteriskSettings(agents=1, browsers=0, fallback_prompt="beep")


async def test_an_instance_lives_beside_another_survives_a_crash_and_leaves_nothing(
    asterisk: Asterisk,
):
    with running_asterisk(SMALL) as own:
        assert "agent2 " in asterisk.cli("pjsip list endpoints")
        assert "agent1 " in own.cli("pjsip list endpoints")
        assert "agent2 " not in own.cli("pjsip list endpoints")
        async with sip_phones(own) as phones:
            own.kill()
            assert own.pid is None
            own.start()
            station = phones.station("PJSIP/agent1")
            await station.register()
            caller = await phones.dial("+4930111", "0800123")
            await station.wait_ringing(10)
            await caller.hang_up()
        pid = (own.folder / "pid").read_text()
    assert not own.folder.exists()
    assert not _lives(pid)


def test_the_examples_work_as_they_are(idle: Asterisk):
    """Only the addresses are moved, so that nothing talks to the world while tests run."""
    moved = {"0.0.0.0:5060": f"127.0.0.1:{idle.at.sip_port}", "8088": str(idle.at.http_port)}
    moved |= {"198.51.100.10": TRUNK_HOST}
    for example in (SHIPPED / "site").glob("*.example"):
        text = example.read_text()
        for old, new in moved.items():
            text = text.replace(old, new)
        (idle.folder / "etc" / "site" / example.stem).write_text(text)
    idle.keys = Credentials(ari_password="CHANGE-ME")
    idle.start()

    assert re.findall(r"(?:WARNING|ERROR).*", idle.boot_log) == []
    endpoints = idle.cli("pjsip list endpoints")
    assert all(f"{name} " in endpoints for name in ("agent1", "agent2", "carrier"))


@pytest.fixture
def idle() -> Iterator[Asterisk]:
    """An instance that is laid out and not started."""
    instance = Asterisk(SMALL)
    yield instance
    instance.close()


def test_what_a_killed_test_run_left_is_ended_and_removed(idle: Asterisk):
    """Its name tells the owner, who is gone, as after SIGKILL of a test run."""
    orphan = idle.folder.with_name(f"cc-lab-{_dead_pid()}-1")
    shutil.copytree(idle.folder / "etc", orphan / "etc")
    program = "import time; print(flush=True); time.sleep(60)"
    command = [sys.executable, "-c", program, f"/srv/{orphan.name}/"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as sleeper:
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        (orphan / "pid").write_text(str(sleeper.pid))
        remove_left_overs(default_chroot())
        assert sleeper.wait(5) == -signal.SIGKILL

    assert not orphan.exists()
    assert idle.folder.exists()


def _dead_pid() -> int:
    """Return the id of a process that has just ended."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert not _lives(str(ended.pid))
    assert ended.pid != os.getpid()
    return ended.pid


def _lives(pid: str) -> bool:
    return Path("/proc", pid).exists()
