"""Builds the comparison with Asterisk's ledger, for the command and for the service."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.ari.cel import CelReader, LedgerUnreadable
from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.adapters.sql.ledger import SqlLedgerStore
from callcenter.adapters.sql.unwritten import JournalView
from callcenter.config import Config
from callcenter.core.audit.compare import unreadable_lines
from callcenter.core.ids import Ms
from callcenter.ports.journal import JournalFailed
from callcenter.ports.records import RecordsUnavailable
from callcenter.ports.reports import Reports
from callcenter.runtime.audit import Audit, Findings, Span
from crm_store.matching import NumberRules

_MATCH_LIMIT_S = 2.0
_LOOK_BACK_MS = 24 * 3_600_000


async def audit_calls(
    config: Config, engine: AsyncEngine, cel: Path, span: Span, *, add: bool
) -> Findings:
    """Compare Asterisk's ledger with the store of a configuration.

    Args:
        config: Where the journal is, and the names of the numbers.
        engine: The CRM database.
        cel: Asterisk's ledger; rotated files beside it are read too.
        span: Which calls.
        add: Store the calls that only Asterisk saw.

    Raises:
        LedgerUnreadable: The ledger is not there.
        RecordsUnavailable: The database is away.
        JournalUnusable: The journal cannot be read.
    """
    reader = CelReader(cel)
    store = SqlLedgerStore(engine, JournalView(config.journal_path))
    directory = SqlDirectory(engine, NumberRules(region=config.region), _MATCH_LIMIT_S)
    names = {number: service.name for number, service in config.service_numbers.items()}
    audit = Audit(store, directory, names, span)
    findings = await audit.run(reader.entries(span.since), add=add)
    findings.differences.extend(unreadable_lines(reader.torn))
    return findings


async def keep_auditing(
    config: Config, engine: AsyncEngine, wall_ms: Callable[[], Ms], reports: Reports
) -> None:
    """Compare at a low rate, for ever; record what only Asterisk saw, and tell what differs."""
    while config.audit.every:
        await asyncio.sleep(int(config.audit.every) / 1000)
        now = wall_ms()
        span = Span(now - _LOOK_BACK_MS, now, now)
        cel = config.folder / config.audit.cel_file
        try:
            findings = await audit_calls(config, engine, cel, span, add=True)
        except (LedgerUnreadable, RecordsUnavailable, JournalFailed) as error:
            reports.fault("no comparison with the PBX's ledger", error)
            continue
        told = {
            "calls": findings.calls,
            "imported": len(findings.imported),
            "differences": len(findings.differences),
        }
        if findings.differences or findings.imported:
            text = "the store and the PBX's ledger differed; see callcenter audit calls"
            reports.fault(text, None, **told)
        else:
            reports.note("the store and the PBX's ledger agree", **told)
