"""The comparison that the service makes by itself."""

import asyncio
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.auditing import keep_auditing
from callcenter.core.ids import Ms
from callcenter.settings import Audit
from ivr_flows.durations import Duration
from tests.adapters.ari.test_cel import START_S, line
from tests.support.configs import config
from tests.support.runtime_world import HeardReports

NOW = (START_S + 3_600) * 1000


async def _until(reports: HeardReports, count: int) -> None:
    async with asyncio.timeout(5):
        while len(reports.faults) + len(reports.notes) < count:  # noqa: ASYNC110 - told by nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_service_mends_what_it_missed_and_tells_it(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    cel = tmp_path / "cel.csv"
    cel.write_text(
        line(0, "CHAN_START")
        + line(1.2, "CC_FALLBACK", context="cc-fallback")
        + line(31.2, "CHAN_END", context="cc-fallback")
    )
    settings = replace(config(tmp_path), audit=Audit(cel_file="cel.csv", every=Duration(20)))
    reports = HeardReports()
    task = asyncio.ensure_future(keep_auditing(settings, engine, lambda: NOW, reports))
    await _until(reports, 2)
    cel.unlink()
    await _until(reports, 4)
    task.cancel()
    assert "differed" in reports.fault_names[0]
    assert "no comparison with the PBX's ledger" in reports.fault_names


async def test_no_interval_means_never(tmp_path: Path) -> None:
    def wall_ms() -> Ms:
        return round(time.time() * 1000)

    await keep_auditing(config(tmp_path), None, wall_ms, HeardReports())  # type: ignore[arg-type]
