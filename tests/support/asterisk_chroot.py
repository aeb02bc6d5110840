"""A real Asterisk 22 in a folder of its own, made once from Debian's packages.

Debian stable has no Asterisk, Debian unstable has one, and it runs well on an older kernel. So it
is installed into a cache folder outside the checkout (about 500 MB, about a minute) and entered
with chroot. A file written last marks the folder complete; one without it is made anew, because
an interrupted installation must not be used.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "ca-certificates")
SUITE = "sid"
MARK = ".callcenter-complete"
_HOSTS = "127.0.0.1 localhost {host} A.ROOT-SERVERS.NET a.root-servers.net\n"
_STEPS = re.compile(r"^I: (?:(Retrieving|Validating|Extracting|Unpacking|Configuring) (\S+))")

Say = Callable[[str], None]


class ChrootError(Exception):
    """Asterisk's folder could not be made; the message says why and what to do."""


def default_chroot() -> Path:
    """Return ``$CALLCENTER_ASTERISK_ROOT``, else the folder in the cache.

    The cache is ``$CALLCENTER_CACHE``, else ``~/.cache/callcenter``.
    """
    chosen = os.environ.get("CALLCENTER_ASTERISK_ROOT")
    if chosen:
        return Path(chosen)
    cache = os.environ.get("CALLCENTER_CACHE")
    return (Path(cache) if cache else Path.home() / ".cache" / "callcenter") / "asterisk-lab"


def is_complete(chroot: Path) -> bool:
    """Say whether an installation has been finished there."""
    return (chroot / MARK).is_file()


def version(chroot: Path) -> str:
    """Return what Asterisk says of itself; raises ChrootError if it does not run."""
    run = subprocess.run(
        ["chroot", str(chroot), "asterisk", "-V"], capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise ChrootError(f"asterisk -V in {chroot} failed: {run.stderr.strip()}")
    return run.stdout.strip()


def install(chroot: Path, say: Say) -> None:
    """Make the folder complete; at once if it is. Safe to run twice at the same time.

    Args:
        chroot: The folder; its parents are made.
        say: Is told each step, one line a time.

    Raises:
        ChrootError: Not root, no debootstrap, no Debian mirror known, or a download failed.
    """
    if is_complete(chroot):
        say(f"Asterisk is ready in {chroot}")
        return
    chroot.parent.mkdir(parents=True, exist_ok=True)
    with _locked(chroot.with_suffix(".lock"), say):
        if is_complete(chroot):
            say(f"Asterisk was made ready by another run in {chroot}")
            return
        _make(chroot, _check_machine(), say)


def point_names_home(chroot: Path) -> None:
    """Answer name look-ups from a file.

    Without a resolver each call would wait seconds for the machine's own name and for the root
    name server that Asterisk asks for.
    """
    hosts = chroot / "etc" / "hosts"
    wanted = _HOSTS.format(host=os.uname().nodename)
    if not hosts.exists() or hosts.read_text() != wanted:
        hosts.write_text(wanted)


def _check_machine() -> str:
    if os.geteuid() != 0:
        raise ChrootError("making Asterisk's folder needs root: run this with sudo")
    if shutil.which("debootstrap") is None:
        raise ChrootError("debootstrap is missing: run scripts/install_test_tools.py")
    return find_mirror()


def find_mirror() -> str:
    """Return the Debian mirror of this machine's own apt configuration."""
    run = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)"],
        capture_output=True,
        text=True,
        check=False,
    )
    mirrors = [line.split("|", 2)[2] for line in run.stdout.splitlines() if _is_debian(line)]
    if not mirrors:
        raise ChrootError("apt knows no Debian mirror: run apt-get update, or add one to apt")
    return mirrors[0]


def _is_debian(line: str) -> bool:
    return line.startswith("Debian|Debian|")


@contextmanager
def _locked(path: Path, say: Say) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is making it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(chroot: Path, mirror: str, say: Say) -> None:
    if chroot.exists():
        say("removing an unfinished installation")
        _remove(chroot)
    say(f"installing Debian {SUITE} with Asterisk into {chroot} (about 500 MB, a minute or two)")
    _debootstrap(chroot, mirror, say)
    shutil.rmtree(chroot / "var" / "cache" / "apt" / "archives", ignore_errors=True)
    point_names_home(chroot)
    found = version(chroot)
    (chroot / MARK).write_text(found + "\n")
    say(f"ready: {found}")


def _remove(chroot: Path) -> None:
    """Remove the folder, after unmounting what an interrupted run left mounted in it."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if Path(m).is_relative_to(chroot)), reverse=True):
        subprocess.run(["umount", mount], check=True)
    subprocess.run(["rm", "-rf", "--one-file-system", str(chroot)], check=True)


def _debootstrap(chroot: Path, mirror: str, say: Say) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    log = chroot.with_suffix(".log")
    with (
        log.open("w") as kept,
        subprocess.Popen(
            [*command, SUITE, str(chroot), mirror],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
        ) as run,
    ):
        for line in run.stdout or ():
            kept.write(line)
            _report(line, say)
    if run.returncode != 0:
        tail = log.read_text().splitlines()[-3:]
        raise ChrootError(f"debootstrap failed ({' / '.join(tail)}); all of it: {log}")


def _report(line: str, say: Say) -> None:
    step = _STEPS.match(line)
    if step:
        say(f"  {step.group(1).lower()} {step.group(2)}")


def _environment() -> Mapping[str, str]:
    """Hand apt's own proxy, if any, to the downloader of debootstrap."""
    run = subprocess.run(
        ["apt-config", "shell", "proxy", "Acquire::http::Proxy"],
        capture_output=True,
        text=True,
        check=False,
    )
    proxy = re.match(r"proxy='(.+)'", run.stdout)
    return os.environ | ({"http_proxy": proxy.group(1)} if proxy else {})
