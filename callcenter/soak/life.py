"""One life of the service in the simulation: from its start on the journal to its death."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.adapters.memory.directory import MemoryDirectory
from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.adapters.web.desks import Desks
from callcenter.core.call.messages import WrapUpSubmitted
from callcenter.core.plan import Plan
from callcenter.ports.requests import Request
from callcenter.runtime.engine import Engine, Outside, Showing
from callcenter.runtime.fanout import SubscriberEnded
from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.topics import desk_topic
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.bad_network import BadNetwork
from callcenter.simulation.click_stations import ClickStations
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.shaky_stores import ShakyDirectory, ShakyRecords
from callcenter.simulation.virtual_agents import VirtualAgent
from callcenter.simulation.virtual_time import LoopClock, VirtualLoop
from callcenter.simulation.weather import Weather
from callcenter.soak.trace import Trace, TracedReports

DAY_MS = 86_400_000
APPLICATION = "cc-soak"


@dataclass(frozen=True, slots=True)
class Ground:
    """What outlives each process of the service, and what all of them stand on."""

    loop: VirtualLoop
    clock: LoopClock
    model: AsteriskModel
    phones: SimulatedPhones
    weather: Weather
    random: Random
    plan: Plan
    trace: Trace
    disk: Disk
    records: MemoryRecords
    directory: MemoryDirectory
    watch: Callable[[str, str], None]
    """Is told of each command ("->") as it leaves, and of each event ("<-")."""
    filed: list[WrapUpSubmitted] = field(default_factory=list)
    """After-call work that the service said it has recorded."""


class Life:
    """One process of the service."""

    def __init__(self, ground: Ground, number: int) -> None:
        self._ground = ground
        self.is_dead = False
        self.is_up = False
        """It has read its journal, and serves pages."""
        self.reports = TracedReports(ground.trace)
        random = Random(ground.random.getrandbits(64))
        self.network = BadNetwork(ground.model, ground.weather, random, ground.watch)
        self.journal = MemoryJournal(ground.disk)
        self._records = ShakyRecords(ground.records, ground.weather, random)
        self.supervisor = Supervisor(self.reports)
        outside = Outside(
            journal=self.journal,
            telephony=AriTelephony(
                self.network,
                AriSettings(ActionSettings(APPLICATION)),
                ground.clock,
                random,
                CollectorRegistry(),
            ),
            stations=ClickStations(ground.phones),
            directory=ShakyDirectory(ground.directory, ground.weather, random),
            records=self._records,
            clock=ground.clock,
            reports=self.reports,
        )
        showing = Showing(f"life-{number}", lambda at: at - at % DAY_MS)
        self.engine = Engine(outside, ground.plan, self.supervisor, showing)
        self._desks = Desks(self.engine.node)

    def begin(self) -> None:
        """Start; the process may die in the midst of it."""
        self.supervisor.spawn("start", self._begin())

    async def _begin(self) -> None:
        await self.engine.recall()
        self.engine.keep_running()
        self.is_up = True

    def on_failed(self, ended: Callable[[], None]) -> None:
        """Call when the journal cannot be written: the process ends itself then."""
        self.supervisor.spawn("watch the journal", self._watch(ended))

    async def _watch(self, ended: Callable[[], None]) -> None:
        await self.journal.failed()
        if not self.is_dead:
            ended()

    @property
    def takes_calls(self) -> bool:
        """Whether it lives and is in agreement with the PBX."""
        return not self.is_dead and self.engine.link.is_live

    def die(self, *, written: bool) -> None:
        """End here and now: nothing that was on its way out gets there.

        Args:
            written: Whether what is on its way to the disk gets there.
        """
        self.is_dead = True
        self.journal.die(written=written)
        self.network.die()
        self._records.is_dead = True
        self.engine.stop()
        self.supervisor.cancel_all()

    # ------------------------------------------------------------ pages

    def open_page(self, agent: VirtualAgent) -> None:
        """Serve a page to an agent until it is closed."""
        page = _Page(self, agent)
        self.supervisor.spawn(f"page of {agent.profile.agent_id}", self._serve(page))

    async def _serve(self, page: "_Page") -> None:
        agent_id = page.agent.profile.agent_id
        subscriber = self.engine.fanout.open()
        page.on_close = lambda: subscriber.end("left")
        try:
            if await self._desks.arrive(page.agent.profile, page) is not None:
                return
            subscriber.follow(desk_topic(agent_id))
            page.agent.page_opened(page)
            while True:
                page.agent.sees(page, await subscriber.next())
        except SubscriberEnded:
            pass
        finally:
            page.agent.page_closed(page)
            if not self.is_dead:
                await self._desks.depart(agent_id, page)

    def ask(self, request: Request) -> None:
        """Send a program's request."""
        self.supervisor.spawn("request", self.carry_out(request))

    async def carry_out(self, request: Request) -> None:
        """Take a page's request, and note after-call work that was recorded."""
        refusal = await self.engine.node.request(request)
        self._ground.trace.note("page", f"{type(request).__name__}: {refusal or 'done'}")
        if refusal is None and isinstance(request, WrapUpSubmitted) and not self.is_dead:
            self._ground.filed.append(request)


class _Page:
    """An open page."""

    def __init__(self, life: Life, agent: VirtualAgent) -> None:
        self._life = life
        self.agent = agent
        self.on_close: Callable[[], None] = lambda: None

    def ask(self, request: Request) -> None:
        """Send a request to the service."""
        if not self._life.is_dead:
            self._life.supervisor.spawn("request", self._life.carry_out(request))

    def close(self, reason: str) -> None:
        """Begin to close."""
        del reason
        self.on_close()
