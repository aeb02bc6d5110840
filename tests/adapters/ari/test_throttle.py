"""The limits on commands: who goes first, and how the limit follows the PBX."""

import asyncio

import pytest

from callcenter.adapters.ari.gate import Shed
from callcenter.adapters.ari.throttle import CLAIM_WAIT_S, MOST_RINGS, Throttle
from callcenter.core.vitals.limits import LimitRules, Urgency
from tests.support.virtual_time import virtual

TWO = LimitRules(lowest=1, highest=4, start=2, slow_s=0.05)


@virtual
async def test_a_claim_waits_behind_a_hang_up_and_not_for_ever():
    throttle = Throttle(TWO)
    await throttle.enter("play")
    await throttle.enter("play")
    began = asyncio.get_running_loop().time()
    claim = asyncio.ensure_future(throttle.enter("claim"))
    await asyncio.sleep(0.1)
    end = asyncio.ensure_future(throttle.enter("end"))
    await asyncio.sleep(0.1)
    throttle.leave("play", 0.01)
    await end
    with pytest.raises(Shed):
        await claim
    assert asyncio.get_running_loop().time() - began == pytest.approx(CLAIM_WAIT_S)
    assert throttle.commands.shed[Urgency.NEW] == 1


@virtual
async def test_only_a_few_legs_are_made_at_once():
    throttle = Throttle()
    for _ in range(MOST_RINGS):
        await throttle.enter("ring")
    await throttle.enter("answer")
    with pytest.raises(Shed):
        await throttle.enter("ring")
    throttle.leave("ring", 0.01)
    await throttle.enter("ring")
    assert throttle.rings.inside == MOST_RINGS


@virtual
async def test_a_ring_that_gets_no_place_among_the_commands_gives_back_its_own():
    throttle = Throttle(TWO)
    await throttle.enter("play")
    await throttle.enter("play")
    with pytest.raises(Shed):
        await throttle.enter("ring")
    assert throttle.rings.inside == 0


@virtual
async def test_the_limit_follows_the_answers():
    throttle = Throttle(TWO)

    def second(took_s: float) -> None:
        for _ in range(20):
            throttle.commands.inside += 1
            throttle.leave("stop", took_s)
        throttle.commands.was_full = True
        throttle.turn()

    second(0.01)
    assert throttle.commands.limit == 4
    second(0.5)
    second(0.5)
    assert throttle.commands.limit == 1
    assert throttle.slowness.sustained == 0.5


@virtual
async def test_commands_that_wait_for_a_prompt_say_nothing_about_the_pbx():
    throttle = Throttle(TWO)
    for _ in range(20):
        await throttle.enter("renew")
        throttle.leave("renew", 2.9)
    throttle.turn()
    assert (throttle.commands.limit, throttle.slowness.highest) == (2, 0.0)
