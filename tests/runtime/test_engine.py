"""The call handling as one: on ports in memory, as the simulation builds it."""

import asyncio

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.decide import PROMPT_LIMIT_MS
from callcenter.core.ids import AgentId
from callcenter.runtime.engine import Engine, Outside, Showing
from callcenter.runtime.supervisor import Supervisor
from tests.support.playbook import PLAN, SALES
from tests.support.runtime_world import HeardReports, Lasting, NoStations, TinyTelephony
from tests.support.virtual_time import VirtualClock, virtual

ANNA = AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", (SALES,))


async def recalled(telephony: TinyTelephony, disk: Disk) -> tuple[Engine, Supervisor]:
    lasting, reports = Lasting(disk), HeardReports()
    outside = Outside(
        MemoryJournal(disk),
        telephony,
        NoStations(),
        lasting.directory,
        lasting.records,
        VirtualClock(),
        reports,
    )
    supervisor = Supervisor(reports)
    engine = Engine(outside, PLAN, supervisor, Showing("first", lambda _at: 0))
    await engine.recall()
    return engine, supervisor


async def begun(telephony: TinyTelephony, disk: Disk) -> tuple[Engine, Supervisor]:
    engine, supervisor = await recalled(telephony, disk)
    engine.keep_running()
    await engine.link.wait_live()
    return engine, supervisor


@virtual
async def test_it_takes_calls_and_goes_on_with_them_in_its_next_life():
    telephony, disk = TinyTelephony(), Disk()
    engine, supervisor = await begun(telephony, disk)
    for request in (LogInRequested(ANNA), DeskFound(ANNA.agent_id), ReadyRequested(ANNA.agent_id)):
        assert await engine.node.request(request) is None
    telephony.arrives("caller-1")
    [call_id] = engine.node.centre.calls
    engine.stop()
    await supervisor.stop()
    again, supervisor = await begun(telephony, disk)
    assert list(again.node.centre.calls) == [call_id]
    [pool] = again.node.centre.pools.values()
    assert not pool.agents[ANNA.agent_id].page_connected, "every page has to come back"
    again.stop()
    await supervisor.stop()


@virtual
async def test_nothing_is_late_before_the_pbx_has_said_what_happened_meanwhile():
    telephony, disk = TinyTelephony(), Disk()
    engine, supervisor = await begun(telephony, disk)
    for request in (LogInRequested(ANNA), DeskFound(ANNA.agent_id)):
        assert await engine.node.request(request) is None
    telephony.arrives("caller-1")
    [before] = engine.node.centre.calls.values()
    assert before.prompt is not None
    engine.stop()
    await supervisor.stop()
    await asyncio.sleep(PROMPT_LIMIT_MS / 1000 + 1)
    again, supervisor = await recalled(telephony, disk)
    await asyncio.sleep(1)  # the page server and others start
    [call] = again.node.centre.calls.values()
    assert call.prompt == before.prompt
    again.stop()
    await supervisor.stop()
