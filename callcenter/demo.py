"""The demo floor: the whole service with a simulated Asterisk, callers and agents.

Everything but the PBX and the people is the real thing, wired as in production: the ARI client
speaks to the simulated Asterisk over loopback, robot agents work through the web interface.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import token_urlsafe

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.system_clock import SystemClock
from callcenter.config import Config, parse_config
from callcenter.core.call.facts import (
    CallEnded,
)
from callcenter.core.ids import CallId
from callcenter.core.turn import Turn
from callcenter.runtime.views import caller_name
from callcenter.simulation.agents import Identity, RobotAgent, Team, WorkHabits
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.callers import Caller, Crowd, Habits
from callcenter.simulation.click_stations import ClickStations
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import Service, running
from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.passwords import Passwords
from crm_store.seed import numbers_in_store, seed_customers
from crm_store.users import NewUser, add_user
from ivr_flows.prompt_store import duration_ms, prompt_names

CUSTOMERS = 300
ROBOTS = ("Anna", "Bela", "Chen", "Dora", "Emil", "Fay")
PEOPLE = ("alice", "bob")
"""Agents whose pages wait for a person."""
DIALLED = {"8005550100": "Main line", "8005550199": "Order line"}
CALMER_AFTER_S = 3.0
"""How long the agents may finish their after-call work at the end."""

_CONFIG = """\
node: {{name: demo}}
asterisk: {{url: "http://127.0.0.1:{ari_port}", user: demo, password: "{secret}"}}
data_dir: data
web: {{listen: "127.0.0.1:{web_port}"}}
service_numbers:
  "8005550100": {{name: Main line, flow: main}}
  "8005550199": {{name: Order line, flow: main}}
queues:
  sales: {{name: Sales, ring: 15 s, wrap_up: 60 s, announce_every: 20 s}}
  support: {{name: Support, ring: 15 s, wrap_up: 60 s, announce_every: 20 s, max_wait: 2 min}}
"""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the person at the command line chose."""

    calls: int | None = None
    """How many callers in all; None for no end."""
    exit_after_s: float | None = None
    seed: int = 1
    web_port: int = 8080


class Tally:
    """What became of each call, as the service decided it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.calls = 0
        self.outcomes: Counter[str] = Counter()
        self.details: list[dict[str, str | int]] = []
        self.robots_ready = asyncio.Event()
        self.calm = asyncio.Event()
        """Set while no call is open."""

    def observe(self, turn: Turn) -> None:
        """Count the calls that a turn has ended."""
        for stream, fact in turn.facts:
            if isinstance(fact, CallEnded):
                self._count(CallId(stream.partition("/")[2]), fact, turn)
        if len(_at_work(self._service)) >= len(ROBOTS):
            self.robots_ready.set()
        if self._service.node.centre.calls:
            self.calm.clear()
        else:
            self.calm.set()

    def add_fallback(self, caller: Caller) -> None:
        """Count a caller whom the service did not take."""
        if caller.phone.in_fallback:
            self.calls += 1
            self.outcomes["fallback"] += 1

    def _count(self, call_id: CallId, ended: CallEnded, turn: Turn) -> None:
        self.calls += 1
        self.outcomes[ended.outcome.value] += 1
        detail: dict[str, str | int] = {"call_id": call_id, "outcome": ended.outcome.value}
        before = turn.calls.get(call_id)
        if before is not None:
            offer = before.last_offer
            detail["service"] = before.arrived.service
            detail["caller"] = caller_name(before) or "unknown"
            detail["agent"] = offer.agent_name if before.answered_at and offer else ""
            detail["duration_ms"] = ended.at - before.arrived.at
        self.details.append(detail)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo floor."""

    service: Service
    crowd: Crowd
    tally: Tally
    password: str
    crowd_done: asyncio.Event

    async def finished(self, options: DemoOptions) -> None:
        """Wait until so many calls have ended or the time is over, then end what is left."""
        await _within(options.exit_after_s, self.crowd_done)
        self.crowd.stop()
        self.crowd.hang_up_all()
        # After-call work may go on; the calls themselves have ended.
        await _within(CALMER_AFTER_S, self.tally.calm)

    async def report(self) -> dict[str, object]:
        """Return what became of the calls, as decided and as stored."""
        await self.service.settled()
        stored = await SqlArchive(self.service.stores.engine).outcomes()
        return {
            "calls": self.tally.calls,
            "outcomes": dict(self.tally.outcomes),
            "store": {"outcomes": stored},
            "details": self.tally.details,
        }


