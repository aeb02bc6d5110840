"""The program on the real Asterisk, with a proxy between them that can do harm."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.support.agent_page import AgentPage
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import no_channels, running_asterisk, sip_phones
from tests.support.fault_proxy import FaultProxy
from tests.support.program import DNIS, Pbx, Program
from tests.support.sip_phone import SipCaller, SipPhones
from tests.support.sip_station import SipStation

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"


@dataclass
class Site:
    """All that a fault can meet.

    Attributes:
        asterisk: The PBX.
        proxy: Between the program and the PBX.
        phones: Callers on the trunk and agents' phones.
        program: The service.
        stack: Closes what a test opens.
    """

    asterisk: Asterisk
    proxy: FaultProxy
    phones: SipPhones
    program: Program
    stack: AsyncExitStack

    async def page(self, login: str = "anna") -> AgentPage:
        """Return the page of an agent on a break."""
        page = AgentPage(self.program.url, login)
        self.stack.push_async_callback(page.close)
        return await page.open()

    async def agent(self, login: str = "anna") -> AgentPage:
        """Return the page of an agent who takes calls."""
        page = await self.page(login)
        await page.ready()
        return page

    def station(self) -> SipStation:
        """Return anna's phone."""
        return self.phones.station("PJSIP/agent1")

    async def waiting(self, ani: str = "+12125550147") -> SipCaller:
        """Return a caller who has chosen sales in the menu."""
        caller = await self.phones.dial(ani, DNIS, "Customer")
        await caller.wait_answered(5)
        await caller.press("1")
        return caller

    async def talking(self, ani: str = "+12125550147") -> tuple[AgentPage, SipCaller]:
        """Return anna's page and the caller she talks to."""
        anna = await self.agent()
        caller = await self.waiting(ani)
        await self.station().wait_ringing(3)
        await self.station().answer()
        await anna.until_call("talking")
        await self.station().wait_in_call(3)
        return anna, caller

    async def health(self) -> int:
        """Return the status of ``/healthz``; 0: no answer within a second."""
        timeout = aiohttp.ClientTimeout(total=1)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(f"{self.program.url}/healthz") as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


async def until_healthy(site: Site, status: int = 200, timeout_s: float = 10.0) -> None:
    """Wait until the service takes calls, or says that it takes none (503)."""
    async with asyncio.timeout(timeout_s):
        for pause_s in itertools.repeat(0.05):
            if await site.health() == status:
                return
            await asyncio.sleep(pause_s)


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    with running_asterisk() as instance:
        yield instance


@pytest.fixture
async def site(asterisk: Asterisk, tmp_path: Path) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        await no_channels(asterisk)
        phones = await stack.enter_async_context(sip_phones(asterisk))
        proxy = await stack.enter_async_context(FaultProxy(("127.0.0.1", asterisk.at.http_port)))
        keys = asterisk.keys
        pbx = Pbx(f"http://127.0.0.1:{proxy.port}", keys.ari_user, keys.ari_password)
        program = await stack.enter_async_context(Program(tmp_path, pbx, FLOWS))
        await program.add_agent("anna", "PJSIP/agent1", ("sales", "support"))
        await program.add_agent("ben", "PJSIP/agent2", ("sales", "support"))
        yield Site(asterisk, proxy, phones, program, stack)
