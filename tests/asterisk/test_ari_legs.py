"""Agents' legs on the real Asterisk: how they end, and that none is left behind."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from callcenter.core.call.effects import (
    EndLeg,
)
from callcenter.core.call.messages import (
    LegEnd,
    LegEnded,
    LegRinging,
)
from tests.asterisk.ari_node import Node, running_node
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import eventually
from tests.support.phones import Answers, Dead, Refusal, Refuses
from tests.support.sip_phone import SipPhones

pytestmark = pytest.mark.asterisk

AGENT = "PJSIP/agent2"


@pytest.fixture
async def node(asterisk: Asterisk) -> AsyncIterator[Node]:
    async with running_node(asterisk) as node:
        yield node


@pytest.mark.parametrize(
    ("behaviour", "end"),
    [
        (Refuses(Refusal.BUSY), LegEnd.REFUSED),
        (Refuses(Refusal.DECLINED), LegEnd.REFUSED),
        (Refuses(Refusal.UNAVAILABLE), LegEnd.UNREACHABLE),
        (Dead(), LegEnd.UNREACHABLE),
    ],
)
async def test_a_phone_that_does_not_take_the_call_says_how(
    node: Node, phones: SipPhones, behaviour: Refuses | Dead, end: LegEnd
) -> None:
    phones.station(AGENT).behaviour = behaviour
    leg_id = await node.ring(node.call_id(), AGENT, ring_ms=500)
    assert await node.wait(LegEnded) == LegEnded(leg_id, end)
    assert node.all(LegRinging) == [] or isinstance(behaviour, Refuses)


async def test_a_phone_that_rings_out_is_no_answer(node: Node, phones: SipPhones) -> None:
    leg_id = await node.ring(node.call_id(), AGENT, ring_ms=100)
    assert await node.wait(LegEnded) == LegEnded(leg_id, LegEnd.NO_ANSWER)
    assert node.all(LegRinging) == [LegRinging(leg_id)]
    await phones.station(AGENT).wait_idle(1)


async def test_a_phone_that_the_pbx_does_not_know_is_unreachable(node: Node) -> None:
    leg_id = await node.ring(node.call_id(), "PJSIP/nobody")
    assert node.told == [LegEnded(leg_id, LegEnd.UNREACHABLE)]


async def test_a_ringing_leg_that_we_end_is_cancelled(node: Node, phones: SipPhones) -> None:
    call_id = node.call_id()
    leg_id = await node.ring(call_id, AGENT)
    await node.wait(LegRinging)
    await node.telephony.perform(EndLeg(call_id, leg_id))
    assert await node.wait(LegEnded) == LegEnded(leg_id, LegEnd.CANCELLED)
    await phones.station(AGENT).wait_idle(1)


async def test_a_leg_that_is_ended_while_it_is_made_does_not_ring_on(
    asterisk: Asterisk, node: Node, phones: SipPhones
) -> None:
    phones.station(AGENT).behaviour = Answers()
    call_id = node.call_id()
    for attempt in range(12):
        leg_id = node.leg_id()
        async with asyncio.TaskGroup() as group:
            group.create_task(node.ring(call_id, AGENT, leg_id=leg_id))
            await asyncio.sleep(attempt * 0.0004)
            await node.telephony.perform(EndLeg(call_id, leg_id))
        ended = await node.wait_ended(leg_id)
        assert ended.end is LegEnd.CANCELLED
    await eventually(lambda: asterisk.channel_count() == 0)
    assert len(node.all(LegEnded)) == 12


async def test_a_customer_of_a_dead_service_is_let_go(
    node: Node, phones: SipPhones, asterisk: Asterisk
) -> None:
    """Whom we called has dialled nothing: the fallback must not have them."""
    customer = phones.outside("+12025550123")
    customer.behaviour = Answers()
    before = asterisk.cli("dialplan show globals")
    leg_id = await node.ring_until_answered(node.call_id(), "PJSIP/+12025550123@carrier")
    await node.telephony.renew_lease(leg_id, 1_000)
    await customer.wait_idle(5)
    assert (await node.wait(LegEnded)).leg_id == leg_id
    after = asterisk.cli("dialplan show globals")
    counted = [line for line in before.splitlines() if "CC_FALLBACKS" in line]
    assert [line for line in after.splitlines() if "CC_FALLBACKS" in line] == counted
