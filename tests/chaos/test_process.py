"""The service, or the PBX, stands still as if it had crashed, and comes back."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos.conftest import Site, until_healthy
from tests.support.cpu_quota import cpu_quota
from tests.support.program import DNIS
from tests.support.stalls import watched_stalls

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

FALLBACK_S = 2.5
RECOVERED_S = 10.0


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process and let it go on afterwards."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_frozen_service_keeps_no_caller_waiting_and_ends_no_talk(site: Site):
    """F6: a talk, a caller in the queue, and a new one; after 8 s all goes on."""
    anna, caller = await site.talking()
    waits = await site.waiting("+12125550148")
    await asyncio.sleep(1.0)
    before = asyncio.get_running_loop().time()
    assert site.program.process is not None
    async with watched_stalls() as stalls:
        with frozen(site.program.process.pid):
            await asyncio.sleep(3.0)
            new = await site.phones.dial("+12125550149", DNIS)
            await new.wait_answered(FALLBACK_S)
            await asyncio.sleep(3.0)
            assert waits.heard_ms(1_000) > 500, "music goes on"
            await new.hang_up()
        await until_healthy(site)
        assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
    await caller.hang_up()
    await anna.connect_again()
    await anna.wrap_up()
    await site.station().wait_ringing(10)
    await site.station().answer()
    await anna.until_call("talking")
    await waits.hang_up()
    await anna.wrap_up()
    records = await site.program.records(2)
    assert [record.ani for record in records] == ["+12125550147", "+12125550148"]
    assert [str(record.outcome) for record in records] == ["answered", "answered"]


async def test_a_frozen_pbx_is_noticed_and_its_calls_go_on_afterwards(site: Site):
    """F12 without the restart: a deadlock looks alive; the service says that it takes no calls."""
    anna, caller = await site.talking()
    waits = await site.waiting("+12125550148")
    await asyncio.sleep(1.0)
    assert site.asterisk.pid is not None
    with frozen(site.asterisk.pid):
        await until_healthy(site, 503)
    await until_healthy(site)
    await caller.hang_up()
    await anna.wrap_up()
    await site.station().wait_ringing(10)
    await site.station().answer()
    await anna.until_call("talking")
    await waits.hang_up()
    await anna.wrap_up()
    records = await site.program.records(2)
    assert [str(record.outcome) for record in records] == ["answered", "answered"]


async def test_a_starved_service_loses_no_call(site: Site):
    """F35: it gets a twentieth of a core for 10 s, while a talk goes on and callers come."""
    anna, caller = await site.talking()
    before = asyncio.get_running_loop().time()
    assert site.program.process is not None
    async with watched_stalls() as stalls:
        with cpu_quota(site.program.process.pid, 0.05):
            new = [await site.phones.dial(f"+1212555015{n}", DNIS) for n in range(3)]
            for each in new:
                await each.wait_answered(FALLBACK_S)
            await asyncio.sleep(8.0)
        assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
    await until_healthy(site, timeout_s=RECOVERED_S)
    for each in new:
        assert not each.ended, "served here or by the fallback, and not dropped"
        await each.hang_up()
    await anna.connect_again()
    await anna.until_call("talking")
    await caller.hang_up()
    await anna.wrap_up()
    assert str((await site.program.record_of("+12125550147")).outcome) == "answered"
