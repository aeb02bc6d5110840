"""The node dies after every single append and every single effect, and nothing is lost.

A scripted day runs on the real ARI adapter, the model of Asterisk and virtual time. It is run once
without a crash to count its steps, then once for each step with the process dying right there:
what was not durable is gone, what was on the way to the PBX is cut. A new process starts on the
same journal two seconds later. However it went, each call has exactly one record, closed, with an
end that fits, and the PBX is empty.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.effects import (
    CallEffect,
    TelephonyEffect,
)
from callcenter.core.call.facts import (
    CallArrived,
)
from callcenter.core.call.messages import (
    Outcome,
    WrapUpSubmitted,
)
from callcenter.core.ids import AgentId
from callcenter.ports.journal import Entry
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.phones import Answers, SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from tests.support.playbook import MAIN_NUMBER, PLAN, SALES, SUPPORT, VIP_NUMBER
from tests.support.runtime_world import Lasting, Runtime
from tests.support.virtual_time import VirtualClock, run

STATIONS = {"anna": "PJSIP/anna", "ben": "PJSIP/ben"}
DAY_S = 60.0
DOWN_S = 2.0
PARTS = 8
QUITTER = "+12025550104"


@dataclass
class Fate:
    """Counts the steps of a process and ends it at one of them."""

    dies_at: int | None = None
    steps: int = 0
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def step(self) -> None:
        if not self.died.is_set():
            self.steps += 1
            if self.steps == self.dies_at:
                self.died.set()

    @property
    def is_dead(self) -> bool:
        return self.died.is_set()


class MortalJournal(MemoryJournal):
    """A journal whose process may die as a turn is given to it, or as it becomes durable."""

    def __init__(self, disk: Disk, fate: Fate) -> None:
        super().__init__(disk)
        self._fate = fate

    def append(self, entries: Sequence[Entry], committed) -> None:
        self._fate.step()
        if not self._fate.is_dead:
            super().append(entries, committed)

    def _commit(self) -> None:
        if not self._fate.is_dead:
            super()._commit()


class MortalTelephony(AriTelephony):
    """The ARI adapter in a process that may die after an effect."""

    fate: Fate
    transport: InProcessTransport

    async def perform(self, effect: TelephonyEffect) -> bool:
        if self.fate.is_dead:
            await asyncio.Event().wait()
        is_known = await super().perform(effect)
        self.fate.step()
        if self.fate.is_dead:
            self.transport.is_cut = True
        return is_known


class Day:
    """The PBX, its people, and the processes of the service one after the other."""

    def __init__(self, dies_at: int | None) -> None:
        scheduler = LoopScheduler(asyncio.get_running_loop(), VirtualClock().wall_ms())
        self.model = AsteriskModel(scheduler, Random(1), prompt_ms=lambda _uri: 700)
        self.phones = SimulatedPhones(self.model, STATIONS.values())
        for after_s, name in ((1.0, "anna"), (2.5, "ben")):
            self.phones.station(STATIONS[name]).behaviour = Answers(after_s)
        self.lasting = Lasting()
        self.fate = Fate(dies_at)

    async def live(self) -> Runtime:
        """Start a process and let the agents come back to their pages."""
        transport = InProcessTransport(self.model)
        actions = ActionSettings("cc-main", PromptUris())
        telephony = MortalTelephony(
            transport, AriSettings(actions), VirtualClock(), Random(2), CollectorRegistry()
        )
        telephony.fate, telephony.transport = self.fate, transport
        fate = self.fate
        runtime = Runtime(
            telephony, self.lasting, journal=lambda disk: MortalJournal(disk, fate), plan=PLAN
        )
        await runtime.recall()
        perform = runtime.node.perform

        def perform_or_die(effects: Sequence[TelephonyEffect | CallEffect]) -> None:
            fate.step()  # durable, and not yet let go
            if not fate.is_dead:
                perform(effects)

        runtime.node.perform = perform_or_die
        await runtime.start()
        return runtime

    async def run(self) -> tuple[Runtime, Fate]:
        first = await self.live()
        people = asyncio.create_task(self._people(), name="people")
        desks = asyncio.create_task(self._desks(first), name="desks")
        if self.fate.dies_at is not None:
            async with asyncio.timeout(DAY_S):
                await self.fate.died.wait()
            desks.cancel()
            await first.stop()
            await asyncio.sleep(DOWN_S)
            counted, self.fate = self.fate, Fate()
            first = await self.live()
            desks = asyncio.create_task(self._desks(first), name="desks again")
        else:
            counted = self.fate
        await people
        desks.cancel()
        await first.settled()
        return first, counted

    async def _people(self) -> None:
        """One serves themself, one talks, one gives up, one is hung up on, one talks late."""
        started = asyncio.get_running_loop().time()
        await asyncio.sleep(1)
        selfish = self.phones.start_call("+12025550101", MAIN_NUMBER)
        await asyncio.sleep(0.5)
        talker = self.phones.start_call("+12025550102", VIP_NUMBER)
        second = self.phones.start_call("+12025550103", VIP_NUMBER)
        quitter = self.phones.start_call(QUITTER, VIP_NUMBER)
        await asyncio.sleep(1.8)
        quitter.put_down()
        await asyncio.sleep(1.2)
        selfish.press_key("3")
        await asyncio.sleep(12)
        talker.put_down()
        await asyncio.sleep(6)
        self.phones.station(STATIONS["ben"]).put_down()
        second.put_down()
        selfish.press_key("3")
        late = self.phones.start_call("+12025550105", VIP_NUMBER)
        await asyncio.sleep(15)
        late.put_down()
        selfish.put_down()
        await asyncio.sleep(DAY_S + started - asyncio.get_running_loop().time())

    async def _desks(self, runtime: Runtime) -> None:
        """Two agents log in, want calls, and file their after-call work."""
        for name, station in STATIONS.items():
            agent = AgentId(name)
            profile = AgentProfile(agent, name.title(), station, (SALES, SUPPORT))
            for request in (LogInRequested(profile), DeskFound(agent), ReadyRequested(agent)):
                await runtime.node.request(request)
        while True:
            await asyncio.sleep(1.5)
            for call_id, call in list(runtime.centre.calls.items()):
                for agent in sorted(call.wrapping_up):
                    await runtime.node.request(WrapUpSubmitted(agent, call_id, "resolved", ""))


async def a_day(dies_at: int | None) -> int:
    """Live through the day and look at what is left of it; return how many steps it had."""
    day = Day(dies_at)
    runtime, counted = await day.run()
    check(day, runtime)
    await runtime.stop()
    return counted.steps


def check(day: Day, runtime: Runtime) -> None:
    pbx = day.model.pbx
    assert not runtime.centre.calls
    assert pbx.channels == {}
    assert pbx.bridges == {}
    assert pbx.refused_ids == 0
    for pool in runtime.centre.pools.values():
        assert not pool.waiting
        assert not pool.offers
        assert all(agent.call_id is None for agent in pool.agents.values())
    records = day.lasting.records
    assert isinstance(records, MemoryRecords)
    calls = list(records.calls.values())
    assert all(call.closed and call.outcome is not None for call in calls)
    numbers = Counter(call.ani for call in calls)
    assert set(numbers.values()) <= {1}, "a call has two records"
    arrivals = [row for row in day.lasting.disk.rows if row.stored[0] == CallArrived.__name__]
    assert len(calls) == len(arrivals), "what was begun has a record"
    # A caller whom nobody claimed in time was answered by the dialplan instead; one who gave up
    # while no process lived was never ours.
    legs = {call.leg_id for call in calls}
    assert set(pbx.taken) <= legs, "who was handed over to us has a record"
    somewhere = legs | {leg_id for leg_id, _ in pbx.fallbacks}
    gave_up = QUITTER not in numbers and len(somewhere) == 4
    assert gave_up or len(somewhere) == 5, (numbers, pbx.fallbacks)
    answered = [call for call in calls if call.outcome is Outcome.ANSWERED]
    assert all(call.talk_ms > 0 and call.agent_id for call in answered)


@pytest.fixture(scope="module")
def steps() -> int:
    """How many steps a day without a crash has."""
    return run(a_day(None))


def test_a_day_without_a_crash_has_many_steps(steps: int):
    assert steps > 70


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_wherever_the_process_dies(steps: int, part: int):
    for dies_at in range(part + 1, steps + 1, PARTS):
        try:
            run(a_day(dies_at))
        except Exception as error:
            raise AssertionError(f"the process died at step {dies_at}") from error
