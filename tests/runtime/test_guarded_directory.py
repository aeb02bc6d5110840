"""Look-ups end early, and are left out where they are in vain."""

import asyncio

import pytest

from callcenter.core.call.messages import MatchStatus, Presentation
from callcenter.core.ids import PartyId
from callcenter.core.vitals.breaker import BreakerRules
from callcenter.ports.directory import CallerMatch, CustomerCard
from callcenter.runtime.guarded_directory import (
    BUDGET_S,
    CHECK_S,
    GuardedDirectory,
    LookUpSkipped,
)
from tests.support.playbook import VIP_NUMBER
from tests.support.runtime_world import Lasting, Runtime, TinyTelephony
from tests.support.virtual_time import VirtualClock, virtual

RULES = BreakerRules(failures=3, pause_ms=5_000)


class SlowDirectory:
    """Implements ``ports.directory.Directory``: answers after a while, or not at all."""

    def __init__(self) -> None:
        self.takes_s = 0.01
        self.asked = 0

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        return CallerMatch(MatchStatus.NONE, ())

    async def wants_no_calls(self, number: str) -> bool:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        return True

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        return None


def guarded() -> tuple[SlowDirectory, GuardedDirectory]:
    inner = SlowDirectory()
    return inner, GuardedDirectory(inner, VirtualClock().elapsed_ms, RULES)


async def ask(directory: GuardedDirectory) -> CallerMatch:
    return await directory.match("+12025550123", Presentation.ALLOWED, "")


@virtual
async def test_an_answer_in_time_is_passed_on():
    inner, directory = guarded()
    assert (await ask(directory)).status is MatchStatus.NONE
    assert await directory.card(PartyId("p1")) is None
    assert directory.results["answered"] == inner.asked == 2


@virtual
async def test_nobody_waits_longer_than_the_budget():
    inner, directory = guarded()
    inner.takes_s = 60
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await ask(directory)
    assert asyncio.get_running_loop().time() - began == pytest.approx(BUDGET_S)


@virtual
async def test_a_store_that_is_away_is_left_alone_and_tried_once_in_a_while():
    inner, directory = guarded()
    inner.takes_s = 60
    for _ in range(10):
        with pytest.raises(TimeoutError):
            await ask(directory)
    assert inner.asked == 3
    assert directory.results["breaker"] == 7
    await asyncio.sleep(5)
    inner.takes_s = 0.01
    await ask(directory)
    assert not directory.breaker.is_open
    await ask(directory)
    assert directory.results["answered"] == 2


@virtual
async def test_only_a_few_are_asked_for_at_once():
    inner, directory = guarded()
    inner.takes_s = 0.2
    answers = await asyncio.gather(*(ask(directory) for _ in range(20)), return_exceptions=True)
    skipped = [answer for answer in answers if isinstance(answer, LookUpSkipped)]
    assert (inner.asked, len(skipped), directory.under_way) == (8, 12, 0)


@virtual
async def test_nobody_is_asked_while_it_is_off():
    inner, directory = guarded()
    directory.is_off = True
    with pytest.raises(LookUpSkipped):
        await ask(directory)
    assert (inner.asked, directory.results["off"]) == (0, 1)


@virtual
async def test_a_call_whose_caller_is_not_looked_up_goes_on_and_is_no_fault():
    telephony = TinyTelephony()
    _, directory = guarded()
    directory.is_off = True
    runtime = await Runtime(telephony, Lasting(directory=directory)).start()
    telephony.arrives("one", VIP_NUMBER)
    await asyncio.sleep(0.1)
    call = runtime.centre.calls[runtime.only_call()]
    assert call.match is not None
    assert call.match.status is MatchStatus.NONE
    assert runtime.reports.faults == []
    await runtime.stop()


@virtual
async def test_whether_somebody_may_be_called_is_asked_whatever_the_state():
    inner, directory = guarded()
    directory.is_off = True
    assert await directory.wants_no_calls("+12025550123")
    inner.takes_s = CHECK_S + 0.1
    with pytest.raises(TimeoutError):
        await directory.wants_no_calls("+12025550123")
    assert inner.asked == 2
