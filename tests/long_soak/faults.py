"""Carries out the faults of a plan, each to its end."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.long_soak.floor import Agent, Phone
from tests.long_soak.ground import Ground
from tests.long_soak.plan import Fault, Kind
from tests.long_soak.priority import come_first
from tests.support.cpu_quota import cpu_quota
from tests.support.fault_proxy import Kind as Connection

_EVENTS, _COMMANDS = Connection.EVENTS, Connection.COMMANDS
_SETTLED_S = 0.5
STARVED_SHARE = 0.05


async def carry_out(ground: Ground, fault: Fault) -> None:
    """Do harm, for as long as drawn, and mend it."""
    harm: dict[Kind, Callable[[Ground, Fault], Awaitable[None]]] = {
        Kind.KILL: _kill,
        Kind.FREEZE: _freeze,
        Kind.DATABASE: _lock_database,
        Kind.STARVED: _starve,
        Kind.PAGES: _lose_pages,
        Kind.PHONES: _kill_phones,
        Kind.HANG_UPS: _hang_up,
        Kind.PBX_KILL: _kill_pbx,
    }
    await harm.get(fault.kind, _harm_connection)(ground, fault)


async def _kill(ground: Ground, fault: Fault) -> None:
    await ground.program.kill()
    await asyncio.sleep(fault.lasts_s)
    await ground.start_service()


async def _freeze(ground: Ground, fault: Fault) -> None:
    ground.program.freeze()
    try:
        await asyncio.sleep(fault.lasts_s)
    finally:
        ground.program.thaw()


async def _harm_connection(ground: Ground, fault: Fault) -> None:
    proxy = ground.proxy
    try:
        match fault.kind:
            case Kind.CUT:
                proxy.cut(_EVENTS)
            case Kind.EVENTS_DEAD:
                proxy.blackhole(_EVENTS)
            case Kind.SLOW:
                proxy.delay(0.2 + 2.3 * fault.strength, _COMMANDS)
            case Kind.FAILING:
                proxy.fail(_COMMANDS)
            case Kind.PBX_AWAY:
                proxy.blackhole(_EVENTS, _COMMANDS)
            case _:
                await _reset_often(ground, fault)
                return
        await asyncio.sleep(fault.lasts_s)
    finally:
        if fault.kind is Kind.PBX_AWAY:
            proxy.reset(_EVENTS, _COMMANDS)
        proxy.heal(_EVENTS, _COMMANDS)


async def _reset_often(ground: Ground, fault: Fault) -> None:
    until = time.monotonic() + fault.lasts_s
    while time.monotonic() < until:
        ground.proxy.reset(_COMMANDS)
        await asyncio.sleep(0.2 + fault.strength)


async def _lock_database(ground: Ground, fault: Fault) -> None:
    path = Path(ground.program.database.removeprefix("sqlite:///"))
    with _locked(path):
        await asyncio.sleep(fault.lasts_s)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the only right to write, as a backup or a wild query does."""
    with closing(sqlite3.connect(path, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.rollback()


async def _starve(ground: Ground, fault: Fault) -> None:
    with cpu_quota(ground.pid, STARVED_SHARE):
        await asyncio.sleep(fault.lasts_s)


async def _lose_pages(ground: Ground, fault: Fault) -> None:
    lost = _some(ground.floor.agents, fault.strength)
    for agent in lost:
        await agent.vanish()
    await asyncio.sleep(fault.lasts_s)
    for agent in lost:
        agent.is_away = False


def _some(agents: Sequence[Agent], strength: float) -> list[Agent]:
    """Return up to a quarter of the agents."""
    count = max(1, round(len(agents) * strength / 4))
    first = int(strength * 997) % len(agents)
    return [agents[(first + n) % len(agents)] for n in range(count)]


async def _kill_phones(ground: Ground, fault: Fault) -> None:
    dead: list[Phone] = [agent.phone for agent in _some(ground.floor.agents, fault.strength)]
    for phone in dead:
        await phone.die()
    await asyncio.sleep(fault.lasts_s)
    for phone in dead:
        await phone.come_back()


async def _hang_up(ground: Ground, _: Fault) -> None:
    ground.crowd.hang_up()
    await asyncio.sleep(_SETTLED_S)


async def _kill_pbx(ground: Ground, fault: Fault) -> None:
    """Nobody calls meanwhile: who dials a PBX that is not there hears the carrier."""
    ground.crowd.is_paused = True
    try:
        await asyncio.to_thread(ground.asterisk.kill)
        ground.crowd.cut_off()
        await asyncio.sleep(fault.lasts_s)
        await asyncio.to_thread(ground.asterisk.start)
        come_first(ground.asterisk.pid or 0)
        for phone in ground.floor.phones:
            with suppress(OSError):
                await phone.come_back()
    finally:
        ground.crowd.is_paused = False
