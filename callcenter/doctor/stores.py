"""What outlives the process: the CRM database, the data folder, the journal."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from callcenter.adapters.sql.journal_file import JournalUnusable, connect, explaining, read_header
from callcenter.config import Config
from callcenter.core.ids import Ms
from callcenter.doctor.checks import Check, fault, fine, warning
from crm_store import migrate
from crm_store.engine import create_engine, writing

LITTLE_BYTES = 1_000_000_000
"""Less free space than this deserves a word: about a million calls' facts."""
TOO_LITTLE_BYTES = 100_000_000
_UPGRADE = "callcenter db upgrade --config FILE"


async def check_database(config: Config) -> list[Check]:
    """Say whether the database can be reached and written, and is of this program's version."""
    url, file = config.database_url, config.database_file
    if file is not None and not file.exists():
        message = f"there is no database {file} yet"
        return [warning("database", message, f"the first start makes it, or: {_UPGRADE}")]
    try:
        revision = await migrate.current(url)
    except Exception as error:  # noqa: BLE001 - also a driver's own: wrong password, no such database
        return [_unreachable(error, file)]
    if revision is None:
        return [
            warning(
                "database", "it has no tables yet", f"the first start makes them, or: {_UPGRADE}"
            )
        ]
    if revision != migrate.head():
        message = f"it is at revision {revision}, this program needs {migrate.head()}"
        return [fault("database", message, f"stop the service, then: {_UPGRADE}")]
    return [await _check_writing(url, revision)]


def _unreachable(error: Exception, file: Path | None) -> Check:
    reason = _reason(error)
    if file is not None:
        mend = f"check that {file} is the right file and that this user may write it"
        return fault("database", f"{file} cannot be read: {reason}", mend)
    mend = "check host, name, user and password in database.url, and that the server runs"
    return fault("database", f"it cannot be reached: {reason}", mend)


def _reason(error: Exception) -> str:
    """Return the driver's words: SQLAlchemy's own show the statement and a link."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__


async def _check_writing(url: str, revision: str) -> Check:
    engine = create_engine(url, busy_timeout_ms=2_000)
    nothing = sa.text("DELETE FROM alembic_version WHERE version_num = ''")
    try:
        async with writing(engine) as connection:
            await connection.execute(nothing)
    except Exception as error:  # noqa: BLE001 - whatever the driver calls it, it cannot be written
        mend = "check the rights of the user, and that the server is no read-only copy"
        return fault("database", f"it cannot be written: {_reason(error)}", mend)
    finally:
        await engine.dispose()
    return fine("database", f"it can be written, and its revision is {revision}, as needed")


def check_folder(config: Config) -> Iterator[Check]:
    """Say whether the data folder can be written and has room."""
    folder = config.data_folder.absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        mend = f"let the user of the service write {there}, or choose another data_dir"
        yield fault("data folder", f"{folder} cannot be written", mend)
        return
    if there is folder:
        yield fine("data folder", f"{folder} can be written")
    else:
        yield fine("data folder", f"{folder} is made at the first start")
    yield _check_room(there)


def _check_room(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    message = f"{free / 1e9:.1f} GB are free at {folder}"
    mend = "make room: without any calls go on from the reserve for a while, then the service ends"
    if free < TOO_LITTLE_BYTES:
        return fault("disk", message, mend)
    return warning("disk", message, mend) if free < LITTLE_BYTES else fine("disk", message)


def check_journal(config: Config, now: Ms) -> Iterator[Check]:
    """Say whether the journal can be used, and who uses it."""
    path = config.journal_path
    if not path.exists():
        yield fine("journal", f"{path} is made at the first start")
        return
    holder = _holder(path)
    try:
        with explaining(path):
            connection = connect(path, read_only=True)
            try:
                header = read_header(connection, path)
            finally:
                connection.close()
    except JournalUnusable as error:
        yield fault("journal", str(error), "see what it says")
        return
    if not os.access(path, os.W_OK):
        mend = f"let the user of the service write {path}"
        yield fault("journal", f"{path} cannot be written", mend)
        return
    used = f", in use by process {holder}" if holder else ", not in use"
    yield fine("journal", f"{path} holds {header.last_seq} facts{used}")
    if header.last_at > now + 60_000:
        late_s = (header.last_at - now) // 1000
        mend = "set the clock right (NTP); times of calls are wrong until then"
        yield warning("clock", f"the journal's last fact is {late_s} s in the future", mend)


def _holder(path: Path) -> str:
    """Return the process that uses a journal, or ""."""
    lock = path.with_name(path.name + ".lock")
    try:
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read(20).decode(errors="replace").strip() or "unknown"
    except OSError:
        return ""
    return ""
