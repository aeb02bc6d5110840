"""The loop's lag is noticed."""

import asyncio
import time

from callcenter.runtime.pulse import EVERY_S, Pulse
from tests.support.virtual_time import virtual


@virtual
async def test_a_loop_that_keeps_time_has_no_lag():
    beats: list[float] = []
    pulse = Pulse(beats.append)
    beating = asyncio.ensure_future(pulse.run())
    await asyncio.sleep(1.05)
    beating.cancel()
    assert len(beats) == 10
    assert pulse.lags.highest < 1e-6


async def test_a_blocked_loop_is_late_by_as_much():
    pulse = Pulse(lambda _lag_s: None)
    beating = asyncio.ensure_future(pulse.run())
    await asyncio.sleep(0)
    time.sleep(EVERY_S + 0.3)  # noqa: ASYNC251 - to block is what it is about
    await asyncio.sleep(0.01)
    beating.cancel()
    assert 0.25 < pulse.lags.highest < 5
