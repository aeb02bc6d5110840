"""One scenario, two worlds: the real Asterisk with real SIP phones, and the model of it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.scheduler import LoopScheduler
from ivr_flows.prompt_store import duration_ms, prompt_names
from tests.support.agent_page import AgentPage
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import no_channels, running_asterisk, sip_phones
from tests.support.phones import Phones
from tests.support.program import Pbx, Program
from tests.support.simulated_phones import model_phones

FLOWS = Path(__file__).with_name("flows")
AGENTS = {"anna": "PJSIP/agent1", "ben": "PJSIP/agent2"}


@dataclass
class World:
    """The program on its PBX, phones, and people's pages."""

    phones: Phones
    program: Program
    stack: AsyncExitStack
    is_real: bool

    async def page(self, login: str, topic: str = "desk") -> AgentPage:
        """Return a person's page."""
        page = AgentPage(self.program.url, login, topic)
        self.stack.push_async_callback(page.close)
        return await page.open()

    async def agent(self, login: str = "anna") -> AgentPage:
        """Return the page of an agent who takes calls."""
        page = await self.page(login)
        await page.ready()
        return page


@pytest.fixture(scope="session")
def real_asterisk() -> Iterator[Asterisk]:
    with running_asterisk() as instance:
        yield instance


@pytest.fixture(params=["model", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        if request.param == "asterisk":
            pbx, phones = await _real(request.getfixturevalue("real_asterisk"), stack)
        else:
            pbx, phones = await modelled_pbx(stack)
        program = Program(tmp_path, pbx, FLOWS)
        await stack.enter_async_context(program)
        for login, station in AGENTS.items():
            await program.add_agent(login, station, ("sales", "support", "together", "care"))
        await program.add_supervisor("sue")
        failed_before = request.session.testsfailed
        yield World(phones, program, stack, is_real=request.param == "asterisk")
        if request.session.testsfailed > failed_before:
            sys.stderr.write(f"---- log of the service\n{program.log()[-8000:]}\n----\n")


async def _real(asterisk: Asterisk, stack: AsyncExitStack) -> tuple[Pbx, Phones]:
    await no_channels(asterisk)
    phones = await stack.enter_async_context(sip_phones(asterisk))
    url = asterisk.ari_url.removesuffix("/ari")
    return Pbx(url, asterisk.keys.ari_user, asterisk.keys.ari_password), phones


async def modelled_pbx(stack: AsyncExitStack) -> tuple[Pbx, Phones]:
    """Return the model of Asterisk and its phones."""
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(7), prompt_ms=_prompt_ms)
    server = AriServer(model, "callcenter", "secret")
    port = await server.start()
    stack.push_async_callback(server.stop)
    return Pbx(f"http://127.0.0.1:{port}", "callcenter", "secret"), model_phones(
        model, list(AGENTS.values())
    )


def _prompt_ms(media: str) -> int | None:
    name = media.rpartition("/")[2].removesuffix(".ulaw")
    return duration_ms(name) if name in prompt_names() else None
