"""The ARI adapter when the real Asterisk goes away and comes back."""

import asyncio
from collections.abc import Iterator

import pytest

from callcenter.core.call.messages import (
    CallerArrived,
)
from callcenter.ports.telephony import TelephonyUnavailable
from tests.asterisk.ari_node import running_node
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import running_asterisk, sip_phones

pytestmark = pytest.mark.asterisk


@pytest.fixture
def own() -> Iterator[Asterisk]:
    with running_asterisk() as instance:
        yield instance


async def test_a_pbx_that_crashes_and_starts_again_is_found_again(own: Asterisk) -> None:
    async with running_node(own) as node:
        before = await node.telephony.snapshot()
        await asyncio.to_thread(own.kill)
        async with asyncio.timeout(2):
            while node.connected.is_set():  # noqa: ASYNC110 - an Event has no waiting for clear
                await asyncio.sleep(0.01)
        with pytest.raises(TelephonyUnavailable, match="does the PBX run"):
            await node.telephony.snapshot()
        await asyncio.to_thread(own.start)
        await asyncio.wait_for(node.connected.wait(), 5)
        after = await node.telephony.snapshot()
        assert after.pbx_started_at != before.pbx_started_at
        async with sip_phones(own) as phones:
            # The first call after the restart reaches us: the heartbeat was set on connecting.
            caller, leg_id = await node.take(phones)
            assert node.all(CallerArrived)[0].leg_id == leg_id
            await caller.hang_up()
