"""The call handling, put together from its parts: all that is between the ports.

The service that serves people and the one in the simulation are both made here, so what is proved
of one holds for the other.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from callcenter.core.acd.messages import DeskLost
from callcenter.core.acd.pool import keep
from callcenter.core.call.decision import Setting
from callcenter.core.call.facts import (
    CallClosed,
    CallEnded,
)
from callcenter.core.call.messages import (
    EndedBy,
    Outcome,
)
from callcenter.core.centre import Centre
from callcenter.core.ids import CallId, Ms
from callcenter.core.plan import Plan
from callcenter.ports.clock import Clock
from callcenter.ports.directory import Directory
from callcenter.ports.journal import Entry, Journal, Recorded
from callcenter.ports.records import Records
from callcenter.ports.reports import Reports
from callcenter.ports.stations import Stations
from callcenter.ports.telephony import Telephony
from callcenter.runtime.callers import Callers
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.floor import DayCounts, Floor
from callcenter.runtime.folding import fold_centre, unknown_calls
from callcenter.runtime.leases import Leases, LeaseTimes
from callcenter.runtime.link import Link
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer
from callcenter.runtime.projector import Projector
from callcenter.runtime.reasons import present_reasons
from callcenter.runtime.supervisor import Supervisor

SNAPSHOT_EVERY_S = 600.0


@dataclass(frozen=True, slots=True)
class Outside:
    """What the call handling stands on."""

    journal: Journal
    telephony: Telephony
    stations: Stations
    directory: Directory
    records: Records
    clock: Clock
    reports: Reports


@dataclass(frozen=True, slots=True)
class Showing:
    """What pages are told by."""

    epoch: str
    """A name for this run of the service that no other run has."""
    day_start: Callable[[Ms], Ms]
    """From an instant to the midnight before it."""


@dataclass(frozen=True, slots=True)
class _RecordsClock:
    """The time by which all is recorded, as a clock for what is shown.

    Pages tell how long something lasts by the difference of the two. The machine's wall clock may
    be set at any time; then every wait would be an hour long, or less than nothing.
    """

    node: Node
    clock: Clock

    def wall_ms(self) -> Ms:
        """Return the instant of the next turn."""
        return self.node.now()

    def elapsed_ms(self) -> Ms:
        """Return the monotonic clock."""
        return self.clock.elapsed_ms()


class Engine:
    """One life of the call handling, in the state that its journal tells."""

    def __init__(
        self,
        outside: Outside,
        plan: Plan,
        supervisor: Supervisor,
        showing: Showing,
        lease_times: LeaseTimes | None = None,
    ) -> None:
        spawn, reports = supervisor.spawn, outside.reports
        self._journal = outside.journal
        self._reports = reports
        self._supervisor = supervisor
        centre = Centre(Setting(outside.journal.journal_id, plan))
        self.node = Node(centre, outside.journal, outside.clock, reports, spawn)
        self.callers = Callers(self.node, outside.directory, reports, spawn)
        performer = Performer(outside.telephony, outside.stations, self.callers.look_up, spawn)
        performer.has_reason = present_reasons(centre)
        self.node.perform = performer.perform
        self.performer = performer
        self.link = Link(self.node, outside.telephony, performer, reports, spawn)
        self.projector = Projector(outside.journal, outside.records, reports)
        self.fanout = Fanout(showing.epoch, _RecordsClock(self.node, outside.clock))
        days = DayCounts(showing.day_start, self.node.now)
        self._floor = Floor(centre, self.fanout, self.callers, days)
        self.leases = Leases(self.node, outside.telephony, lease_times)

    async def recall(self) -> None:
        """Fold what the journal has; to be called once, before ``keep_running``."""
        node, journal = self.node, self._journal
        broken = await fold_centre(journal, node.centre, self._reports)
        _, last_at, _ = await journal.last()
        node.start_clock(last_at)
        node.deafen()  # what has become due may have happened: first the PBX says what it knows
        await _close_broken(node, journal, broken)
        self.callers.on_known = self._floor.publish_call
        await self._floor.fold_day(journal)
        self._floor.publish_all()
        node.observers = [self.callers.observe, self._floor.observe]
        _lose_all_desks(node)
        node.free(unknown_calls(node.centre))

    def keep_running(self) -> None:
        """Connect to the PBX, take calls, and do all that is done again and again."""
        self.node.start()
        keep_up = self._supervisor.keep
        keep_up("projector", self.projector.run)
        keep_up("PBX link", self.link.run)
        keep_up("reconciler", self.link.reconcile)
        keep_up("leases", self.leases.run)
        keep_up("pool snapshots", self._keep_pools)

    def stop(self) -> None:
        """Wake at deadlines no more; the supervisor ends the rest."""
        self.node.stop()

    async def _keep_pools(self) -> None:
        node, journal = self.node, self._journal
        while True:
            await asyncio.sleep(SNAPSHOT_EVERY_S)
            async with node.held():
                await journal.flush()
                seq, _, _ = await journal.last()
                for pool in node.centre.pools.values():
                    stream = f"pool/{pool.pool_id}"
                    await journal.save_snapshot(stream, seq, [keep(pool, node.now())])


async def _close_broken(node: Node, journal: Journal, broken: set[CallId]) -> None:
    """Close the records of calls whose facts could not be folded."""
    now = node.now()
    for call_id in sorted(broken):
        stream = f"call/{call_id}"
        entries = [Entry(stream, CallClosed(now), closes=True)]
        if not await _has_ended(journal, stream):
            ended = CallEnded(now, Outcome.FAILED, EndedBy.SYSTEM, "unreadable")
            entries.insert(0, Entry(stream, ended))
        journal.append(entries, lambda: None)


async def _has_ended(journal: Journal, stream: str) -> bool:
    async for entry in journal.read_stream(stream):
        if isinstance(entry, Recorded) and isinstance(entry.fact, CallEnded):
            return True
    return False


def _lose_all_desks(node: Node) -> None:
    """No page is connected yet: each comes back by itself within seconds."""
    for pool in node.centre.pools.values():
        for agent_id, agent in list(pool.agents.items()):
            if agent.page_connected:
                node.submit(DeskLost(agent_id, by_restart=True))
