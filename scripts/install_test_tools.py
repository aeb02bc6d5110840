"""Install the Debian packages that the tests drive, or name those that are missing."""

import os
import shutil
import subprocess
import sys

# package: a program of it, by which it is recognised. Debian hides some outside PATH.
TOOLS = {
    "redis-server": "redis-server",
    "postgresql": "/usr/lib/postgresql",
    "sip-tester": "sipp",
    "sox": "sox",
    "espeak-ng": "espeak-ng",
    "chromium": "chromium",
    "debootstrap": "debootstrap",
}


def missing_packages() -> list[str]:
    """Return the packages whose program is not on this machine, in the order of TOOLS."""
    return [package for package, sign in TOOLS.items() if not _is_there(sign)]


def _is_there(sign: str) -> bool:
    if os.path.isabs(sign):
        return os.path.isdir(sign) and bool(os.listdir(sign))
    return shutil.which(sign) is not None


def install(packages: list[str]) -> None:
    """Install with apt-get; raises CalledProcessError if that fails."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update"], check=True, env=quiet, stdout=subprocess.DEVNULL)
    subprocess.run(command, check=True, env=quiet, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install what is missing; return 0, or 1 after saying what to install."""
    missing = missing_packages()
    if not missing:
        print("all test tools are there")
        return 0
    if os.geteuid() != 0:
        print(f"missing; run: sudo apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    print(f"installing {' '.join(missing)}", flush=True)
    try:
        install(missing)
    except subprocess.CalledProcessError as error:
        print(f"apt-get failed with {error.returncode}; see above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
