"""Defects of Asterisk 22.10 that we live around: each is provoked, and we come out whole.

When one of the provocations fails here, Asterisk has mended it: see what may be simplified.
Elsewhere: legs ended while they are made (``test_ari_legs``), the caller left alone behind a long
lease (``test_dead_service``).
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from callcenter.core.call.messages import LegAnswered, LegEnd, LegEnded, LegRinging
from callcenter.core.ids import LegId
from tests.asterisk.ari_node import Node, running_node
from tests.support.agent_page import AgentPage
from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings
from tests.support.asterisk_fixture import eventually, no_channels, running_asterisk, sip_phones
from tests.support.phones import Answers, CallFailed
from tests.support.program import DNIS, READY_S, Pbx, Program
from tests.support.sip_phone import SipPhones

pytestmark = pytest.mark.asterisk

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
AGENT = "PJSIP/agent2"
SETTINGS = AsteriskSettings(agents=2, browsers=0, fallback_prompt="beep")


@pytest.fixture
def own() -> Iterator[Asterisk]:
    """An Asterisk that may be spoilt; one that is takes 15 s to stop, so it is killed."""
    with running_asterisk(SETTINGS) as instance:
        yield instance
        instance.kill()


def _conflicts(node: Node) -> float:
    name = "callcenter_ari_channel_id_conflicts_total"
    return node.registry.get_sample_value(name) or 0.0


async def test_our_ids_never_meet_the_prefix_that_is_refused(own: Asterisk):
    """An id that begins like a live one is refused (409); ours all have the same length."""
    async with sip_phones(own), running_node(own) as node:
        call_id = node.call_id()
        leg_id = await node.ring(call_id, AGENT)
        await node.wait(LegRinging)
        refused = await node.ring(call_id, "PJSIP/agent1", leg_id=LegId(leg_id[:-1]))
        assert await node.wait_ended(refused) == LegEnded(refused, LegEnd.UNREACHABLE)
        assert _conflicts(node) == 1, "the operator is told"

        for _ in range(20):
            other = await node.ring(call_id, "PJSIP/agent1")
            await node.wait(LegRinging, partial(_is_of, other))
            await _end(own, other)
            await node.wait_ended(other)
        assert _conflicts(node) == 1
        await _end(own, leg_id)
        await node.wait_ended(leg_id)


def _is_of(leg_id: LegId, told: LegRinging) -> bool:
    return told.leg_id == leg_id


async def _end(asterisk: Asterisk, leg_id: LegId) -> None:
    async with AriProbe(asterisk, app="cc-other") as probe:
        await probe.command("DELETE", f"channels/{leg_id}")


async def test_a_refused_id_spoils_the_graceful_restart_but_not_ours(own: Asterisk):
    async with sip_phones(own) as phones, running_node(own) as node:
        leg_id = await node.ring(node.call_id(), AGENT)
        await node.wait(LegRinging)
        refused = await node.ring(node.call_id(), AGENT, leg_id=LegId(leg_id[:-1]))
        await node.wait_ended(refused)
        await _end(own, leg_id)
        await no_channels(own)

        before = own.pid
        # The console waits for its end.
        restart = asyncio.create_task(asyncio.to_thread(own.cli, "core restart gracefully"))
        await asyncio.sleep(1)
        caller = await phones.dial("+4930111", DNIS)
        with pytest.raises(CallFailed, match="503"):
            await caller.wait_answered(3)
        assert not restart.done(), "it waits for a channel that is not there"
        assert own.pid == before
        await asyncio.to_thread(own.cli, "core abort shutdown")
        await restart
    # What we tell the operator instead: no channel is left, end it, start it.
    await asyncio.to_thread(own.kill)
    await asyncio.to_thread(own.start)
    async with sip_phones(own) as phones, running_node(own) as node:
        served, _ = await node.take(phones)
        await served.hang_up()


async def test_drain_pbx_waits_for_the_last_channel_and_then_it_may_be_restarted(
    own: Asterisk, tmp_path: Path
):
    async with sip_phones(own) as phones, Program(tmp_path, _place(own), FLOWS) as program:
        async with AriProbe(own, app="cc-idle") as probe:
            await probe.beat(age_s=60)
            in_fallback = await phones.dial("+4930111", DNIS)
            await in_fallback.wait_answered(2.5)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter.cli", "drain", "--pbx",
            "--config", str(program.config), stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert process.stderr is not None
        told = ""
        async with asyncio.timeout(READY_S):
            while "in the fallback" not in told:
                told += (await process.stderr.readline()).decode()
        assert "Nothing is left: the service may be stopped." in told
        assert process.returncode is None, "somebody is on the line"
        await in_fallback.hang_up()
        async with asyncio.timeout(READY_S):
            told += (await process.stderr.read()).decode()
            assert await process.wait() == 0, told
        assert "No channel is left on the PBX" in told
        assert own.channel_count() == 0


def _place(asterisk: Asterisk) -> Pbx:
    url = asterisk.ari_url.removesuffix("/ari")
    return Pbx(url, asterisk.keys.ari_user, asterisk.keys.ari_password)


@pytest.fixture
async def program(
    asterisk: Asterisk, phones: SipPhones, tmp_path: Path
) -> AsyncIterator[tuple[Program, AgentPage]]:
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(Program(tmp_path, _place(asterisk), FLOWS))
        await program.add_agent("anna", AGENT, ("sales", "support"))
        page = AgentPage(program.url, "anna", "desk")
        stack.push_async_callback(page.close)
        await page.open()
        await page.ready()
        yield program, page


async def test_who_picks_up_while_the_service_is_dead_is_rung_again_when_it_is_back(
    asterisk: Asterisk, phones: SipPhones, program: tuple[Program, AgentPage]
):
    """Nobody hears of the answer: Asterisk ends the leg at once, and the caller waits on."""
    service, page = program
    station = phones.station(AGENT)
    caller = await phones.dial("+12125550147", DNIS)
    await caller.wait_answered(5)
    await caller.press("1")
    await station.wait_ringing(5)
    await service.kill()
    await station.answer()
    await station.wait_idle(2)
    assert not caller.ended
    await service.start()
    await page.connect_again()
    # Lost at nobody's fault: offered again at once, without a rest.
    await station.wait_ringing(5)
    await station.answer()
    await page.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(station)
    await caller.hang_up()
    await page.wrap_up()
    [record] = await service.records(1)
    assert record.outcome == "answered"


async def test_an_agent_who_picks_up_in_the_gap_is_not_left_in_a_dead_call(
    asterisk: Asterisk, phones: SipPhones
):
    phones.station(AGENT).behaviour = Answers(after_s=0.3)
    async with running_node(asterisk) as node:
        await node.ring(node.call_id(), AGENT)
        await node.wait(LegRinging)
    await phones.station(AGENT).wait_in_call(3)
    await phones.station(AGENT).wait_idle(1)
    await eventually(lambda: asterisk.channel_count() == 0)
    assert node.all(LegAnswered) == []
