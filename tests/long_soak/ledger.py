"""The stored calls, read straight from the tables, and the audit against Asterisk's own ledger."""

import asyncio
import json
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.engine import reading
from crm_store.schema import interaction, interaction_segment
from tests.long_soak.oracles import Row, Stretch

_AUDIT_S = 300.0


class Ledger:
    """What the service and the audit have written."""

    def __init__(self, engine: AsyncEngine, config: Path, cel: Path) -> None:
        self._engine = engine
        self._config = config
        self._cel = cel
        self.imported = 0

    async def rows(self, since: float) -> dict[str, list[Row]]:
        """Return the calls that arrived since an instant, by the caller's number."""
        table = interaction.c
        wanted = sa.select(
            table.id, table.ani, table.outcome, table.cause, table.talk_ms, table.closed
        ).where(table.arrived_at >= _instant(since))
        async with reading(self._engine) as connection:
            found = (await connection.execute(wanted)).all()
        rows: dict[str, list[Row]] = defaultdict(list)
        for each in found:
            row = Row(
                each.id.hex, each.ani or "", each.outcome or "", each.cause, each.talk_ms,
                each.closed,
            )  # fmt: skip
            rows[row.ani].append(row)
        return rows

    async def talks(self, since: float) -> list[Stretch]:
        """Return the talks of agents that began since an instant and are over."""
        table = interaction_segment.c
        wanted = sa.select(
            table.agent_id, table.interaction_id, table.started_at, table.ended_at
        ).where(
            table.kind == "talk",
            table.started_at >= _instant(since),
            table.ended_at.is_not(None),
            table.agent_id.is_not(None),
        )
        async with reading(self._engine) as connection:
            found = (await connection.execute(wanted)).all()
        return [
            Stretch(
                each.agent_id,
                each.interaction_id.hex,
                round(each.started_at.timestamp() * 1000),
                round(each.ended_at.timestamp() * 1000),
            )
            for each in found
        ]

    async def audit(self, since: float) -> list[dict[str, Any]]:
        """Run ``callcenter audit calls --import`` and return the differences that remain.

        Raises:
            RuntimeError: It could not compare.
        """
        span = ("--since", _instant(since).isoformat(), "--cel", str(self._cel))
        command = ("-m", "callcenter.cli", "audit", "calls", "--config", str(self._config))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, *span, "--import", "--json",
            cwd=Path(__file__).parents[2],
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(_AUDIT_S):
            said, complaint = await process.communicate()
        if process.returncode not in (0, 1) or not said:
            raise RuntimeError(f"the audit failed: {complaint.decode()[-2000:]}")
        report = json.loads(said)
        self.imported += len(report["imported"])
        differences: list[dict[str, Any]] = report["differences"]
        return differences

    def rotate(self) -> None:
        """Move Asterisk's ledger aside, as a system does; Asterisk opens it for each entry."""
        if self._cel.exists():
            self._cel.rename(self._cel.with_name(f"{self._cel.name}.{int(time.time())}"))
            self._cel.touch()


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
