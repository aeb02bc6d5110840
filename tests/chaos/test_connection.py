"""The connection to the PBX fails in each way a network can: no call is lost, none is doubled."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from tests.chaos.conftest import Site, until_healthy
from tests.support.agent_page import AgentPage
from tests.support.fault_proxy import Kind
from tests.support.program import DNIS
from tests.support.sip_phone import SipCaller
from tests.support.stalls import watched_stalls

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

BLIND_S = 6.0
"""How long a connection may be dead before the service has noticed."""
FALLBACK_S = 2.5


async def opened_again(site: Site, before: int, timeout_s: float) -> None:
    """Wait until the event socket was opened once more."""
    await until(lambda: site.proxy.opened[Kind.EVENTS] > before, timeout_s)


async def wrap_up(anna: AgentPage) -> None:
    await anna.wrap_up()
    await anna.until_state("ready")


async def test_a_cut_of_one_second_is_noticed_by_nobody(site: Site):
    """F8, 1 s: the caller hangs up while nobody listens."""
    anna, caller = await site.talking()
    waits = await site.waiting("+12125550148")
    await asyncio.sleep(0.6)
    before = asyncio.get_running_loop().time()
    async with watched_stalls() as stalls:
        site.proxy.cut(Kind.EVENTS)
        await asyncio.sleep(0.5)
        await waits.hang_up()
        await asyncio.sleep(0.5)
        site.proxy.heal(Kind.EVENTS)
        await until_healthy(site)
        assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
    await caller.hang_up()
    await wrap_up(anna)
    records = await site.program.records(2)
    assert [str(each.outcome) for each in records] == ["answered", "abandoned_queue"]


@pytest.mark.parametrize(
    "cut_s", [pytest.param(30, marks=pytest.mark.long), pytest.param(300, marks=pytest.mark.long)]
)
async def test_new_callers_are_served_by_the_fallback_while_the_socket_is_cut(
    site: Site, cut_s: int
):
    """F8, 30 s and 300 s: waiting callers keep their music and place; new ones are answered."""
    anna = await site.page()
    first = await site.waiting("+12125550141")
    await asyncio.sleep(1.0)
    site.proxy.cut(Kind.EVENTS)
    await asyncio.sleep(cut_s / 2)
    new = await site.phones.dial("+12125550142", DNIS)
    await new.wait_answered(FALLBACK_S)
    assert first.heard_ms(1_000) > 500, "music goes on"
    await new.hang_up()
    await asyncio.sleep(cut_s / 2)
    assert not first.ended
    site.proxy.heal(Kind.EVENTS)
    await anna.ready()
    await site.station().wait_ringing(10)
    await site.station().answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert first.hears(site.station())
    await first.hang_up()
    await wrap_up(anna)
    [record] = await site.program.records(1)
    assert record.ani == "+12125550141"


async def test_a_dead_event_socket_is_noticed_without_a_goodbye(site: Site):
    """F9: nothing arrives and nobody says so; the caller left meanwhile."""
    anna, caller = await site.talking()
    before = site.proxy.opened[Kind.EVENTS]
    site.proxy.blackhole(Kind.EVENTS)
    async with asyncio.timeout(BLIND_S):
        await caller.hang_up()
        await until_healthy(site, 503, BLIND_S)
        await opened_again(site, before, BLIND_S)
    assert await site.health() == 503, "it tries again, and no event is taken for granted"
    site.proxy.heal(Kind.EVENTS)
    await wrap_up_within(anna, 10)
    [record] = await site.program.records(1)
    assert str(record.outcome) == "answered"


async def test_a_socket_that_answers_pings_and_carries_no_event_is_opened_again(site: Site):
    """As when Asterisk ends a late try to connect just when the next one arrives."""
    anna, caller = await site.talking()
    before = site.proxy.opened[Kind.EVENTS]
    site.proxy.mute()
    await caller.hang_up()
    await opened_again(site, before, BLIND_S)
    await wrap_up_within(anna, 2)
    [record] = await site.program.records(1)
    assert str(record.outcome) == "answered"
    assert "says nothing on the event socket" in site.program.log()


@pytest.mark.long
async def test_tries_to_connect_that_a_dead_network_held_back_do_no_harm_later(site: Site):
    """F9, 15 s: the tries of that time reach the PBX after the one that worked."""
    anna, caller = await site.talking()
    site.proxy.blackhole(Kind.EVENTS)
    await asyncio.sleep(15)
    site.proxy.heal(Kind.EVENTS, held_back_s=5.0)
    for _ in range(9):
        await until_healthy(site)
        await asyncio.sleep(1.0)
    await caller.hang_up()
    await wrap_up_within(anna, 10)
    waits = await site.waiting("+12125550148")
    await anna.until_call("ringing")
    await waits.hang_up()
    await site.program.records(2)


async def wrap_up_within(anna: AgentPage, seconds: float) -> None:
    """File the call when the service has learnt that it is over."""
    await anna.until_call("wrap_up", seconds)
    await wrap_up(anna)


@pytest.mark.parametrize("how", ["slow", "failing", "reset", "dead"])
async def test_one_leg_rings_whatever_becomes_of_the_commands(site: Site, how: str):
    """F10: while a caller waits and an agent gets ready, commands are late, fail or vanish."""
    anna = await site.page()
    caller = await site.waiting()
    await asyncio.sleep(1.0)
    harm(site, how)
    await anna.ready()
    for _ in range(5):
        await asyncio.sleep(1.0)
        if how == "reset":
            site.proxy.reset(Kind.COMMANDS)
    site.proxy.heal(Kind.COMMANDS)
    assert not caller.ended
    # A command that was held back may ring the phone late; the service ends that leg at once, and
    # whoever goes by the page does not meet it.
    await anna.until_call("ringing", 20)
    await site.station().wait_ringing(3)
    await site.station().answer()
    await anna.until_call("talking")
    await connected(site, caller)
    assert site.asterisk.channel_count() == 2, "no second leg rings or hangs on"
    await caller.hang_up()
    await wrap_up(anna)
    [record] = await site.program.records(1)
    assert str(record.outcome) == "answered"


def harm(site: Site, how: str) -> None:
    """Let commands suffer."""
    match how:
        case "slow":
            site.proxy.delay(2.5, Kind.COMMANDS)
        case "failing":
            site.proxy.fail(Kind.COMMANDS)
        case "dead":
            site.proxy.blackhole(Kind.COMMANDS)
        case _:
            site.proxy.reset(Kind.COMMANDS)


async def connected(site: Site, caller: SipCaller) -> None:
    """Wait until caller and agent hear each other."""
    station = site.station()
    await until(lambda: caller.hears(station) and station.hears(caller), 10)


async def until(check: Callable[[], bool], timeout_s: float) -> None:
    """Wait for what nobody reports: what is heard, what was opened."""
    async with asyncio.timeout(timeout_s):
        for pause_s in itertools.repeat(0.02):
            if check():
                return
            await asyncio.sleep(pause_s)


async def test_a_talk_goes_on_while_the_pbx_cannot_be_reached_at_all(site: Site):
    """The network between service and PBX is down for 8 s."""
    anna, caller = await site.talking()
    await asyncio.sleep(0.6)
    before = asyncio.get_running_loop().time()
    async with watched_stalls() as stalls:
        site.proxy.blackhole(Kind.EVENTS, Kind.COMMANDS)
        await asyncio.sleep(8.0)
        assert await site.health() == 503, "it takes no calls and says so"
        site.proxy.reset(Kind.EVENTS, Kind.COMMANDS)
        site.proxy.heal(Kind.EVENTS, Kind.COMMANDS)
        await until_healthy(site)
        assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
    assert anna.call is not None
    assert anna.call["phase"] == "talking"
    await caller.hang_up()
    await wrap_up_within(anna, 5)
    await site.program.records(1)
