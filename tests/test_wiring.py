"""The service, built from its parts."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import JournalUnusable
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.facts import (
    PromptFinished,
)
from callcenter.core.ids import AgentId, CallId, LegId, QueueId
from callcenter.ports.journal import Entry, JournalFailed
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import CannotStart, Service, make_data_folder, running
from tests.support.configs import config
from tests.support.facts import arrived

ANNA = AgentId("anna")


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[Service]:
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    transport = InProcessTransport(AsteriskModel(scheduler, Random(1)))
    async with running(config(folder), transport) as built:
        await asyncio.wait_for(built.link.wait_live(), 5)
        yield built


async def log_in(built: Service) -> None:
    profile = AgentProfile(ANNA, "Anna", "PJSIP/anna", (QueueId("sales"),))
    for request in (LogInRequested(profile), DeskFound(ANNA), ReadyRequested(ANNA)):
        assert await built.node.request(request) is None


async def test_it_starts_on_nothing_and_leaves_no_task(tmp_path: Path):
    before = asyncio.all_tasks()
    async with service(tmp_path) as built:
        assert built.url == f"http://127.0.0.1:{built.web.port}"
        await built.settled()
    assert asyncio.all_tasks() - before == set()


async def test_who_was_at_work_is_at_work_after_a_restart_but_has_no_page(tmp_path: Path):
    async with service(tmp_path) as built:
        await log_in(built)
    async with service(tmp_path) as built:
        agent = next(iter(built.node.centre.pools.values())).agents[ANNA]
        assert not agent.page_connected
        assert not agent.is_free


async def test_two_services_cannot_share_a_journal(tmp_path: Path):
    async with service(tmp_path):
        with pytest.raises(JournalUnusable, match="in use"):
            async with service(tmp_path):
                pass


async def test_a_call_whose_facts_are_unreadable_is_closed_as_a_failure(tmp_path: Path):
    folder = tmp_path / "data"
    await asyncio.to_thread(folder.mkdir)
    journal = await SqliteJournal.open(folder / "journal.db")
    fact = arrived(1, at=round(time.time() * 1000))
    journal.append([Entry(f"call/{fact.call_id}", fact)], lambda: None)
    second = arrived(2, at=fact.at)
    # Without its arrival this call cannot be folded.
    journal.append([Entry(f"call/{second.call_id}", PromptFinished(fact.at))], lambda: None)
    await journal.close()
    async with service(tmp_path) as built:
        assert CallId(second.call_id) not in built.node.centre.calls
        await built.settled()
        found = [e async for e in built.stores.journal.read_stream(f"call/{second.call_id}")]
        assert [type(entry.fact).__name__ for entry in found if hasattr(entry, "fact")] == [
            "PromptFinished",
            "CallEnded",
            "CallClosed",
        ]
        assert LegId("leg1") not in {c.arrived.leg_id for c in built.node.centre.calls.values()}


async def test_a_journal_that_fails_ends_the_waiting_for_it(tmp_path: Path):
    async with service(tmp_path) as built:
        watch = asyncio.ensure_future(built.wait_failed())
        await asyncio.sleep(0.05)
        assert not watch.done()
        watch.cancel()
    assert issubclass(JournalUnusable, JournalFailed)


async def test_pools_are_kept_as_snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("callcenter.runtime.engine.SNAPSHOT_EVERY_S", 0.05)
    async with service(tmp_path) as built:
        await log_in(built)
        await asyncio.sleep(0.4)
        found = [entry async for entry in built.stores.journal.read_open()]
        kinds = {type(entry.fact).__name__ for entry in found if hasattr(entry, "fact")}
        assert "PoolKept" in kinds
        assert "AgentLoggedIn" not in kinds
    async with service(tmp_path) as built:
        assert ANNA in next(iter(built.node.centre.pools.values())).agents


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match="data_dir"):
        make_data_folder(config(tmp_path))
