"""A whole service in memory on a PBX that can do only so much, with agents who answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.adapters.logs import LogReports
from callcenter.adapters.memory.directory import MemoryDirectory
from callcenter.adapters.memory.journal import MemoryJournal
from callcenter.adapters.memory.records import MemoryArchive, MemoryRecords
from callcenter.config import Config
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.decision import Setting
from callcenter.core.call.facts import AgentRang, CallArrived, CallEnded
from callcenter.core.call.messages import Outcome, WrapUpSubmitted
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, Ms, QueueId
from callcenter.core.turn import Turn
from callcenter.ports.clock import Clock
from callcenter.runtime.admission import Admission
from callcenter.runtime.callers import Callers
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.guarded_archive import GuardedArchive
from callcenter.runtime.guarded_directory import GuardedDirectory
from callcenter.runtime.leases import Leases
from callcenter.runtime.link import Link
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer
from callcenter.runtime.projector import Projector
from callcenter.runtime.pulse import Pulse
from callcenter.runtime.reasons import present_reasons
from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.tally import Tally
from callcenter.runtime.vitals import Vitals
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.click_stations import ClickStations
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.narrow_transport import NarrowTransport
from callcenter.simulation.phones import Answers, SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.vital_signs import Organs, VitalSigns

MAIN_NUMBER = "+12025550100"
QUEUE = QueueId("support")
UNBOUNDED = 1_000_000


@dataclass(frozen=True, slots=True)
class Narrow:
    """What the PBX can do, and the people."""

    workers: int = 4
    work_s: float = 0.015
    """Of one of them for one command: with a dozen commands a call, some 22 calls a second."""
    agents: int = 90
    answer_s: float = 0.2
    talk_s: float = 2.0
    is_protected: bool = True
    """With the limits and the admission of the product; else with none, for comparison."""


@dataclass(slots=True)
class Journey:
    """One call that was taken; instants in milliseconds."""

    arrived_at: Ms
    rang_at: Ms | None = None
    outcome: Outcome | None = None


@dataclass(slots=True)
class Journeys:
    """Observes the node's turns."""

    by_call: dict[str, Journey] = field(default_factory=dict)

    def observe(self, turn: Turn) -> None:
        """Note arrivals, the first ring, and ends."""
        for stream, fact in turn.facts:
            match fact:
                case CallArrived():
                    self.by_call[stream] = Journey(fact.at)
                case AgentRang() if self.by_call[stream].rang_at is None:
                    self.by_call[stream].rang_at = fact.at
                case CallEnded():
                    self.by_call[stream].outcome = fact.outcome
                case _:
                    pass


class CrowdedFloor:
    """The service, its PBX and its agents, on the running loop; make one with ``start``."""

    def __init__(self, config: Config, narrow: Narrow, clock: Clock, seed: int) -> None:
        loop = asyncio.get_running_loop()
        self._narrow = narrow
        self.clock = clock
        self.journeys = Journeys()
        self.model = AsteriskModel(LoopScheduler(loop, clock.wall_ms()), Random(seed))
        stations = [f"PJSIP/agent{number}" for number in range(narrow.agents)]
        self.phones = SimulatedPhones(self.model, stations)
        self._reports = LogReports()
        self._supervisor = Supervisor(self._reports)
        self._way = NarrowTransport(InProcessTransport(self.model), narrow.workers, narrow.work_s)
        self.organs = self._organs(config)
        self.signs = VitalSigns(self.organs)
        self.vitals = Vitals(self.signs.measure, lambda: None, clock.elapsed_ms, self._reports)
        self.vitals.followers.append(self.signs.apply)
        if not narrow.is_protected:
            self._take_protection_off()

    def _organs(self, config: Config) -> Organs:
        journal = MemoryJournal()
        spawn = self._supervisor.spawn
        centre = Centre(Setting(journal.journal_id, config.plan()))
        node = Node(centre, journal, self.clock, self._reports, spawn)
        settings = AriSettings(ActionSettings(config.node.application))
        telephony = AriTelephony(self._way, settings, self.clock, Random(1), CollectorRegistry())
        directory = GuardedDirectory(MemoryDirectory(), self.clock.elapsed_ms)
        callers = Callers(node, directory, self._reports, spawn)
        performer = Performer(telephony, ClickStations(self.phones), callers.look_up, spawn)
        records = MemoryRecords()
        return Organs(
            node=node,
            link=Link(node, telephony, performer, self._reports, spawn),
            performer=performer,
            leases=Leases(node, telephony),
            projector=Projector(journal, records, self._reports),
            journal=journal,
            telephony=telephony,
            directory=directory,
            archive=GuardedArchive(MemoryArchive(records)),
            fanout=Fanout("bench", self.clock),
            admission=Admission(node, performer),
            tally=Tally(),
            pulse=Pulse(lambda _lag_s: None),
        )

    def _take_protection_off(self) -> None:
        throttle = self.organs.telephony.throttle
        throttle.commands.limit = throttle.rings.limit = UNBOUNDED
        self.organs.link.admits = lambda: True
        self.vitals.followers.clear()

    async def start(self) -> "CrowdedFloor":
        """Run until calls are taken and all agents are ready."""
        organs, node = self.organs, self.organs.node
        node.start_clock(0)
        if self._narrow.is_protected:
            organs.performer.has_reason = present_reasons(node.centre)
        node.perform = organs.performer.perform
        node.observers = [organs.tally.observe, self.journeys.observe, self._file]
        node.start()
        for name, loop in (
            ("PBX link", organs.link.run),
            ("reconciler", organs.link.reconcile),
            ("leases", organs.leases.run),
            ("projector", organs.projector.run),
            ("pulse", organs.pulse.run),
        ):
            self._supervisor.keep(name, loop)
        if self._narrow.is_protected:
            self._supervisor.keep("vitals", self.vitals.run)
        await organs.link.wait_live()
        await self._hire()
        return self

    async def stop(self) -> None:
        """End everything."""
        self.organs.node.stop()
        await self._supervisor.stop()
        await self._way.close()

    async def _hire(self) -> None:
        for number in range(self._narrow.agents):
            station = f"PJSIP/agent{number}"
            self.phones.station(station).behaviour = Answers(self._narrow.answer_s)
            self.phones.station(station).on_change = self._talker(station)
            agent = AgentId(f"agent{number}")
            profile = AgentProfile(agent, agent, station, (QUEUE,))
            for request in (LogInRequested(profile), DeskFound(agent), ReadyRequested(agent)):
                refusal = await self.organs.node.request(request)
                assert refusal is None, refusal  # noqa: S101

    def _talker(self, name: str) -> Callable[[], None]:
        station = self.phones.station(name)
        loop = asyncio.get_running_loop()

        def changed() -> None:
            if station.in_call and station.channel is not None:
                loop.call_later(self._narrow.talk_s, put_down, station.channel.id)

        def put_down(leg_id: str) -> None:
            if station.leg_id == leg_id:
                station.put_down()

        return changed

    def _file(self, turn: Turn) -> None:
        """Let the agent file the after-call work at once."""
        for call_id, before in turn.calls.items():
            call = self.organs.node.centre.calls.get(call_id)
            if call is None or before is None or call.wrapping_up == before.wrapping_up:
                continue
            for agent in call.wrapping_up:
                done = WrapUpSubmitted(agent, call_id, "resolved", "")
                asyncio.get_running_loop().call_soon(self.organs.node.submit, done)
