"""The configuration is read again: all of it holds, or nothing changes."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from callcenter.config import load_config
from callcenter.core.acd.messages import DeskFound, LogInRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, PoolId, QueueId
from callcenter.ports.accounts import Account, Role
from callcenter.ports.reloading import Reloaded
from callcenter.reloading import Reloadable, Reloader
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import Service, running
from tests.support.configs import config_file
from tests.support.runtime_world import HeardReports
from tests.support.web_fakes import MemoryAccounts

ANNA = AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", (QueueId("sales"),))


@dataclass
class Desk:
    """A service whose file can be edited."""

    file: Path
    service: Service
    accounts: MemoryAccounts

    def edit(self, before: str, after: str) -> None:
        text = self.file.read_text()
        assert text.count(before) == 1
        self.file.write_text(text.replace(before, after))

    async def reload(self, *, only_check: bool = False) -> Reloaded:
        return await self.service.reloader.reload(only_check=only_check)

    def wrap_up_ms(self) -> int:
        return self.service.node.centre.pools[PoolId("main")].queues[QueueId("sales")].wrap_up_ms


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    file = config_file(tmp_path)
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    transport = InProcessTransport(AsteriskModel(scheduler, Random(1)))
    async with running(load_config(file, os.environ), transport) as service:
        await asyncio.wait_for(service.link.wait_live(), 5)
        yield Desk(file, service, MemoryAccounts({}))


async def test_what_can_hold_at_once_does_and_the_rest_is_told_each_time(desk: Desk):
    desk.edit("wrap_up: 5 s", "wrap_up: 90 s")
    desk.edit("data_dir: data", "data_dir: data\nregion: DE")
    result = await desk.reload()
    assert result == Reloaded(
        changed=("queues.sales.wrap_up: 5 s -> 90 s",), waits_for_restart=("region: US -> DE",)
    )
    assert desk.wrap_up_ms() == 90_000
    assert await desk.reload() == Reloaded(waits_for_restart=("region: US -> DE",))


async def test_a_check_changes_nothing(desk: Desk):
    desk.edit("wrap_up: 5 s", "wrap_up: 90 s")
    assert (await desk.reload(only_check=True)).changed == ("queues.sales.wrap_up: 5 s -> 90 s",)
    assert desk.wrap_up_ms() == 5_000


async def test_a_fault_anywhere_leaves_all_as_it_was(desk: Desk):
    desk.edit("wrap_up: 5 s", "wrap_up: 90 s")
    desk.edit("ring: 3 s, announce_every: 0 s, wrap", "ring: 3 weeks, announce_every: 0 s, wrap")
    result = await desk.reload()
    [fault] = result.faults
    assert fault.startswith(f"{desk.file}:7:")
    assert "3 weeks" in fault
    assert desk.wrap_up_ms() == 5_000


async def test_people_in_the_way_leave_all_as_it_was(desk: Desk):
    node = desk.service.node
    for request in (LogInRequested(ANNA), DeskFound(ANNA.agent_id)):
        assert await node.request(request) is None
    desk.edit("data_dir: data", "data_dir: data\npools: {other: {}}")
    desk.edit("{name: Sales,", "{name: Sales, pool: other,")
    desk.edit("{name: Support,", "{name: Support, pool: other,")
    result = await desk.reload()
    assert result.objections == ("1 agents are logged in to the pool main, which is gone",)
    assert list(node.centre.pools) == ["main"]


async def test_the_limit_of_calls_holds_at_once(desk: Desk):
    desk.edit("data_dir: data", "data_dir: data\noverload: {most_calls: 3, short_flow: short}")
    await desk.reload()
    assert desk.service.signs.organs.admission.capacity.open_calls == 3
    assert desk.service.signs.short_flow == "short"


async def test_agents_at_work_get_the_queues_and_skills_that_are_stored(desk: Desk):
    node = desk.service.node
    assert await node.request(LogInRequested(ANNA)) is None
    now = replace(ANNA, queues=(QueueId("support"),), skills={"german": 3})
    people = {"anna": Account("u", "anna", "Anna", Role.AGENT, now)}
    reloader = Reloader(
        load_config(desk.file, os.environ),
        lambda: load_config(desk.file, os.environ),
        Reloadable(
            node,
            desk.service.signs.organs.admission,
            desk.service.signs,
            MemoryAccounts(people),
            HeardReports(),
        ),
    )
    result = await reloader.reload()
    assert result.changed == ("agent anna: as the database has them now",)
    assert node.centre.pools[PoolId("main")].agents[ANNA.agent_id].profile == now
    assert (await reloader.reload()).changed == ()


async def test_a_database_that_is_away_is_told_and_the_rest_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    async def away(_: MemoryAccounts) -> None:
        raise TimeoutError

    monkeypatch.setattr(MemoryAccounts, "profiles", away)
    read = load_config(desk.file, os.environ)
    parts = desk.service.signs.organs
    reloader = Reloader(
        read,
        lambda: read,
        Reloadable(
            desk.service.node, parts.admission, desk.service.signs, desk.accounts, HeardReports()
        ),
    )
    [line] = (await reloader.reload()).changed
    assert "CRM database cannot be asked" in line
