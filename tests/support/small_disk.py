"""A disk so small that a test can fill it: a file system in memory, mounted for the test alone."""

import errno
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

FILLER = "filler"
_CHUNK = 64 * 1024


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Path]:
    """Mount a disk of so many MiB on a folder that is made for it; needs root."""
    folder.mkdir(parents=True)
    options = f"size={mib}m,mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        # Who still has a file open there keeps it until they close it; the folder is free at once.
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> None:
    """Leave no room at all."""
    with (disk / FILLER).open("ab", buffering=0) as file:
        for size in (_CHUNK, 4_096, 1):
            while _takes(file, size):
                pass


def _takes(file: FileIO, size: int) -> bool:
    try:
        return file.write(b"x" * size) == size
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


def empty(disk: Path) -> None:
    """Make room again."""
    (disk / FILLER).unlink()


def free_bytes(disk: Path) -> int:
    return shutil.disk_usage(disk).free