async def _within(seconds: float | None, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@asynccontextmanager
async def running_demo(options: DemoOptions, say: Callable[[str], None]) -> AsyncIterator[Demo]:
    """Run the demo floor within a block."""
    random = Random(options.seed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callcenter-demo-")))
        say("Starting the simulated Asterisk ...")
        model, phones = _pbx(random)
        secret = token_urlsafe(12)
        server = AriServer(model, "demo", secret)
        ari_port = await server.start()
        stack.push_async_callback(server.stop)
        text = _CONFIG.format(ari_port=ari_port, secret=secret, web_port=options.web_port)
        config = parse_config(text, "the demo's configuration", folder, {})
        say(f"Making up {CUSTOMERS} customers ...")
        password = token_urlsafe(9)
        known = await _fill_store(config, password, options.seed)
        say("Starting the service ...")
        service = await stack.enter_async_context(running(config, stations=ClickStations(phones)))
        tally = Tally(service)
        service.node.observers.append(tally.observe)
        pace = _pace(options)
        team = Team(_robots(service.url, password, phones, random, pace))
        team.start()
        stack.push_async_callback(team.stop)
        await service.link.wait_live()
        await tally.robots_ready.wait()
        crowd = Crowd(model, phones, _habits(known, pace, options), random, options.calls)
        done = asyncio.Event()

        def ended(caller: Caller) -> None:
            tally.add_fallback(caller)
            if crowd.is_done:
                done.set()

        crowd.on_end = ended
        crowd.start()
        stack.callback(crowd.stop)
        yield Demo(service, crowd, tally, password, done)


def _pbx(random: Random) -> tuple[AsteriskModel, SimulatedPhones]:
    clock = LoopScheduler(asyncio.get_running_loop(), SystemClock().wall_ms())
    model = AsteriskModel(clock, random, prompt_ms=_prompt_ms)
    stations = [_station(name) for name in (*ROBOTS, *PEOPLE)]
    return model, SimulatedPhones(model, stations)


def _station(name: str) -> str:
    return f"PJSIP/{name.lower()}"


def _prompt_ms(media: str) -> int | None:
    name = media.rpartition("/")[2]
    return duration_ms(name) if name in prompt_names() else None


async def _fill_store(config: Config, password: str, seed: int) -> Mapping[str, str]:
    """Add customers and people; return numbers that customers call from, and their names."""
    config.data_folder.mkdir(parents=True)
    await migrate.upgrade(config.database_url)
    engine = create_engine(config.database_url)
    now = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC)
    try:
        await seed_customers(engine, CUSTOMERS, seed, now)
        passwords = Passwords()
        for name in (*ROBOTS, *(person.title() for person in PEOPLE)):
            await add_user(engine, passwords, _agent(name), password, now)
        watcher = NewUser(login="sue", name="Sue", role="supervisor")
        await add_user(engine, passwords, watcher, password, now)
        return dict.fromkeys(await numbers_in_store(engine), "")
    finally:
        await engine.dispose()


def _agent(name: str) -> NewUser:
    return NewUser(
        login=name.lower(),
        name=name,
        station=_station(name),
        answers_by_click=True,
        queues=("sales", "support"),
    )


def _pace(options: DemoOptions) -> float:
    """Return how much faster than in real life everything goes, so that a short demo has ends."""
    return 1.0 if options.exit_after_s is None else max(1.0, 180 / options.exit_after_s)


def _habits(known: Mapping[str, str], pace: float, options: DemoOptions) -> Habits:
    per_minute = 16.0 * pace
    if options.calls and options.exit_after_s:
        per_minute = max(per_minute, 120 * options.calls / options.exit_after_s)
    return Habits(
        calls_per_minute=per_minute,
        dialled=tuple(DIALLED),
        known=tuple(known.items()),
        keys=("1", "1", "2", "2", "3"),
        listen_s=(1.5 / pace, 5.0 / pace),
        patience_s=60.0 / pace,
        talk_median_s=25.0 / pace,
    )


def _robots(
    url: str, password: str, phones: SimulatedPhones, random: Random, pace: float
) -> list[RobotAgent]:
    usual = WorkHabits()
    habits = WorkHabits(
        answer_s=(usual.answer_s[0] / pace, usual.answer_s[1] / pace),
        ignore_share=0.08,
        talk_s=(usual.talk_s[0] / pace, usual.talk_s[1] / pace),
        wrap_up_s=(usual.wrap_up_s[0] / pace, usual.wrap_up_s[1] / pace),
        pause_s=(usual.pause_s[0] / pace, usual.pause_s[1] / pace),
    )
    return [
        RobotAgent(
            url,
            Identity(name.lower(), password),
            phones.station(_station(name)),
            habits,
            Random(random.random()),
        )
        for name in ROBOTS
    ]


def _at_work(service: Service) -> list[str]:
    return [
        agent.profile.name
        for pool in service.node.centre.pools.values()
        for agent in pool.agents.values()
        if agent.is_free
    ]
