"""Call set-up, side by side with app_queue on the same Asterisk.

Both serve the same call: dial, answer, menu prompt, a key, a queue, an agent's phone, a talk. Ours
goes through StasisBroadcast and the service as shipped, with 10,000 customers in its store, its
journal on, and a page open for each agent. app_queue is reached by a dialplan IVR. The order of
the runs is ours, app_queue, ours, in one Asterisk: what the machine does to one, it does to the
other. Call records (CEL to a file) are on for both, recording is off for both.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from msgspec import structs

from callcenter.benchmarks.figures import (
    BenchmarkFailed,
    Figure,
    drain_efficiency,
    mean,
    percentile,
)
from callcenter.benchmarks.lab import (
    APP_QUEUE,
    BACKLOG_KEY,
    OURS,
    QUEUE_KEY,
    LabAsterisk,
    lab_asterisk,
)
from callcenter.benchmarks.machine import REFERENCE_US, Load, cpu_s, work_us
from callcenter.benchmarks.served import (
    MENU_FLOW,
    Agent,
    OpenDesks,
    Pbx,
    ServedCentre,
    free_port,
    store_with_numbers,
)
from callcenter.benchmarks.sip_load import Outcome, Plan, SipLoad
from crm_store.seed import demo_number

CUSTOMERS = 10_000
BACKLOG_AGENTS = 10
BACKLOG_CALLS = 300
BACKLOG_TALK_S = 0.5
BACKLOG_CALLS_PER_S = 25.0
"""Faster than the agents can serve, so that the backlog stands from the second call on."""
ROUND_S = 6.0
IDLE_S = 2.0
_COMPLAINTS_TOLD = 5
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SetupOptions:
    """What the person at the command line chose."""

    agents: int = 100
    rates: tuple[float, ...] = (10.0, 60.0)
    """Calls a second; the figures are those of the last one."""
    rounds: int = 1
    """How often all is repeated."""
    asterisk_root: Path | None = None


@dataclass(slots=True)
class Side:
    """What was measured of one side at one load."""

    outcomes: list[Outcome] = field(default_factory=list)
    asterisk_ms: list[float] = field(default_factory=list)
    """CPU per call, of each run."""
    service_ms: list[float] = field(default_factory=list)
    load_ms: list[float] = field(default_factory=list)
    """CPU per call of the SIP load itself: how slow the machine was."""
    busy_cores: list[float] = field(default_factory=list)
    slowness: list[float] = field(default_factory=list)
    """CPU seconds that a second of the machine of the goals takes here, after each run."""

    def ring_ms(self, share: float) -> float:
        """Return a percentile from the key to the ring at the agent's phone."""
        return 1000 * percentile([s for o in self.outcomes for s in o.key_to_ring_s], share)

    def next_ring_ms(self, share: float) -> float:
        """Return a percentile from an agent's hang-up to the next ring at the same phone."""
        return 1000 * percentile([s for o in self.outcomes for s in o.next_ring_s], share)

    def efficiency(self) -> float:
        """Return the mean efficiency of draining the backlog."""
        handle_s = Plan("", "", 0, 1.0, talk_s=BACKLOG_TALK_S).handle_s
        return mean(
            [
                drain_efficiency(min(o.served, o.sent), BACKLOG_AGENTS, handle_s, o.drain_s)
                for o in self.outcomes
            ]
        )

    @property
    def cpu_ms(self) -> float:
        """CPU per call, of Asterisk and, on our side, of the service."""
        return mean(self.asterisk_ms) + (mean(self.service_ms) if self.service_ms else 0.0)

    def story(self) -> str:
        """Return what went wrong in the runs, "" if nothing did."""
        faults = [
            f"{sum(getattr(o, name) for o in self.outcomes)} {name}"
            for name in ("refused", "unfinished", "resent", "double_rings")
            if any(getattr(o, name) for o in self.outcomes)
        ]
        return ", ".join(faults)


Sides = dict[tuple[str, str], Side]
"""By who served (OURS or APP_QUEUE) and by load: "10", "60", "backlog"."""


async def run(options: SetupOptions, say: Say) -> list[Figure]:
    """Measure and return the figures; see the module.

    Raises:
        BenchmarkFailed: There is no Asterisk, or a part did not start.
    """
    sides: Sides = {}
    async with _bench(options, say) as bench:
        for load, plan in _programme(options):
            await bench.serve(load, plan, sides)
        bench.tell_complaints()
    return list(_figures(sides, options))


