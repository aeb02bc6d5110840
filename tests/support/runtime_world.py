"""The runtime on ports in memory: a node that can be killed, on telephony that lives on."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from callcenter.adapters.memory.directory import MemoryDirectory
from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.core.acd.messages import DeskFound, LogInRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import (
    AnswerCaller,
    RingAgent,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    DigitPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    OfferSeen,
    Presentation,
)
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, CallId, LegId, Ms, PlaybackId
from callcenter.core.plan import Plan
from callcenter.core.turn import Turn
from callcenter.ports.clock import Clock
from callcenter.ports.directory import Directory
from callcenter.ports.journal import Fact
from callcenter.ports.records import Records
from callcenter.ports.telephony import (
    SeenBridge,
    SeenLeg,
    Snapshot,
    Telephony,
    TelephonyInput,
    TelephonyUnavailable,
)
from callcenter.runtime.callers import Callers
from callcenter.runtime.folding import fold_centre, unknown_calls
from callcenter.runtime.leases import Leases
from callcenter.runtime.link import Link
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer
from callcenter.runtime.projector import Projector
from callcenter.runtime.reasons import present_reasons
from callcenter.runtime.supervisor import Supervisor
from tests.support.playbook import MAIN_NUMBER, PLAN, SALES, SUPPORT
from tests.support.tiny_pbx import TinyPbx
from tests.support.virtual_time import VirtualClock

EFFECT_S = 0.002
"""How long the PBX takes for a command."""


@dataclass
class HeardReports:
    """Implements ``ports.reports.Reports``: keeps what was said."""

    notes: list[str] = field(default_factory=list)
    faults: list[tuple[str, BaseException | None]] = field(default_factory=list)

    def note(self, event: str, **values: str | int | float | bool) -> None:
        self.notes.append(event)

    def fault(self, event: str, error: BaseException | None = None, **values: str | int) -> None:
        self.faults.append((event, error))

    @property
    def fault_names(self) -> list[str]:
        return [event for event, _ in self.faults]


class TinyTelephony:
    """Implements ``ports.telephony.Telephony`` on a ``TinyPbx``, with a socket that can break."""

    def __init__(self) -> None:
        self.pbx = TinyPbx()
        self.done: list[TelephonyEffect] = []
        self.renewed: list[tuple[LegId, Ms]] = []
        self.started_at = "first"
        self.is_away = False
        """Commands and snapshots are not answered."""
        self.refuses: TelephonyUnavailable | None = None
        """What ends ``run`` for ever."""
        self.elsewhere: set[LegId] = set()
        """Callers whom the PBX has, and others look after."""
        self.snapshots = 0
        self.snapshot_s = 0.01
        self.on_snapshot: Callable[[], None] = lambda: None
        self.on_perform: Callable[[TelephonyEffect], None] = lambda _effect: None
        self.on_renewal: Callable[[LegId], None] = lambda _leg: None
        self._refused_once: set[type[TelephonyEffect]] = set()
        self._takes_s: dict[type[TelephonyEffect], float] = {}
        self._marks: dict[LegId, CallId] = {}
        self._arrivals: dict[LegId, CallerArrived] = {}
        self._tell: Callable[[TelephonyInput], None] | None = None
        self._broken = asyncio.Event()
        self.may_connect = asyncio.Event()
        self.may_connect.set()

    # ------------------------------------------------------------ the port

    async def perform(self, effect: TelephonyEffect) -> bool:
        await asyncio.sleep(self._takes_s.get(type(effect), EFFECT_S))
        self.on_perform(effect)
        if self.is_away:
            return False
        if type(effect) in self._refused_once:
            self._refused_once.discard(type(effect))
            return False
        if isinstance(effect, AnswerCaller | RingAgent):
            self._marks[effect.leg_id] = effect.call_id
        self.done.append(effect)
        self.pbx.carry_out(effect)
        return True

    async def renew_lease(self, leg_id: LegId, lease_ms: Ms) -> bool:
        self.on_renewal(leg_id)
        await asyncio.sleep(3.0 if self.is_away else EFFECT_S)
        self.renewed.append((leg_id, lease_ms))
        return not self.is_away

    async def snapshot(self) -> Snapshot:
        self.snapshots += 1
        self.on_snapshot()
        await asyncio.sleep(self.snapshot_s)
        if self.is_away:
            raise TelephonyUnavailable("GET /channels: nobody answers")
        return self.picture()

    async def plays(self, playback_id: PlaybackId) -> bool:
        await asyncio.sleep(EFFECT_S)
        if self.is_away:
            raise TelephonyUnavailable("GET /playbacks: nobody answers")
        return playback_id in self.pbx.playing

    async def has(self, leg_id: LegId) -> bool:
        await asyncio.sleep(EFFECT_S)
        if self.is_away:
            raise TelephonyUnavailable("GET /channels: nobody answers")
        return leg_id in self.elsewhere or any(leg.leg_id == leg_id for leg in self.picture().legs)

    async def run(
        self,
        on_input: Callable[[TelephonyInput], None],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        while True:
            await self.may_connect.wait()
            if self.refuses is not None:
                raise self.refuses
            self._broken.clear()
            on_connected()
            self._tell = on_input
            await self._broken.wait()
            self._tell = None
            on_lost()
            if self.refuses is not None:
                raise self.refuses
            await asyncio.sleep(0.1)

    # ------------------------------------------------------------ what happens to it

    def breaks(self) -> None:
        """The event socket ends; it is opened again if ``may_connect`` is set."""
        self._broken.set()

    def restarts(self) -> None:
        """The PBX starts anew: nothing is left of it."""
        before, self.pbx = self.pbx, TinyPbx()
        assert before is not self.pbx
        self.started_at = "again"
        self.breaks()

    def tell(self, event: TelephonyInput) -> None:
        """Report an event, if anybody listens."""
        if self._tell is not None:
            self._tell(event)

    def away_for(self, kind: type[TelephonyEffect]) -> None:
        """Let the next command of a kind be lost."""
        self._refused_once.add(kind)

    def slow_for(self, kind: type[TelephonyEffect], takes_s: float) -> None:
        """Let commands of a kind take so long."""
        self._takes_s[kind] = takes_s

    def arrives(self, leg: str, number: str = MAIN_NUMBER) -> LegId:
        leg_id = LegId(leg)
        arrived = CallerArrived(leg_id, "+12025550123", Presentation.ALLOWED, "", number)
        self._arrivals[leg_id] = arrived
        self.pbx.arrives(leg_id)
        self.tell(arrived)
        return leg_id

    def presses(self, leg_id: LegId, digit: str) -> None:
        self.tell(DigitPressed(leg_id, digit))

    def caller_leaves(self, leg_id: LegId) -> None:
        self.pbx.leaves(leg_id)
        self.tell(CallerGone(leg_id, CallerEnd.HUNG_UP))

    def rings(self, leg_id: LegId) -> None:
        self.tell(LegRinging(leg_id))

    def answers(self, leg_id: LegId) -> None:
        self.pbx.answers(leg_id)
        self.tell(LegAnswered(leg_id))

    def agent_leaves(self, leg_id: LegId, end: LegEnd = LegEnd.HUNG_UP) -> None:
        self.pbx.leaves(leg_id)
        self.tell(LegEnded(leg_id, end))

    def picture(self) -> Snapshot:
        """Return what the PBX has."""
        legs = [
            SeenLeg(leg, True, leg in self.pbx.callers, self._marks.get(leg), self._arrivals[leg])
            for leg in sorted(self.pbx.offered | self.pbx.callers)
        ]
        legs += [
            SeenLeg(leg, False, is_answered, self._marks.get(leg))
            for leg, is_answered in sorted(self.pbx.agents.items())
        ]
        bridges = [SeenBridge(b, frozenset(inside)) for b, inside in self.pbx.bridges.items()]
        return Snapshot(legs, bridges, self.started_at)


class NoStations:
    """Implements ``ports.stations.Stations``: phones on desks, and who was asked to pick up."""

    def __init__(self) -> None:
        self.picked_up: list[str] = []

    def answers_by_click(self, station: str) -> bool:
        return False

    async def pick_up(self, station: str, leg_id: LegId) -> None:
        self.picked_up.append(station)


@dataclass
class Lasting:
    """What outlives a process."""

    disk: Disk = field(default_factory=Disk)
    records: Records = field(default_factory=MemoryRecords)
    directory: Directory = field(default_factory=MemoryDirectory)


class Runtime:
    """One life of the node, wired as in ``callcenter.wiring``."""

    def __init__(
        self,
        telephony: Telephony,
        lasting: Lasting | None = None,
        *,
        journal: Callable[[Disk], MemoryJournal] = MemoryJournal,
        clock: Clock | None = None,
        plan: Plan = PLAN,
    ) -> None:
        self.lasting = lasting or Lasting()
        self.telephony = telephony
        self.reports = HeardReports()
        self.supervisor = Supervisor(self.reports)
        self.journal = journal(self.lasting.disk)
        self.centre = Centre(Setting(self.journal.journal_id, plan))
        self.clock = clock or VirtualClock()
        spawn = self.supervisor.spawn
        self.node = Node(self.centre, self.journal, self.clock, self.reports, spawn)
        self.callers = Callers(self.node, self.lasting.directory, self.reports, spawn)
        self.stations = NoStations()
        self.performer = Performer(telephony, self.stations, self.callers.look_up, spawn)
        self.link = Link(self.node, telephony, self.performer, self.reports, spawn)
        self.projector = Projector(self.journal, self.lasting.records, self.reports)
        self.leases = Leases(self.node, telephony)
        self.turns: list[Turn] = []
        """Those that were recorded and let go."""
        self.broken: set[CallId] = set()

    async def recall(self) -> "Runtime":
        """Fold what the journal has."""
        self.broken = await fold_centre(self.journal, self.centre, self.reports)
        _, last_at, _ = await self.journal.last()
        self.node.start_clock(last_at)
        self.performer.has_reason = present_reasons(self.centre)
        self.node.perform = self.performer.perform
        self.node.observers = [self.callers.observe, self.turns.append]
        self.node.free(unknown_calls(self.centre))
        return self

    async def start(self) -> "Runtime":
        """Fold, and run until the node takes calls."""
        await self.recall()
        self.node.start()
        self.supervisor.keep("projector", self.projector.run)
        self.supervisor.keep("PBX link", self.link.run)
        self.supervisor.keep("reconciler", self.link.reconcile)
        self.supervisor.keep("leases", self.leases.run)
        await self.link.wait_live()
        return self

    async def stop(self) -> None:
        """End all tasks, as the end of the process does."""
        self.node.stop()
        await self.supervisor.stop()

    async def settled(self) -> None:
        """Wait until the records have all that the journal has."""
        await self.performer.idle()
        await self.journal.flush()
        await self.projector.wait_for((await self.journal.last())[0])

    # ------------------------------------------------------------ people

    async def agent_ready(self, name: str = "anna") -> None:
        """Log in an agent who wants calls."""
        agent = AgentId(name)
        profile = AgentProfile(agent, name.title(), f"PJSIP/{name}", (SALES, SUPPORT))
        for request in (LogInRequested(profile), DeskFound(agent), ReadyRequested(agent)):
            assert await self.node.request(request) is None

    def facts(self) -> Sequence[Fact]:
        """Return the facts that were let go, in order."""
        return [fact for turn in self.turns for _, fact in turn.facts]

    def names(self) -> list[str]:
        return [type(fact).__name__ for fact in self.facts()]

    def only_call(self) -> CallId:
        [call_id] = self.centre.calls
        return call_id

    async def sees_the_call(self) -> None:
        """Let the page say that it shows the one offer at hand."""
        for call in self.centre.calls.values():
            if call.offer is not None:
                offer = call.offer
                seen = OfferSeen(offer.agent_id, call.arrived.call_id, offer.offer_id)
                assert await self.node.request(seen) is None

    def agent_leg(self) -> LegId:
        """Return the leg of the one offer at hand."""
        [leg] = [call.offer.leg_id for call in self.centre.calls.values() if call.offer]
        return leg
