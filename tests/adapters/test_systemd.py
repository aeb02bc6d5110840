"""What the service manager hears, on a socket of ours."""

import socket
from pathlib import Path

import pytest

from callcenter.adapters.systemd import Notifier


@pytest.fixture
def manager(tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(2)
        yield listening


def test_the_states_are_sent_in_its_words(manager: socket.socket):
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.ready()
    notifier.alive()
    notifier.status("Takes calls.\nREADY=1")
    notifier.stopping()
    notifier.close()
    heard = [manager.recv(200) for _ in range(4)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STATUS=Takes calls. READY=1", b"STOPPING=1"]


def test_an_abstract_socket_works_too():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0callcenter-test-notify")
        listening.settimeout(2)
        notifier = Notifier({"NOTIFY_SOCKET": "@callcenter-test-notify"})
        notifier.alive()
        notifier.close()
        assert listening.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "vsock:2:1234"])
def test_without_a_manager_nothing_happens(address: str):
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready()
    notifier.close()
    notifier.alive()


def test_a_manager_that_does_not_read_stops_nobody(manager: socket.socket):
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname()})
    for _ in range(1_000):
        notifier.alive()
    notifier.close()
