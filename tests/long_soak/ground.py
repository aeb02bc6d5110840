"""Everything that a run needs, built and taken down: PBX, proxy, service, phones, pages."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp

from tests.long_soak.crowd import Crowd
from tests.long_soak.floor import Agent, Floor, Phone
from tests.long_soak.ledger import Ledger
from tests.long_soak.media import Studio
from tests.long_soak.oracles import Story
from tests.long_soak.plan import Wishes
from tests.long_soak.priority import come_first
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import agent_accounts, eventually
from tests.support.fault_proxy import FaultProxy
from tests.support.program import Pbx, Program
from tests.support.sip_phone import Trunk

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
FALLBACK_PHONES = 8
"""Phones of their own, so that who is in a call of the fallback is not called by the service."""
_LOGINS_AT_ONCE = 4


@dataclass
class Ground:
    """All that a fault can meet.

    Attributes:
        over: Stories of calls that have ended and were not looked at yet.
        begun_at: When callers began, on the wall clock.
        pbx_away: From when to when the PBX was killed, the last time.
    """

    wishes: Wishes
    folder: Path
    asterisk: Asterisk
    proxy: FaultProxy
    program: Program
    studio: Studio
    floor: Floor
    crowd: Crowd
    ledger: Ledger
    http: aiohttp.ClientSession
    over: list[Story]
    begun_at: float = 0.0
    lives: list[float] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The service's process."""
        process = self.program.process
        return process.pid if process is not None and process.returncode is None else 0

    async def health(self) -> int:
        """Return the status of ``/healthz``; 0: no answer within a second."""
        try:
            async with self.http.get(f"{self.program.url}/healthz") as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def metrics(self) -> str:
        """Return the text of ``/metrics``, "" if the service does not answer."""
        try:
            async with self.http.get(f"{self.program.url}/metrics") as answer:
                return await answer.text()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return ""

    async def start_service(self) -> None:
        """Start the service and do not wait for it."""
        await self.program.start(wait=False)
        self.lives.append(time.time())


@asynccontextmanager
async def built(wishes: Wishes, folder: Path) -> AsyncIterator[Ground]:
    """Build all, with agents at work and no caller yet."""
    async with AsyncExitStack() as stack:
        come_first(os.getpid())
        asterisk = stack.enter_context(Asterisk(_settings(wishes)))
        come_first(asterisk.pid or 0)
        over: list[Story] = []
        proxy = await stack.enter_async_context(FaultProxy(("127.0.0.1", asterisk.at.http_port)))
        keys = asterisk.keys
        pbx = Pbx(f"http://127.0.0.1:{proxy.port}", keys.ari_user, keys.ari_password)
        studio = Studio()
        stack.push_async_callback(studio.close)
        trunk = Trunk(asterisk.sip)
        await trunk.open(asterisk.trunk)
        stack.push_async_callback(trunk.close)
        program = await stack.enter_async_context(Program(folder, pbx, FLOWS))
        floor = await _staffed(stack, wishes, asterisk, program, studio)
        timeout = aiohttp.ClientTimeout(total=1)
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        yield Ground(
            wishes=wishes,
            folder=folder,
            asterisk=asterisk,
            proxy=proxy,
            program=program,
            studio=studio,
            floor=floor,
            crowd=Crowd(studio, floor, trunk, over.append),
            ledger=Ledger(program.engine, program.config, asterisk.cel_path),
            http=http,
            over=over,
            lives=[time.time()],
        )


def _settings(wishes: Wishes) -> AsteriskSettings:
    first = wishes.agents + 1
    fallback = [f"PJSIP/agent{n}" for n in range(first, first + FALLBACK_PHONES)]
    return AsteriskSettings(
        agents=wishes.agents + FALLBACK_PHONES,
        browsers=0,
        fallback_members=tuple(fallback),
        fallback_prompt="beep",
    )


async def _staffed(
    stack: AsyncExitStack, wishes: Wishes, asterisk: Asterisk, program: Program, studio: Studio
) -> Floor:
    random = Random(f"floor {wishes.seed}")
    phones = [
        Phone(account, asterisk.sip, studio, Random(random.random()))
        for account in agent_accounts(asterisk)
    ]
    for phone in phones:
        await phone.open()
        stack.push_async_callback(phone.close)
    await eventually(lambda: len(asterisk.online_phones()) >= len(phones), 30)
    agents = []
    for number, phone in enumerate(phones[: wishes.agents], 1):
        await program.add_agent(f"agent{number}", phone.name, ("sales", "support"))
        agents.append(
            Agent(f"agent{number}", phone, program.url, Random(f"agent {wishes.seed} {number}"))
        )
    floor = Floor(agents, phones[wishes.agents :])
    for first in range(0, len(agents), _LOGINS_AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for agent in agents[first : first + _LOGINS_AT_ONCE]:
                stack.push_async_callback(_close_page, agent)
                group.create_task(agent.page.log_in())
    await _keep(stack, *(agent.work() for agent in agents), floor.register())
    return floor


async def _close_page(agent: Agent) -> None:
    with suppress(aiohttp.ClientError, OSError):
        await agent.page.close()


async def _keep(stack: AsyncExitStack, *works: Coroutine[None, None, None]) -> None:
    """Run works until the end; one that fails by itself fails the run."""
    tasks = [asyncio.create_task(work) for work in works]

    async def end() -> None:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    stack.push_async_callback(end)
