"""How soon the agent's page knows of a call.

The real service runs as a process of its own; the simulated Asterisk, the callers and the agents'
pages run in this one, so one clock stamps both ends. Measured per call:

- from: the simulated Asterisk hands ``StasisStart`` of the claimed caller to the event socket. It
  is the event that decides the offer: the flow is a queue with free agents and nothing before it.
- to: the first frame with this call arrives at the websocket of the agent who is offered it
  (``event_to_frame``), and the first frame that also shows the customer's name
  (``event_to_customer``).

In between: the event is read, the caller is looked up among so many customers, the turn is decided
and made durable in the journal, and the frame is encoded and sent.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from secrets import token_urlsafe
from time import perf_counter, time
from typing import Any

import aiohttp
from typing_extensions import override

from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.benchmarks.desks import client_session, open_desks
from callcenter.benchmarks.figures import BenchmarkFailed, Figure, percentile
from callcenter.benchmarks.machine import Load
from callcenter.benchmarks.served import (
    QUEUE_FLOW,
    Agent,
    Pbx,
    ServedCentre,
    store_with_numbers,
)
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.pbx.state import Session
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from crm_store.engine import create_engine
from crm_store.matching import NumberRules
from crm_store.seed import demo_number
from ivr_flows.prompt_store import duration_ms, prompt_names

DESKS = (1, 50)
MATCHES = 2_000
WAIT_S = 5.0
Json = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PopOptions:
    """What the person at the command line chose."""

    customers: int = 500_000
    calls: int = 200
    calls_per_s: float = 10.0
    """With one desk calls follow each other instead."""


@dataclass(slots=True)
class Pop:
    """One call, as the caller's number tells it apart."""

    event_at: float = 0.0
    frame_at: float = 0.0
    customer_at: float = 0.0
    shown: asyncio.Event = field(default_factory=asyncio.Event)


class StampingModel(AsteriskModel):
    """The simulated Asterisk; it stamps the events that begin calls."""

    on_start: Callable[[str], None] = staticmethod(lambda _number: None)

    @override
    def connect(
        self,
        app_names: list[str],
        deliver: Callable[[Json], None],
        on_closed: Callable[[], None] | None = None,
    ) -> Session:
        """Open an event websocket, see ``AsteriskModel``."""

        def stamp(event: Json) -> None:
            if event["type"] == "StasisStart":
                self.on_start(event["channel"]["caller"]["number"])
            deliver(event)

        return super().connect(app_names, stamp, on_closed)


class Watch:
    """Stamps what the pages are told."""

    def __init__(self, model: StampingModel) -> None:
        self.pops: dict[str, Pop] = {}
        model.on_start = self._started

    def expect(self, number: str) -> Pop:
        """Begin to look for a call from this number."""
        pop = self.pops[number] = Pop()
        return pop

    def take(self, text: str) -> None:
        """Look at a frame of any page."""
        now = perf_counter()
        frame: Json = json.loads(text)
        for item in frame.get("items", ()):
            if item["kind"] == "desk_call":
                self._shown(item["value"], now)

    def _started(self, number: str) -> None:
        pop = self.pops.get(number)
        if pop is not None and not pop.event_at:
            pop.event_at = perf_counter()

    def _shown(self, call: Json, now: float) -> None:
        pop = self.pops.get(call["ani"])
        if pop is None:
            return
        pop.frame_at = pop.frame_at or now
        if call["match_status"] == "single" and not pop.customer_at:
            pop.customer_at = now
            pop.shown.set()


async def run(options: PopOptions, say: Say) -> list[Figure]:
    """Measure and return the figures; see the module.

    Raises:
        BenchmarkFailed: The service does not start, or a call never reached a page.
    """
    say(f"A store with {options.customers} customers (made once, then kept) ...")
    store = await store_with_numbers(options.customers)
    figures: list[Figure] = []
    for desks in DESKS:
        say(f"Calls to {desks} desk{'s' if desks > 1 else ''} ...")
        machine = Load()
        pops = await _pops(options, store, desks)
        note = f"{options.customers} customers, {machine.busy_cores():.1f} cores busy in all"
        figures += _figures(pops, desks, note)
    say("Matching numbers ...")
    figures += await _match_figures(options, store)
    # The names that stay are those of the larger floor.
    named = [f for f in figures if f.metric.endswith(f".desks_{DESKS[-1]}")]
    head = [Figure(f.metric.rpartition(".")[0], f.value, f.unit, None, f.note) for f in named]
    return [*head, *figures]


