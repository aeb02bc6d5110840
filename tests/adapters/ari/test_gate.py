"""So many at once, the most urgent first, nobody for ever."""

import asyncio
from collections.abc import Awaitable

import pytest

from callcenter.adapters.ari.gate import Gate, Shed
from callcenter.core.vitals.limits import Urgency
from tests.support.virtual_time import virtual


class Door:
    """Several who want through one gate."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.entered: list[str] = []
        self.shed: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    def comes(self, name: str, urgency: Urgency, wait_s: float = 10.0) -> None:
        self.tasks.append(asyncio.ensure_future(self._go(name, urgency, wait_s)))

    async def _go(self, name: str, urgency: Urgency, wait_s: float) -> None:
        try:
            await self.gate.enter(urgency, wait_s)
        except Shed:
            self.shed.append(name)
        else:
            self.entered.append(name)

    async def all_through(self) -> None:
        for task in self.tasks:
            await task


async def a_moment() -> None:
    await asyncio.sleep(0.001)


@virtual
async def test_who_is_most_urgent_goes_first_and_the_earlier_of_equals():
    gate = Gate(1, 10)
    door = Door(gate)
    for name, urgency in (
        ("inside", Urgency.NEW),
        ("new", Urgency.NEW),
        ("queued", Urgency.QUEUED),
        ("talk 1", Urgency.TALKING),
        ("talk 2", Urgency.TALKING),
    ):
        door.comes(name, urgency)
        await a_moment()
    for _ in range(4):
        gate.leave()
        await a_moment()
    await door.all_through()
    assert door.entered == ["inside", "talk 1", "talk 2", "queued", "new"]
    assert (gate.inside, gate.waiting) == (1, 0)


@virtual
async def test_when_nobody_more_may_wait_the_least_urgent_goes_away():
    gate = Gate(0, 2)
    door = Door(gate)
    door.comes("new 1", Urgency.NEW)
    door.comes("new 2", Urgency.NEW)
    await a_moment()
    door.comes("talk", Urgency.TALKING)
    door.comes("new 3", Urgency.NEW)
    await a_moment()
    assert door.shed == ["new 2", "new 3"] or door.shed == ["new 3", "new 2"]
    assert gate.shed[Urgency.NEW] == 2
    gate.limit = 2
    gate.admit()
    await door.all_through()
    assert door.entered == ["talk", "new 1"]


@virtual
async def test_who_has_waited_long_enough_goes_away():
    gate = Gate(0, 10)
    door = Door(gate)
    door.comes("new", Urgency.NEW, wait_s=0.5)
    await asyncio.sleep(0.6)
    assert door.shed == ["new"]
    assert (gate.inside, gate.waiting, gate.shed[Urgency.NEW]) == (0, 0, 1)


@virtual
async def test_who_is_cancelled_takes_no_place_with_them():
    gate = Gate(1, 10)
    assert gate.try_enter()
    waiting = asyncio.ensure_future(gate.enter(Urgency.QUEUED, 10))
    both = asyncio.ensure_future(gate.enter(Urgency.QUEUED, 10))
    await a_moment()
    waiting.cancel()
    gate.leave()  # in the same round: its place must go to the next
    await both
    assert (gate.inside, gate.waiting) == (1, 0)
    with pytest.raises(asyncio.CancelledError):
        await waiting


@virtual
async def test_who_is_let_in_while_giving_up_gives_the_place_back():
    gate = Gate(1, 10)
    assert gate.try_enter()
    waiting = asyncio.ensure_future(gate.enter(Urgency.QUEUED, 10))
    await a_moment()
    gate.leave()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (gate.inside, gate.waiting) == (0, 0)


@virtual
async def test_nobody_overtakes_those_who_wait():
    gate = Gate(1, 10)
    assert gate.try_enter()
    waiting: Awaitable[None] = asyncio.ensure_future(gate.enter(Urgency.NEW, 10))
    await a_moment()
    gate.limit = 2
    assert not gate.try_enter()
    gate.admit()
    await waiting
    assert gate.was_full
