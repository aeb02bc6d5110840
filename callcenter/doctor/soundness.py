"""Are the journal and the CRM database sound, and do they fit together? Every page is read."""

import asyncio
import sqlite3
from pathlib import Path

from callcenter.adapters.sql import journal_file, sqlite_file
from callcenter.adapters.sql.journal_file import JournalUnusable
from callcenter.config import Config
from callcenter.core.ids import Ms
from callcenter.database import database_cursor
from callcenter.doctor.checks import Check, Status, fault, fine, warning
from callcenter.doctor.stores import check_database, check_journal
from callcenter.ports.records import RecordsUnavailable

_RESTORE = "stop the service, then: callcenter db restore FOLDER --only {} --config FILE"


async def check_stores(config: Config, now: Ms) -> list[Check]:
    """Return what is found; both may be in use.

    Args:
        config: The settings.
        now: The wall clock.
    """
    journal = await asyncio.to_thread(_check_journal, config, now)
    database = await check_database(config)
    checks = [*journal, *database, *await asyncio.to_thread(_check_crm_pages, config)]
    if config.journal_path.exists() and all(check.status is Status.OK for check in checks):
        checks.append(await _compare(config))
    return checks


def _check_journal(config: Config, now: Ms) -> list[Check]:
    checks = list(check_journal(config, now))
    if config.journal_path.exists() and checks[0].status is Status.OK:
        try:
            journal_file.check_file(config.journal_path)
        except JournalUnusable as error:
            checks.append(fault("journal's pages", str(error), _RESTORE.format("journal")))
        else:
            checks.append(fine("journal's pages", "all of them are sound"))
    return checks


def _check_crm_pages(config: Config) -> list[Check]:
    file: Path | None = config.database_file
    if file is None or not file.exists():
        return []
    try:
        sqlite_file.check_pages(file)
    except sqlite3.Error as error:
        mend = _RESTORE.format("crm")
        return [fault("database's pages", f"{file} is damaged: {error}", mend)]
    return [fine("database's pages", "all of them are sound")]


async def _compare(config: Config) -> Check:
    """Say how far the records are, and whether both are of one time."""
    journal_id = journal_file.header_of(config.journal_path).journal_id
    try:
        cursor = await database_cursor(config.database_url, journal_id)
    except RecordsUnavailable as error:
        return fault("records", str(error), "see what it says")
    # Read after the cursor: both may be moving.
    header = journal_file.header_of(config.journal_path)
    if cursor > header.last_seq:
        message = f"the database has records up to fact {cursor}, the journal ends at "
        mend = "stop the service, restore both from one backup: callcenter db restore FOLDER"
        return fault("records", f"{message}{header.last_seq}: it is older", mend)
    missing = header.last_seq - cursor
    message = f"{cursor} of {header.last_seq} facts are behind the records in the database"
    if missing > 5_000:  # a service at rest may leave as many, see runtime/projector.py
        mend = "look at /healthz: it says why no records are stored"
        return warning("records", message, mend)
    return fine("records", message)
