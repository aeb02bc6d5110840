"""A PBX that gets slow: commands wait, and are carried out even when nobody waits any more."""

import asyncio
from random import Random

import pytest

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.narrow_transport import NarrowTransport
from callcenter.simulation.scheduler import LoopScheduler
from tests.support.virtual_time import virtual


def narrow(**limits: float) -> tuple[AsteriskModel, NarrowTransport]:
    model = AsteriskModel(LoopScheduler(asyncio.get_running_loop(), 0), Random(1))
    return model, NarrowTransport(InProcessTransport(model), workers=2, work_s=0.1, **limits)


async def set_variable(transport: NarrowTransport, number: int) -> int:
    params = {"variable": f"V{number}", "value": "x"}
    return (await transport.request("POST", "/asterisk/variable", params, None))[0]


@virtual
async def test_only_so_many_are_carried_out_at_once():
    _, transport = narrow()
    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(set_variable(transport, number))
    assert 0.3 <= asyncio.get_running_loop().time() - began < 0.35
    await transport.close()


@virtual
async def test_who_waits_too_long_goes_and_the_command_is_carried_out_all_the_same():
    model, transport = narrow(timeout_s=0.15)
    work = [asyncio.ensure_future(set_variable(transport, number)) for number in range(4)]
    await asyncio.wait(work)
    results = [each.exception() for each in work]
    assert [type(each) for each in results] == [type(None)] * 2 + [TimeoutError] * 2
    assert "V3" not in model.pbx.variables
    await asyncio.sleep(0.2)
    assert "V3" in model.pbx.variables
    await transport.close()


@virtual
async def test_closing_ends_what_is_under_way():
    _, transport = narrow()
    waiting = asyncio.ensure_future(set_variable(transport, 1))
    await asyncio.sleep(0.01)
    await transport.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
