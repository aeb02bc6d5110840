"""File descriptors or memory run out.

Which process the kernel ends is decided by the kernel itself, in a cgroup that holds both.
"""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from configparser import ConfigParser
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from callcenter.adapters.web.crowd import REFUSAL
from tests.chaos.conftest import Site, until_healthy
from tests.support.agent_page import AgentPage
from tests.support.memory_group import MemoryGroup
from tests.support.program import DNIS
from tests.support.stalls import watched_stalls

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

FALLBACK_S = 2.5
RECOVERED_S = 10.0
DESCRIPTORS = 160
"""The service has some 40 open at rest."""
CROWD = 300


def pid_of(site: Site) -> int:
    """Return the service's process."""
    assert site.program.process is not None
    return site.program.process.pid


@contextmanager
def descriptors(pid: int, limit: int) -> Iterator[None]:
    """Let a running process have no more file descriptors than this meanwhile."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@asynccontextmanager
async def crowd(site: Site, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Open connections to the pages that ask for nothing."""
    port = site.program.port
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()
        await asyncio.sleep(0.1)


async def a_call(site: Site, anna: AgentPage, ani: str) -> None:
    """Let a caller be served from menu to wrap-up, by the service."""
    caller = await site.phones.dial(ani, DNIS)
    await caller.wait_answered(FALLBACK_S)
    await caller.press("1")
    await site.station().wait_ringing(3)
    await site.station().answer()
    await anna.until_call("talking")
    await asyncio.sleep(0.6)
    assert caller.hears(site.station())
    await caller.hang_up()
    await anna.wrap_up()
    await anna.until_state("ready")


async def test_pages_do_not_take_the_file_descriptors_that_calls_need(site: Site):
    """F29: 300 idle connections under a limit of 160; new pages are refused, calls go on."""
    anna = await site.agent()
    with descriptors(pid_of(site), DESCRIPTORS):
        async with crowd(site, CROWD) as readers:
            last = await asyncio.wait_for(readers[-1].read(), 5)
            assert last == REFUSAL
            with pytest.raises(AssertionError):
                await site.page("ben")
            for n in range(3):
                await a_call(site, anna, f"+1212555014{n}")
            assert len(os.listdir(f"/proc/{pid_of(site)}/fd")) < DESCRIPTORS
        await until_healthy(site, timeout_s=RECOVERED_S)
        ben = await site.page("ben")
        assert ben.state == "paused", "there is room again"
    records = await site.program.records(3)
    assert {str(record.outcome) for record in records} == {"answered"}
    assert "Traceback" not in site.program.log()


async def test_without_a_single_file_descriptor_left_nobody_is_lost(site: Site):
    """F29, the worst: nothing at all can be opened for 10 s; afterwards all goes on."""
    anna, caller = await site.talking()
    waits = await site.waiting("+12125550148")
    await asyncio.sleep(1.0)
    before = asyncio.get_running_loop().time()
    used = len(os.listdir(f"/proc/{pid_of(site)}/fd"))
    async with watched_stalls() as stalls:
        with descriptors(pid_of(site), used):
            new = await site.phones.dial("+12125550149", DNIS)
            await new.wait_answered(FALLBACK_S)
            await try_to_open_a_page(site)
            await asyncio.sleep(8.0)
            assert waits.heard_ms(1_000) > 500, "music goes on"
            assert not new.ended
        await until_healthy(site, timeout_s=RECOVERED_S)
        assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
    await new.hang_up()
    await caller.hang_up()
    await anna.wrap_up()
    await site.station().wait_ringing(10)
    await site.station().answer()
    await anna.until_call("talking")
    await waits.hang_up()
    await anna.wrap_up()
    assert str((await site.program.record_of("+12125550147")).outcome) == "answered"
    assert str((await site.program.record_of("+12125550148")).outcome) == "answered"


async def try_to_open_a_page(site: Site) -> None:
    """Open a page that is not to be had."""
    with suppress(aiohttp.ClientError, AssertionError, TimeoutError):
        async with asyncio.timeout(1):
            await site.page("ben")


UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
ROOM = 40 << 20
HOG = """
taken = []
while len(taken) < {megabytes}:
    taken.append(bytearray(b"x" * (1 << 20)))
print("full", flush=True)
input()
"""


async def test_when_memory_runs_out_the_service_is_ended_and_never_asterisk(site: Site):
    """F30: another program takes it all; the talk goes on, the service comes back with its call."""
    # Without a capability nothing can be spared more than Asterisk is now: all else is less.
    spared = oom_score_adj("asterisk.service.d/callcenter.conf")
    with MemoryGroup() as group:
        await site.program.stop()
        service = min(1000, oom_score_adj("callcenter.service") - spared)
        site.program.under = group.start(service)
        await site.program.start()
        assert site.asterisk.pid is not None
        group.add(site.asterisk.pid)
        anna, caller = await site.talking()
        await asyncio.sleep(0.6)
        before = asyncio.get_running_loop().time()
        async with watched_stalls() as stalls:
            group.leave_room(ROOM)
            async with hog(group, 60, -spared):
                assert site.program.process is not None
                ended = await asyncio.wait_for(site.program.process.wait(), 10)
                assert ended == -signal.SIGKILL
            assert caller.largest_gap_ms(before) <= 100 + 2 * stalls.longest_ms
        assert site.asterisk.channel_count() == 2, "the talk goes on"
        await site.program.start()
        await anna.connect_again()
        assert (await anna.until_call("talking"))["ani"] == "+12125550147"
        await caller.hang_up()
        await anna.wrap_up()
    assert str((await site.program.record_of("+12125550147")).outcome) == "answered"


def oom_score_adj(unit: str) -> int:
    """Return how readily the kernel ends what this shipped unit starts."""
    settings = ConfigParser(strict=False, interpolation=None)
    settings.read_string((UNITS / unit).read_text())
    return settings.getint("Service", "OOMScoreAdjust")


@asynccontextmanager
async def hog(group: MemoryGroup, megabytes: int, adjust: int) -> AsyncIterator[None]:
    """Let another program of the machine take memory."""
    process = await asyncio.create_subprocess_exec(
        *group.start(adjust), sys.executable, "-c", HOG.format(megabytes=megabytes),
        stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
