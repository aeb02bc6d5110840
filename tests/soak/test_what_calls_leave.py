"""Nothing stays of a call that is over: whatever the service holds is as it was before.

Whole calls through the whole engine on the virtual clock: menus, queues, rings, talks, after-call
work, pages. A container that is filled by calls and emptied by nobody is found here by its name.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random

from callcenter.adapters.ari.events import KEYS_REMEMBERED
from callcenter.adapters.ari.history import GONE_REMEMBERED
from callcenter.core.remembered import KEPT
from callcenter.core.vitals.windows import MOST_SAMPLES
from callcenter.runtime.topics import RING, Frame
from callcenter.simulation.callers import Crowd, Habits
from callcenter.simulation.virtual_agents import VirtualAgent
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.soak.day import Day
from callcenter.soak.life import Life
from callcenter.soak.plan import LINES
from tests.support.holdings import container_sizes, living

CALLS = 100
QUIET_S = 300.0
"""All after-call work has run out by then."""
BOUNDED = {
    "History._bits": GONE_REMEMBERED,
    "History._gone": GONE_REMEMBERED,
    "History._arrivals": GONE_REMEMBERED,
    "Translator._keys": KEYS_REMEMBERED,
    "Translator._keys{}": 3 * KEYS_REMEMBERED,
    "Remembered._members": KEPT,
    "Samples._values": MOST_SAMPLES,
    "AriMetrics._request_times": 40,
    "AriMetrics._event_counts": 40,
}
"""What remembers calls that are over, on purpose, and how much at most; and kinds of messages."""
RECORDED = (
    "callcenter.core.call.facts",
    "callcenter.core.acd.facts",
    "callcenter.core.call.messages",
)
"""Kept by the disk of the simulation, and by what it knows of the after-call work."""


@dataclass(frozen=True, slots=True)
class _Reception:
    life: Life

    def open_page(self, agent: VirtualAgent) -> bool:
        if self.life.is_up:
            self.life.open_page(agent)
        return self.life.is_up


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What the service holds while nobody calls."""

    sizes: Counter[str]
    objects: Counter[str]
    frames: Counter[str]
    legs_there: int
    open_calls: int


class _Office:
    """A service without faults, with agents at work."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._day = Day(loop, 1)
        self.life = Life(self._day.ground, 1)
        self._agents = [
            VirtualAgent(agent.profile, agent.station, _Reception(self.life), Random(number))
            for number, agent in enumerate(self._day.agents)
        ]

    async def open(self) -> None:
        self.life.begin()
        await asyncio.sleep(1)
        for agent in self._agents:
            agent.open_page()

    async def serve(self, calls: int, seed: int) -> _Holdings:
        ground = self._day.ground
        habits = Habits(calls_per_minute=25.0, dialled=LINES, known=self._day.crowd.habits.known)
        crowd = Crowd(ground.model, ground.phones, habits, Random(seed), limit=calls)
        crowd.start()
        while not crowd.is_done:  # noqa: ASYNC110  (nobody tells)
            await asyncio.sleep(10)
        await asyncio.sleep(QUIET_S)
        self._loop.forget_done()
        return self._look()

    def _look(self) -> _Holdings:
        engine = self.life.engine
        parts = (engine, self.life.supervisor, self.life._desks)
        sizes = container_sizes(*parts, closed=(Frame,))
        history = engine.link._telephony._history  # type: ignore[attr-defined]
        return _Holdings(
            sizes=sizes,
            objects=living("callcenter.core", "callcenter.runtime", without=RECORDED),
            frames=Counter({name: len(t.frames) for name, t in engine.fanout._topics.items()}),
            legs_there=len(history) - history.gone_count,
            open_calls=len(engine.node.centre.calls),
        )


async def _two_looks(loop: VirtualLoop) -> tuple[_Holdings, _Holdings]:
    office = _Office(loop)
    await office.open()
    before = await office.serve(CALLS, 1)
    after = await office.serve(2 * CALLS, 2)
    office.life.die(written=True)
    return before, after


def test_what_the_service_holds_is_as_before() -> None:
    before, after = run(_two_looks)
    assert before.open_calls == after.open_calls == 0
    assert before.legs_there == after.legs_there == 0
    assert after.sizes["Centre.pools"] == 1, "the walk reaches the state"
    assert _grown(before.sizes, after.sizes) <= BOUNDED.keys() | {"Topic.frames"}
    assert all(after.sizes[name] <= most for name, most in BOUNDED.items())
    assert all(count <= RING for count in after.frames.values())
    assert _grown(before.objects, after.objects) <= {"callcenter.runtime.topics.Frame"}


def _grown(before: Counter[str], after: Counter[str]) -> set[str]:
    return {name for name in after if after[name] > before[name]}
