"""``callcenter bench overload``: ten times the usual calls for 20 s, on a PBX that cannot do them.

What is promised: calls that were taken are served as quickly as ever, those that were not are in
the fallback queue at once, and ten seconds after the storm every call is taken again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.adapters.system_clock import SystemClock
from callcenter.benchmarks.crowded_floor import MAIN_NUMBER, CrowdedFloor, Journey, Narrow
from callcenter.benchmarks.figures import Figure, percentile
from callcenter.config import Config, parse_config
from callcenter.core.call.messages import Outcome
from callcenter.core.ids import Ms
from callcenter.ports.clock import Clock

CONFIG = """
asterisk: {user: bench, password: unused}
queues: {sales: {}, support: {wrap_up: 1 min}}
default_flow: short
"""


@dataclass(frozen=True, slots=True)
class OverloadOptions:
    """The storm."""

    usual_per_s: float = 12.0
    factor: float = 10.0
    before_s: float = 10.0
    storm_s: float = 20.0
    after_s: float = 25.0
    seed: int = 1
    narrow: Narrow = field(default_factory=Narrow)


@dataclass(frozen=True, slots=True)
class Storm:
    """What happened; instants in milliseconds of the floor's clock."""

    begins_at: Ms
    ends_at: Ms
    offered_after: int
    """Calls that came when the storm had been over for ten seconds."""
    left_at: Sequence[Ms]
    """When calls were left to the fallback, in order."""
    journeys: Sequence[Journey]
    highest_level: int
    fallbacks: Sequence[str]
    """Why callers came to the fallback, as the PBX saw it."""

    @property
    def recovery_s(self) -> float:
        """From the end of the storm until the last call that was left."""
        late = [at for at in self.left_at if at > self.ends_at]
        return (late[-1] - self.ends_at) / 1_000 if late else 0.0

    def of(self, begin: Ms, end: Ms) -> list[Journey]:
        """Return the calls that were taken between two instants."""
        return [call for call in self.journeys if begin <= call.arrived_at < end]


async def run(options: OverloadOptions, say: Callable[[str], None]) -> list[Figure]:
    """Measure on this machine's time."""
    say(f"{options.before_s + options.storm_s + options.after_s:.0f} s of calls ...")
    return figures(await storm(options, SystemClock()))


async def storm(options: OverloadOptions, clock: Clock) -> Storm:
    """Let calls come: the usual ones, the storm, the usual ones again."""
    config = bench_config()
    floor = await CrowdedFloor(config, options.narrow, clock, options.seed).start()
    watch = _Watch(floor)
    now = floor.organs.node.now
    try:
        await watch.dial(options.usual_per_s, options.before_s)
        begins_at = now()
        await watch.dial(options.usual_per_s * options.factor, options.storm_s)
        ends_at = now()
        await watch.dial(options.usual_per_s, 10.0)
        before = watch.dialled
        await watch.dial(options.usual_per_s, options.after_s - 10.0)
        after = watch.dialled - before
        await watch.all_over()
    finally:
        await floor.stop()
    return Storm(
        begins_at,
        ends_at,
        after,
        watch.left_at,
        list(floor.journeys.by_call.values()),
        watch.highest_level,
        [why for _, why in floor.model.pbx.fallbacks],
    )


def bench_config() -> Config:
    """Return the settings of the floor: the shipped short flow, straight to a queue."""
    return parse_config(CONFIG, "bench", Path(), {})


def figures(found: Storm) -> list[Figure]:
    """Return what a storm tells."""
    usual = _ring_p95_ms(found.of(0, found.begins_at))
    in_storm = found.of(found.begins_at, found.ends_at)
    after = found.of(found.ends_at + 10_000, found.ends_at + 10_000_000)
    served = [call for call in found.journeys if call.outcome is Outcome.ANSWERED]
    return [
        Figure("ring_p95_ms.before", usual, "ms", None, "arrival to the agent's ring"),
        Figure("ring_p95_ms.storm", _ring_p95_ms(in_storm), "ms", usual, "calls that were taken"),
        Figure("ring_p95_ms.after", _ring_p95_ms(after), "ms", usual, "from 10 s after it on"),
        Figure("taken_in_storm", len(in_storm), "calls"),
        Figure("left_to_fallback", len(found.fallbacks), "calls"),
        Figure("taken_and_not_served", len(found.journeys) - len(served), "calls"),
        Figure("recovery_s", found.recovery_s, "s", 10.0, "until no call is left any more"),
        Figure("highest_level", found.highest_level, "level", 4.0),
    ]


def _ring_p95_ms(calls: Sequence[Journey]) -> float:
    return percentile([c.rang_at - c.arrived_at for c in calls if c.rang_at is not None], 0.95)


class _Watch:
    """Dials, and looks at what the floor does about it."""

    def __init__(self, floor: CrowdedFloor) -> None:
        self._floor = floor
        self.dialled = 0
        self.left_at: list[Ms] = []
        self.highest_level = 0
        self._left = 0

    async def dial(self, per_s: float, for_s: float) -> None:
        """Let calls come evenly."""
        loop = asyncio.get_running_loop()
        began, first = loop.time(), self.dialled
        while (passed_s := loop.time() - began) < for_s:
            while self.dialled - first < passed_s * per_s:
                self._floor.phones.start_call(f"+1202555{self.dialled:04d}", MAIN_NUMBER)
                self.dialled += 1
            self._look()
            await asyncio.sleep(0.01)

    async def all_over(self) -> None:
        """Wait until nobody is in our hands any more."""
        async with asyncio.timeout(60):
            while self._floor.organs.node.centre.calls:
                self._look()
                await asyncio.sleep(0.05)

    def _look(self) -> None:
        left = len(self._floor.model.pbx.fallbacks)
        if left > self._left:
            self._left = left
            self.left_at.append(self._floor.organs.node.now())
        self.highest_level = max(self.highest_level, int(self._floor.vitals.level))
