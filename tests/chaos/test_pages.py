"""Hundreds of pages at once: they come back, log in, or do not read; the calls do not notice."""

import asyncio
import itertools
import re
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.chaos.conftest import Site, until_healthy
from tests.support.agent_page import AgentPage
from tests.support.floor_pages import FloorPages, add_people
from tests.support.program import DNIS, PASSWORD
from tests.support.slow_page import SlowPage
from tests.support.stalls import watched_stalls

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos, pytest.mark.long]

PAGES = 200
BACK_S = 15.0
"""After the service takes requests; the page's longest pause is as long."""
ANSWERED_S = 1.0
POP_S = 1.5
SLOW = 5
CALLS = 12
CLOSED_S = 15.0
MEMORY_KB = 16_000
"""Of the service, for all slow pages: a send buffer each, and what the calls take."""
SHIFT = 60
"""Three times as many as are checked or wait for it at a time."""
LOGGED_IN_S = 60.0


async def test_a_floor_of_pages_comes_back_after_a_restart_and_no_call_notices(site: Site):
    """F33: the service is killed and started; 200 pages want back at once."""
    logins = await add_people(site.program, PAGES)
    anna, caller = await site.talking()
    async with FloorPages(site.program, logins) as pages:
        await pages.until_all_live(60)
        before = asyncio.get_running_loop().time()
        async with watched_stalls() as stalls:
            await site.program.kill()
            await site.program.start()
            ready_at = asyncio.get_running_loop().time()
            new = await site.phones.dial("+12125550149", DNIS)
            await new.wait_answered(2.5)
            back = await pages.until_all_live(BACK_S)
            await until_healthy(site)
            gap_ms = caller.largest_gap_ms(before)
            print(f"all back {back[-1] - ready_at:.1f} s after it was ready; gap {gap_ms} ms")
            assert back[-1] - ready_at <= BACK_S
            assert most_within(back, 0.25) < PAGES / 2, "chance spreads them"
            assert gap_ms <= 100 + 2 * stalls.longest_ms
        await anna.connect_again()
        assert (await anna.until_call("talking"))["ani"] == "+12125550147"
        await new.hang_up()
        await caller.hang_up()
        await anna.wrap_up()
    assert str((await site.program.record_of("+12125550147")).outcome) == "answered"


def most_within(instants: list[float], width_s: float) -> int:
    """Return how many of them, sorted, fall into the fullest stretch of time."""
    return max(sum(at <= each < at + width_s for each in instants) for at in instants)


async def test_a_shift_that_logs_in_at_once_does_not_keep_a_caller_waiting(site: Site):
    """F33: 60 passwords from one address; some are asked to come again, none is refused."""
    logins = await add_people(site.program, SHIFT)
    anna = await site.agent()
    statuses: list[int] = []
    async with asyncio.TaskGroup() as group:
        people = [group.create_task(logs_in(site, login, statuses)) for login in logins]
        for n in range(3):
            await asyncio.sleep(1.0)
            await a_quick_call(site, anna, f"+1212555014{n}")
        assert any(not person.done() for person in people), "the storm was over before the calls"
    assert set(statuses) <= {200, 503}, "nobody is taken for an attacker"
    assert statuses.count(200) == SHIFT
    assert statuses.count(503) > 0, "it was a storm"


async def logs_in(site: Site, login: str, statuses: list[int]) -> None:
    """Log in as a person would who tries again when asked to."""
    headers = {"Origin": site.program.url}
    async with aiohttp.ClientSession(headers=headers) as http, asyncio.timeout(LOGGED_IN_S):
        for _ in itertools.count():
            status, pause_s = await try_to_log_in(http, site, login)
            statuses.append(status)
            if status == 200:
                return
            await asyncio.sleep(pause_s)


async def try_to_log_in(http: aiohttp.ClientSession, site: Site, login: str) -> tuple[int, float]:
    """Return the status, and after how many seconds to try again."""
    body = {"login": login, "password": PASSWORD}
    async with http.post(f"{site.program.url}/api/session", json=body) as answer:
        return answer.status, float(answer.headers.get("Retry-After", "0"))


async def a_quick_call(site: Site, anna: AgentPage, ani: str) -> None:
    """Let a caller be served, each step within its limit."""
    clock = asyncio.get_running_loop().time
    caller = await site.phones.dial(ani, DNIS)
    await caller.wait_answered(ANSWERED_S)
    pressed_at = clock()
    await caller.press("1")
    await anna.until_call("ringing", POP_S)
    pop_ms = (clock() - pressed_at) * 1_000
    await site.station().wait_ringing(POP_S)
    assert pop_ms < POP_S * 1_000, "the tone of the key included"
    await caller.hang_up()
    await anna.until(lambda: anna.call is None)
    await site.station().wait_idle(3)


async def test_a_page_that_reads_a_byte_a_second_is_closed_and_costs_nothing(site: Site):
    """F34: what it misses is folded; then it is closed, as too slow or for its missing pongs."""
    logins = await add_people(site.program, PAGES)
    await site.program.add_supervisor("sue")
    anna = await site.agent()
    async with FloorPages(site.program, logins) as pages, AsyncExitStack() as stack:
        await pages.until_all_live(60)
        before_kb = memory_kb(site)
        slow = [await stack.enter_async_context(SlowPage(site.program, "sue")) for _ in range(SLOW)]
        async with asyncio.TaskGroup() as group:
            for page in slow:
                group.create_task(page.ask_for_all(30))
            for n in range(CALLS):
                await a_quick_call(site, anna, f"+12125550{n:03}")
        await until_pages(site, PAGES + 1)
        grown_kb = memory_kb(site) - before_kb
        print(f"memory has grown by {grown_kb} kB")
        assert grown_kb < MEMORY_KB
        assert len(pages.live_since()) == PAGES, "no other page was closed"
    assert await site.health() == 200


async def until_pages(site: Site, count: int) -> None:
    """Wait until the service has no more than so many pages."""
    async with asyncio.timeout(CLOSED_S):
        for pause_s in itertools.repeat(0.1):
            if await site.program.metric("callcenter_pages") <= count:
                return
            await asyncio.sleep(pause_s)


def memory_kb(site: Site) -> int:
    """Return the memory that the service holds."""
    assert site.program.process is not None
    status = Path(f"/proc/{site.program.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])