def _programme(options: SetupOptions) -> Iterator[tuple[str, Plan]]:
    """Yield the runs: the name of each load, and what is done."""
    for _ in range(options.rounds):
        for rate in options.rates:
            for dialled in (OURS, APP_QUEUE, OURS):
                yield f"{rate:g}", Plan(dialled, QUEUE_KEY, int(rate * ROUND_S), rate)
        for dialled in (OURS, APP_QUEUE):
            plan = Plan(dialled, BACKLOG_KEY, BACKLOG_CALLS, BACKLOG_CALLS_PER_S)
            yield "backlog", replace(plan, talk_s=BACKLOG_TALK_S)


@dataclass(slots=True)
class _Bench:
    asterisk: LabAsterisk
    service: ServedCentre
    load: SipLoad
    say: Say
    idle: dict[int, float] = field(default_factory=dict)
    """CPU seconds a second of each process when no calls are there."""

    async def serve(self, load: str, plan: Plan, sides: Sides) -> None:
        """Run a plan against whom it dials, and tell what came of it."""
        side = sides.setdefault((plan.dialled, load), Side())
        await self._run(plan, side)
        outcome, is_ours = side.outcomes[-1], plan.dialled == OURS
        service = f" + service {side.service_ms[-1]:.2f}" if is_ours else ""
        self.say(
            f"{'ours' if is_ours else 'app_queue':9} {load:>7}: "
            f"{outcome.served}/{outcome.sent} served, key to ring "
            f"{1000 * percentile(outcome.key_to_ring_s, 0.5):.1f} ms, CPU a call: Asterisk "
            f"{side.asterisk_ms[-1]:.1f}{service} ms, {side.busy_cores[-1]:.1f} cores busy "
            f"{side.story()}"
        )

    async def measure_idle(self) -> None:
        """Note what the processes use without calls."""
        pids = self._pids()
        before = [cpu_s(pid) for pid in pids]
        await asyncio.sleep(IDLE_S)
        for pid, used in zip(pids, before, strict=True):
            self.idle[pid] = (cpu_s(pid) - used) / IDLE_S

    def tell_complaints(self) -> None:
        """Tell what the service has logged: figures of a service with faults are to be doubted."""
        logged = [line for line in self.service.log().splitlines() if line.startswith("{")]
        for line in logged[:_COMPLAINTS_TOLD]:
            entry = json.loads(line)
            self.say(f"the service logged: {entry['event']} ({entry.get('error', '')})")
        if len(logged) > _COMPLAINTS_TOLD:
            self.say(f"... and {len(logged) - _COMPLAINTS_TOLD} lines more")

    async def _run(self, plan: Plan, side: Side) -> None:
        numbers = [demo_number(order).canonical for order in range(plan.calls)]
        pids = [*self._pids(), os.getpid()]
        before, began_at, machine = [cpu_s(pid) for pid in pids], perf_counter(), Load()
        outcome = await self.load.run(plan, numbers)
        took_s = perf_counter() - began_at
        used = [
            1000 * (cpu_s(pid) - spent - self.idle.get(pid, 0.0) * took_s) / max(outcome.served, 1)
            for pid, spent in zip(pids, before, strict=True)
        ]
        side.outcomes.append(outcome)
        side.asterisk_ms.append(used[0])
        side.load_ms.append(used[2])
        if plan.dialled == OURS:
            side.service_ms.append(used[1])
        side.busy_cores.append(machine.busy_cores())
        side.slowness.append(work_us() / REFERENCE_US)
        await asyncio.sleep(1.0)

    def _pids(self) -> list[int]:
        if self.asterisk.pid is None:
            raise BenchmarkFailed(f"Asterisk ended:\n{self.asterisk.log()[-2000:]}")
        return [self.asterisk.pid, self.service.pid]


@asynccontextmanager
async def _bench(options: SetupOptions, say: Say) -> AsyncIterator[_Bench]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="callcenter-bench-")))
        names = [f"ag{order}" for order in range(options.agents + BACKLOG_AGENTS)]
        front, back = names[: options.agents], names[options.agents :]
        agents_port = free_port()
        asterisk = lab_asterisk(options.asterisk_root, front, back, agents_port)
        stack.callback(asterisk.close)
        say(f"Starting Asterisk with {len(names)} phones ...")
        await asyncio.to_thread(stack.enter_context, asterisk)
        load = SipLoad(asterisk.sip, asterisk.trunk, agents_port)
        stack.callback(load.close)
        await load.open()
        keys = asterisk.keys
        pbx = Pbx(asterisk.ari_url.removesuffix("/ari"), keys.ari_user, keys.ari_password)
        service = ServedCentre(folder, pbx, MENU_FLOW)
        say("Starting the service and opening the agents' pages ...")
        people = [Agent(name, f"PJSIP/{name}", "bench") for name in front]
        people += [Agent(name, f"PJSIP/{name}", "backlog") for name in back]
        await service.prepare(await store_with_numbers(CUSTOMERS), people)
        await stack.enter_async_context(service)
        await stack.enter_async_context(OpenDesks(service.url, service.tokens))
        bench = _Bench(asterisk, service, load, say)
        await _warm_up(load)
        await bench.measure_idle()
        say("Measuring ...")
        yield bench