async def _pops(options: PopOptions, store: Path, desks: int) -> list[Pop]:
    async with _floor(store, desks) as (watch, phones):
        numbers = _numbers(options, desks)
        # The first calls pay for compiled statements and cold caches; they are not counted.
        warm, counted = numbers[:5], numbers[5:]
        every_s = 1 / options.calls_per_s
        for number in warm:
            await _call(watch, phones, number)
        for number in counted:
            began_at = perf_counter()
            if desks == 1:
                await _call(watch, phones, number)
            else:
                caller = phones.start_call(number, "7000")
                watch.expect(number)
                asyncio.get_running_loop().call_later(1.0, caller.put_down)
            await asyncio.sleep(max(0.0, every_s - (perf_counter() - began_at)))
        async with asyncio.timeout(WAIT_S):
            for number in counted:
                await watch.pops[number].shown.wait()
        return [watch.pops[number] for number in counted]


async def _call(watch: Watch, phones: SimulatedPhones, number: str) -> None:
    pop = watch.expect(number)
    caller = phones.start_call(number, "7000")
    try:
        async with asyncio.timeout(WAIT_S):
            await pop.shown.wait()
    except TimeoutError:
        raise BenchmarkFailed(f"no page has shown the call from {number}") from None
    caller.put_down()
    await asyncio.sleep(0.05)


def _numbers(options: PopOptions, desks: int) -> list[str]:
    """Return numbers of customers from all over the store, no two alike."""
    chosen = Random(desks).sample(range(options.customers), options.calls + 5)
    return [demo_number(index).canonical for index in chosen]


@asynccontextmanager
async def _floor(store: Path, desks: int) -> AsyncIterator[tuple[Watch, SimulatedPhones]]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callcenter-bench-")))
        agents = [Agent(f"ag{n}", f"PJSIP/ag{n}", "bench") for n in range(desks)]
        clock = LoopScheduler(asyncio.get_running_loop(), time() * 1000)
        model = StampingModel(clock, Random(1), prompt_ms=_prompt_ms)
        phones = SimulatedPhones(model, [agent.station for agent in agents])
        secret = token_urlsafe(12)
        server = AriServer(model, "bench", secret)
        port = await server.start()
        stack.push_async_callback(server.stop)
        watch = Watch(model)
        service = ServedCentre(folder, Pbx(f"http://127.0.0.1:{port}", "bench", secret), QUEUE_FLOW)
        await service.prepare(store, agents)
        await stack.enter_async_context(service)
        http = await stack.enter_async_context(client_session())
        await stack.enter_async_context(_read_pages(http, service, watch))
        yield watch, phones


@asynccontextmanager
async def _read_pages(
    http: aiohttp.ClientSession, service: ServedCentre, watch: Watch
) -> AsyncIterator[None]:
    pages = await open_desks(http, service.url, list(service.tokens.values()))
    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(page.read(watch.take)) for page in pages]
        try:
            yield
        finally:
            for reader in readers:
                reader.cancel()


def _prompt_ms(media: str) -> int | None:
    name = media.rpartition("/")[2]
    return duration_ms(name) if name in prompt_names() else None


def _figures(pops: list[Pop], desks: int, note: str) -> Iterator[Figure]:
    frames = [1000 * (pop.frame_at - pop.event_at) for pop in pops]
    customers = [1000 * (pop.customer_at - pop.event_at) for pop in pops]
    for share in (50, 99):
        for name, values in (("frame", frames), ("customer", customers)):
            metric = f"event_to_{name}_p{share}_ms.desks_{desks}"
            text = f"{len(values)} calls, {desks} desks, {note}"
            yield Figure(metric, percentile(values, share / 100), "ms", None, text)


async def _match_figures(options: PopOptions, store: Path) -> list[Figure]:
    engine = create_engine(f"sqlite:///{store}")
    directory = SqlDirectory(engine, NumberRules(region="US"), 5.0)
    random = Random(2)
    took_ms = []
    try:
        for _ in range(MATCHES):
            number = demo_number(random.randrange(options.customers)).canonical
            began_at = perf_counter()
            match = await directory.match(number, Presentation.ALLOWED, "7000")
            took_ms.append(1000 * (perf_counter() - began_at))
            if not match.candidates:
                raise BenchmarkFailed(f"the customer with the number {number} was not found")
    finally:
        await engine.dispose()
    note = f"{MATCHES} numbers one after the other, each found among {options.customers}"
    return [
        Figure("match_p50_ms.sqlite", percentile(took_ms, 0.5), "ms", None, note),
        Figure("match_p99_ms.sqlite", percentile(took_ms, 0.99), "ms", None, note),
    ]
