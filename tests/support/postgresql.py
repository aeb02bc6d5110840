"""A private PostgreSQL for tests: a cluster in a temporary folder, on a free port of loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The cluster is thrown away: it must outlive a crash of the server, but no power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "shared_buffers": "32MB",
}


class PostgresqlMissing(Exception):
    """There is no PostgreSQL server to start; the message says what to install."""


class Server:
    """A running server, which can be stopped and started again.

    Attributes:
        url: Its address without a database: "postgresql://tests@127.0.0.1:port".
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        port = _free_port()
        settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
        self._control: list[str | Path] = [programs / "pg_ctl", "-D", folder / "data", "-w"]
        self._flags = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._log = folder / "log"
        self.url = f"postgresql://tests@127.0.0.1:{port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        _run([*self._control, "-l", self._log, "-o", self._flags, "start"])

    def stop(self) -> None:
        """Stop it as a crash would; all its connections break."""
        _run([*self._control, "-m", "immediate", "stop"])


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server of its own."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="callcenter-pg-"))
    try:
        _give_away(folder)
        options = ["--auth=trust", "--username=tests", "--encoding=UTF8", "--locale=C.UTF-8"]
        _run([programs / "initdb", "--pgdata", folder / "data", *options])
        server = Server(programs, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str]:
    """Run a server and yield its address without a database."""
    with running_server() as server:
        yield server.url


def _programs() -> Path:
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    on_path = shutil.which("initdb")
    if installed:
        return installed[-1].parent
    if on_path:
        return Path(on_path).parent
    raise PostgresqlMissing("No PostgreSQL server found: install Debian's package postgresql.")


def _give_away(folder: Path) -> None:
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _run(command: list[str | Path]) -> None:
    # The server refuses to run as root.
    if os.getuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        # pg_ctl's server would keep a pipe open for ever.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    if done.returncode:
        name = next(Path(part).name for part in command if "postgresql" in str(part))
        raise PostgresqlMissing(f"{name} failed: {(done.stderr or b'').decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