async def _warm_up(load: SipLoad) -> None:
    """Let both sides serve a few calls that are not counted."""
    for dialled in (OURS, APP_QUEUE):
        plan = Plan(dialled, QUEUE_KEY, 20, 10.0, patience_s=10.0)
        numbers = [demo_number(order).canonical for order in range(plan.calls)]
        outcome = await load.run(plan, numbers)
        if outcome.served < plan.calls:
            raise BenchmarkFailed(f"calls to {dialled} are not served: {outcome}")


def _figures(sides: Sides, options: SetupOptions) -> Iterator[Figure]:
    last = f"{options.rates[-1]:g}"
    ours, theirs = sides[OURS, last], sides[APP_QUEUE, last]
    back, their_back = sides[OURS, "backlog"], sides[APP_QUEUE, "backlog"]
    at = f"{options.agents} agents, {last} calls/s"
    drain = f"{BACKLOG_CALLS} calls, {BACKLOG_AGENTS} agents, {BACKLOG_TALK_S:g} s talk"
    main = [
        Figure(
            "ring_latency_ratio",
            ours.ring_ms(0.5) / theirs.ring_ms(0.5),
            "ratio",
            1.0,
            f"last key to INVITE at the agent, p50, {at}: "
            f"ours {ours.ring_ms(0.5):.1f} ms, app_queue {theirs.ring_ms(0.5):.1f} ms",
        ),
        Figure(
            "cpu_per_call_ratio",
            ours.cpu_ms / theirs.cpu_ms,
            "ratio",
            1.0,
            f"{at}: ours Asterisk {mean(ours.asterisk_ms):.2f} + service "
            f"{mean(ours.service_ms):.2f} ms, app_queue {theirs.cpu_ms:.2f} ms; SIP load "
            f"{mean(ours.load_ms):.2f} and {mean(theirs.load_ms):.2f} ms",
        ),
        Figure("next_ring_p95_ms", back.next_ring_ms(0.95), "ms", their_back.next_ring_ms(0.95),
               f"agent's hang-up to the next ring there; {drain}"),
        Figure("drain_efficiency", back.efficiency(), "share", their_back.efficiency(),
               f"ideal time / time taken; {drain}"),
        Figure("service_cpu_ms_per_call", mean(ours.service_ms), "ms", None,
               f"the service's process, {at}, {mean(ours.busy_cores):.1f} cores busy in all; "
               f"divided by the machine's slowness "
               f"{mean(ours.service_ms) / mean(ours.slowness):.2f} ms"),
    ]  # fmt: skip
    yield from main
    for figure in main:
        yield structs.replace(figure, metric=f"{figure.metric}.agents_{options.agents}")
    yield from _details(sides)


def _details(sides: Sides) -> Iterator[Figure]:
    for load in dict.fromkeys(load for _, load in sides):
        ours, theirs = sides[OURS, load], sides[APP_QUEUE, load]
        story = "; ".join(
            filter(None, (ours.story(), theirs.story() and f"app_queue: {theirs.story()}"))
        )
        if load == "backlog":
            yield Figure(
                "next_ring_p50_ms", ours.next_ring_ms(0.5), "ms", theirs.next_ring_ms(0.5), story
            )
            yield Figure("drain_s", mean([o.drain_s for o in ours.outcomes]), "s",
                         mean([o.drain_s for o in theirs.outcomes]))  # fmt: skip
            continue
        for share in (0.5, 0.95, 0.99):
            name = f"ring_p{100 * share:g}_ms.cps_{load}"
            yield Figure(name, ours.ring_ms(share), "ms", theirs.ring_ms(share), story)
        for name, mine, other in (
            ("asterisk_cpu_ms_per_call", ours.asterisk_ms, theirs.asterisk_ms),
            ("sip_load_cpu_ms_per_call", ours.load_ms, theirs.load_ms),
            ("busy_cores", ours.busy_cores, theirs.busy_cores),
            ("machine_slowness", ours.slowness, theirs.slowness),
        ):
            unit = {"busy_cores": "cores", "machine_slowness": "ratio"}.get(name, "ms")
            yield Figure(f"{name}.cps_{load}", mean(mine), unit, mean(other))
        yield Figure(f"service_cpu_ms_per_call.cps_{load}", mean(ours.service_ms), "ms")
