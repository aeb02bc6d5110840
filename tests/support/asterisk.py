"""A running Asterisk for tests: the shipped configuration on ports of its own."""

import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from http.client import HTTPResponse
from pathlib import Path
from typing import Self

from tests.support.asterisk_chroot import default_chroot, is_complete, point_names_home
from tests.support.asterisk_files import (
    TRUNK_HOST,
    Addresses,
    AsteriskSettings,
    Credentials,
    write_files,
)
from tests.support.music import write_chord

_PREFIX = "cc-lab-"
_counter = itertools.count(1)


class AsteriskError(Exception):
    """Asterisk did not start, or ended; the message holds the end of its log."""


def why_not() -> str | None:
    """Say why no Asterisk can be run here, None if it can."""
    if os.geteuid() != 0:
        return "the real Asterisk needs root (chroot)"
    if not is_complete(default_chroot()):
        return "no Asterisk there: run scripts/install_asterisk_lab.py"
    return None


class Asterisk:
    """One instance, in the chroot's folder ``/srv/<name>``; several run side by side.

    Attributes:
        ari_url: Base of the REST interface, without a slash at the end.
        ws_url: Where browsers connect their SIP websocket.
        sip: Host and UDP port for SIP.
        trunk: Host and UDP port that the carrier must call from.
        keys: The generated passwords.
        settings: What the site files say.
        boot_log: What it logged until it was ready.
    """

    def __init__(self, settings: AsteriskSettings | None = None) -> None:
        self.settings = settings or AsteriskSettings()
        self.keys = Credentials()
        self.at = Addresses()
        self.name = f"{_PREFIX}{os.getpid()}-{next(_counter)}"
        self.root = default_chroot()
        self.folder = self.root / "srv" / self.name
        self.ari_url = f"http://127.0.0.1:{self.at.http_port}/ari"
        self.ws_url = f"ws://127.0.0.1:{self.at.http_port}/ws"
        self.sip = ("127.0.0.1", self.at.sip_port)
        self.trunk = (TRUNK_HOST, self.at.trunk_port)
        self.boot_log = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lay_out()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process, None if it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def cel_path(self) -> Path:
        """The ledger that Asterisk writes."""
        return self.folder / "log" / "cel-custom" / "cel.csv"

    @property
    def sounds(self) -> Path:
        """Where prompts can be put: ``sounds/x/y.wav`` plays as ``sound:x/y``."""
        return self.folder / "data" / "sounds"

    def start(self, timeout_s: float = 20.0) -> None:
        """Start it and wait until it takes calls and ARI answers."""
        _empty(self.folder / "run")
        command = ["chroot", str(self.root), "asterisk", "-C", f"{self._inside}/etc/asterisk.conf"]
        with (self.folder / "log" / "console").open("ab") as console:
            self._process = subprocess.Popen(
                [*command, "-f"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        self._wait_ready(timeout_s)

    def cli(self, command: str) -> str:
        """Return what a console command prints."""
        config = f"{self._inside}/etc/asterisk.conf"
        run = subprocess.run(
            ["chroot", str(self.root), "asterisk", "-C", config, "-rx", command],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return run.stdout

    def channel_count(self) -> int:
        """Return how many channels live; after a test it should be 0."""
        with self._get("channels", timeout_s=5) as answer:
            return len(json.load(answer))

    def online_phones(self) -> set[str]:
        """Return the phones that can be rung: registered, and the first OPTIONS answered."""
        with self._get("endpoints/PJSIP", timeout_s=5) as answer:
            return {e["resource"] for e in json.load(answer) if e["state"] == "online"}

    def log(self) -> str:
        """Return notices, warnings and errors so far."""
        path = self.folder / "log" / "messages.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self) -> None:
        """End it without a word to anybody, as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = None

    def stop(self, grace_s: float = 5.0) -> None:
        """Stop it now, with a goodbye to its calls."""
        if self._process is None:
            return
        self.cli("core stop now")
        try:
            self._process.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def close(self) -> None:
        """Stop it and remove all it has written."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _inside(self) -> str:
        return f"/srv/{self.name}"

    def _lay_out(self) -> None:
        remove_left_overs(self.root)
        point_names_home(self.root)
        for name in (
            "run",
            "log/cel-custom",
            "spool/recording",
            "lib/keys",
            "data/sounds",
            "data/moh",
        ):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.root / "etc" / "asterisk", self.folder / "etc")
        (self.folder / "etc" / "users.conf").unlink(missing_ok=True)
        write_files(self.folder / "etc", self._inside, self.settings, self.at, self.keys)
        self._link_data()
        write_chord(self.folder / "data" / "moh" / "chord.ulaw")

    def _link_data(self) -> None:
        """Use the package's prompts and documentation without a copy."""
        package = Path("usr/share/asterisk")
        for part in ("documentation", "rest-api", "static-http", "sounds/en", "sounds/en_US"):
            (self.folder / "data" / part).symlink_to(Path("/") / package / part)

    def _wait_ready(self, timeout_s: float) -> None:
        give_up_at = time.monotonic() + timeout_s
        while not self._answers():
            if self.pid is None or time.monotonic() > give_up_at:
                self.kill()
                raise AsteriskError(f"Asterisk did not come up:\n{self._tail()}")
            time.sleep(0.02)
        self.cli("core waitfullybooted")
        self.boot_log = self.log()

    def _answers(self) -> bool:
        try:
            with self._get("asterisk/info", timeout_s=1):
                return True
        except OSError:
            return False

    def _get(self, path: str, timeout_s: float) -> HTTPResponse:
        request = urllib.request.Request(f"{self.ari_url}/{path}")
        pair = f"{self.keys.ari_user}:{self.keys.ari_password}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(pair).decode())
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=timeout_s)
        return answer

    def _tail(self) -> str:
        console = (self.folder / "log" / "console").read_text(errors="replace")
        return "\n".join((self.log() + console).splitlines()[-30:])


def _empty(folder: Path) -> None:
    """Clear a stale control socket: with one in the way, the console does not answer."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def remove_left_overs(root: Path) -> None:
    """End and remove instances whose test run is gone (killed before it could clean up)."""
    for folder in (root / "srv").glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if not Path("/proc", owner).exists():
            _end_left_over(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _end_left_over(folder: Path) -> None:
    """End the process only if it still is the Asterisk of this folder (pids are used again)."""
    try:
        pid = int((folder / "pid").read_text())
        command = Path("/proc", str(pid), "cmdline").read_text()
    except (OSError, ValueError):
        return
    if f"/srv/{folder.name}/" in command:
        os.kill(pid, signal.SIGKILL)
