"""F31: the wall clock of the service's machine is set while calls go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.adapters.system_clock import SystemClock
from callcenter.config import load_config
from callcenter.core.ids import Ms
from callcenter.ports.records import CallRecord
from callcenter.wiring import Service, running
from tests.chaos.conftest import Site, until_healthy
from tests.support.agent_page import AgentPage

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

HOUR_MS = 3_600_000
LONGEST_MS = 60_000
"""No wait and no talk of this test takes longer."""


class SetClock(SystemClock):
    """The machine's clocks, of which the wall clock can be set."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def wall_ms(self) -> Ms:
        """Return the wall clock, as it was set."""
        return super().wall_ms() + self.ahead_ms


@asynccontextmanager
async def in_process(site: Site, clock: SetClock) -> AsyncIterator[Service]:
    """Run the program within the test, on a clock of the test."""
    await site.program.stop()
    config = load_config(site.program.config, {"CALLCENTER_DATABASE_URL": site.program.database})
    async with running(config, clock=clock) as service:
        await until_healthy(site)
        yield service


@pytest.mark.parametrize("jump_ms", [HOUR_MS, -600_000], ids=["an hour on", "ten minutes back"])
async def test_calls_and_pages_go_on_when_the_clock_is_set(site: Site, jump_ms: int):
    """It is set in a talk, while another caller waits, and back again in the next talk."""
    clock = SetClock()
    async with in_process(site, clock) as service:
        anna, first = await site.talking("+12125550141")
        second = await site.waiting("+12125550142")
        await asyncio.sleep(1.0)
        clock.ahead_ms = jump_ms
        await asyncio.sleep(3.0)
        third = await site.waiting("+12125550143")
        await until_healthy(site)
        oldest_s = service.signs.organs.telephony.event_ages.highest
        assert oldest_s * 1_000 < LONGEST_MS, "calls are not taken for late"
        shows_a_sane_time(anna)
        await first.hang_up()
        await anna.wrap_up()
        await take(site, anna, "+12125550142")
        clock.ahead_ms = 0
        await anna.connect_again()
        shows_a_sane_time(anna)
        await second.hang_up()
        await anna.wrap_up()
        await take(site, anna, "+12125550143")
        await third.hang_up()
        await anna.wrap_up()
        records = await site.program.records(3)
    assert [record.ani for record in records] == [f"+1212555014{n}" for n in (1, 2, 3)]
    for record in records:
        assert str(record.outcome) == "answered"
        has_sane_times(record)
    assert records[1].wait_ms > 3_000, "the wait before the clock was set counts"


async def take(site: Site, anna: AgentPage, ani: str) -> None:
    """Answer the next call, which is that of this caller."""
    await site.station().wait_ringing(5)
    shows_a_sane_time(anna)
    await site.station().answer()
    assert (await anna.until_call("talking"))["ani"] == ani
    await asyncio.sleep(0.3)


def shows_a_sane_time(anna: AgentPage) -> None:
    """Look at what the page makes its clocks of: no call is old, or begins in the future."""
    assert anna.call is not None
    assert 0 <= anna.now - anna.call["offered_at"] < LONGEST_MS
    assert 0 <= anna.call["waited_ms"] < LONGEST_MS


def has_sane_times(record: CallRecord) -> None:
    """Look at all durations of a call."""
    assert record.ended_at is not None
    assert record.answered_at is not None
    assert record.arrived_at < record.answered_at < record.ended_at
    assert record.ended_at - record.arrived_at < LONGEST_MS
    assert 0 <= record.wait_ms < LONGEST_MS
    assert 0 < record.talk_ms < LONGEST_MS
    for segment in record.segments:
        assert segment.ended_at is not None
        assert 0 <= segment.ended_at - segment.started_at < LONGEST_MS
