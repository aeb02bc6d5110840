"""A thousand calls while the service is dead or frozen: the fallback answers each one in time."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.benchmarks.sip_load import Plan, SipLoad
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import AsteriskSettings, free_port
from tests.support.asterisk_fixture import no_channels, running_asterisk
from tests.support.program import DNIS, Pbx, Program
from tests.support.stalls import watched_stalls

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos, pytest.mark.long]

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"
ANSWERED_S = 2.5
CALLS = 500
CALLS_PER_S = 12.0
STAYS_S = 0.5


@pytest.fixture(scope="module")
def pbx() -> Iterator[Asterisk]:
    with running_asterisk(AsteriskSettings(agents=2, browsers=0)) as instance:
        yield instance


@pytest.fixture
async def program(pbx: Asterisk, tmp_path: Path) -> AsyncIterator[Program]:
    url = pbx.ari_url.removesuffix("/ari")
    place = Pbx(url, pbx.keys.ari_user, pbx.keys.ari_password)
    async with Program(tmp_path, place, FLOWS) as running:
        yield running


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_each_of_five_hundred_callers_is_answered_by_the_fallback_in_time(
    pbx: Asterisk, program: Program, how: str
):
    """Callers come at once when it happens: the heartbeat is fresh, and nobody claims them."""
    load = SipLoad(pbx.sip, pbx.trunk, free_port("127.0.0.1", socket.SOCK_DGRAM))
    await load.open()
    try:
        async with out_of_order(program, how), watched_stalls() as stalls:
            plan = Plan(DNIS, "", CALLS, CALLS_PER_S, leave_after_s=STAYS_S, patience_s=10)
            outcome = await load.run(plan, [f"+1212555{n:04}" for n in range(CALLS)])
    finally:
        load.close()
    await no_channels(pbx)
    took_s = sorted(outcome.answer_s)
    assert len(took_s) == CALLS, f"{CALLS - len(took_s)} callers were not answered"
    p99_s, most_s = took_s[CALLS * 99 // 100 - 1], took_s[-1]
    print(
        f"{how}: {len(took_s)} of {CALLS} answered; median {took_s[CALLS // 2]:.2f} s, "
        f"99 of 100 in {p99_s:.2f} s, the last one in {most_s:.2f} s; "
        f"own stalls {stalls.longest_ms} ms"
    )
    assert most_s <= ANSWERED_S + 2 * stalls.longest_ms / 1_000


@asynccontextmanager
async def out_of_order(program: Program, how: str) -> AsyncIterator[None]:
    """Kill the service, or let it stand still meanwhile."""
    if how == "killed":
        await program.kill()
        yield
        return
    program.freeze()
    try:
        yield
    finally:
        program.thaw()
