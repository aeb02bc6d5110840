"""From the journal back to the state."""

import asyncio
from dataclasses import replace

import pytest

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.core.acd.people import Activity
from callcenter.core.acd.pool import keep
from callcenter.core.call.decision import Setting
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId
from callcenter.core.turn import closes
from callcenter.ports.journal import Entry
from callcenter.runtime.folding import fold_centre, fold_pool, orphans, unknown_calls
from tests.support.playbook import JOURNAL_ID, MAIN, MAIN_NUMBER, PLAN, VIP_NUMBER, World
from tests.support.runtime_world import HeardReports, Lasting, Runtime, TinyTelephony
from tests.support.virtual_time import run, virtual

ANNA = AgentId("anna")


def busy() -> World:
    """One talks, one waits, one is in the menu, one has ended."""
    world = World()
    world.agent("anna").is_ready()
    world.caller("bob").arrives(VIP_NUMBER)
    world.agent("anna").takes_the_call()
    world.caller("kim").arrives(VIP_NUMBER)
    world.caller("ida").arrives(MAIN_NUMBER)
    world.caller("leo").arrives(MAIN_NUMBER).hangs_up()
    return world


async def journal_of(world: World, disk: Disk | None = None) -> MemoryJournal:
    journal = MemoryJournal(disk or Disk(journal_id=JOURNAL_ID))
    for stream, fact in world.journal:
        journal.append([Entry(stream, fact, closes(fact))], lambda: None)
    await journal.flush()
    return journal


def tear(disk: Disk, stream: str, kind: str = "") -> None:
    """Make the entries of a stream unreadable."""
    for index, row in enumerate(disk.rows):
        name = row.stored[0]
        if row.stream == stream and (not kind or name == kind):
            disk.rows[index] = replace(row, stored=(name, 1, b"{torn"))


@virtual
async def test_the_state_is_as_it_was():
    world = busy()
    centre = Centre(Setting(JOURNAL_ID, PLAN))
    reports = HeardReports()
    assert await fold_centre(await journal_of(world), centre, reports) == set()
    assert centre.calls == world.centre.calls
    assert centre.pools[MAIN].agents == world.centre.pools[MAIN].agents
    assert centre.pools[MAIN].waiting == world.centre.pools[MAIN].waiting
    assert centre.last_number == 4, "numbers of closed calls are not given again"
    assert sorted(centre.deadlines()) == sorted(world.centre.deadlines())
    assert unknown_calls(centre) == set()
    assert reports.faults == []


@virtual
async def test_a_snapshot_of_the_pool_stands_for_all_before_it():
    world = busy()
    journal = await journal_of(world)
    before = len(world.journal)
    await journal.save_snapshot("pool/main", before, [keep(world.centre.pools[MAIN], world.now)])
    world.agent("ben").is_ready()
    for stream, fact in world.journal[before:]:
        journal.append([Entry(stream, fact, closes(fact))], lambda: None)
    await journal.flush()
    centre = Centre(Setting(JOURNAL_ID, PLAN))
    await fold_centre(journal, centre, HeardReports())
    assert centre.pools[MAIN].agents == world.centre.pools[MAIN].agents
    assert centre.pools[MAIN].waiting == world.centre.pools[MAIN].waiting
    alone = await fold_pool(journal, centre.new_pool(PLAN.pools[MAIN]), HeardReports())
    assert alone.agents == world.centre.pools[MAIN].agents


@virtual
async def test_a_call_that_cannot_be_read_is_quarantined_alone():
    world = busy()
    journal = await journal_of(world)
    bob = world.caller("bob").call_id
    tear(journal.disk, f"call/{bob}", "QueueEntered")
    centre = Centre(Setting(JOURNAL_ID, PLAN))
    reports = HeardReports()
    assert await fold_centre(journal, centre, reports) == {bob}
    others = {i: call for i, call in world.centre.calls.items() if i != bob}
    assert centre.calls == others
    assert reports.fault_names == ["a recorded fact cannot be read"]
    assert unknown_calls(centre) == {bob}


@virtual
async def test_a_fact_that_cannot_follow_quarantines_its_call():
    world = busy()
    journal = await journal_of(world)
    kim = world.caller("kim").call_id
    tear(journal.disk, f"call/{kim}", "CallArrived")
    centre = Centre(Setting(JOURNAL_ID, PLAN))
    assert await fold_centre(journal, centre, HeardReports()) == {kim}


@virtual
async def test_a_pool_does_without_the_facts_that_cannot_be_read():
    world = busy()
    journal = await journal_of(world)
    tear(journal.disk, "pool/main", "StatusChosen")
    centre = Centre(Setting(JOURNAL_ID, PLAN))
    assert await fold_centre(journal, centre, HeardReports()) == set()
    assert ANNA in centre.pools[MAIN].agents


@pytest.mark.parametrize("state", ["ringing", "talking", "wrapping up", "waiting"])
def test_a_pool_goes_on_without_a_call_that_is_lost(state: str):
    async def goes_on() -> None:
        world = World()
        anna = world.agent("anna").logs_in()
        bob = world.caller("bob").arrives(VIP_NUMBER)
        if state != "waiting":
            anna.ready().phone_rings()
        if state in ("talking", "wrapping up"):
            anna.picks_up()
        if state == "wrapping up":
            bob.hangs_up()
        lasting = Lasting()
        lasting.disk.journal_id = JOURNAL_ID
        journal = await journal_of(world, lasting.disk)
        tear(journal.disk, f"call/{bob.call_id}")
        runtime = await Runtime(TinyTelephony(), lasting).recall()
        await asyncio.sleep(1)
        pool = runtime.centre.pools[MAIN]
        assert runtime.broken == {bob.call_id}
        assert not pool.waiting
        assert not pool.offers
        assert pool.agents[ANNA].activity is Activity.IDLE
        assert pool.agents[ANNA].call_id is None
        assert list(orphans(runtime.centre, [bob.call_id])) == []
        await runtime.stop()

    run(goes_on())
