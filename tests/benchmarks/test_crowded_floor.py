"""The floor of the overload bench serves calls as the service does."""

import asyncio

from callcenter.benchmarks.crowded_floor import MAIN_NUMBER, CrowdedFloor, Narrow
from callcenter.benchmarks.overload import bench_config
from callcenter.core.call.messages import Outcome
from tests.support.virtual_time import VirtualClock, virtual


@virtual
async def test_each_caller_talks_to_an_agent_and_the_agents_are_ready_again():
    floor = await CrowdedFloor(bench_config(), Narrow(agents=2), VirtualClock(), 1).start()
    for number in range(5):
        floor.phones.start_call(f"+1202555012{number}", MAIN_NUMBER)
    await asyncio.sleep(15)
    journeys = list(floor.journeys.by_call.values())
    assert [each.outcome for each in journeys] == [Outcome.ANSWERED] * 5
    assert all(each.rang_at is not None for each in journeys)
    assert floor.organs.node.centre.calls == {}
    assert floor.model.pbx.channels == {}
    [pool] = floor.organs.node.centre.pools.values()
    assert all(agent.is_free for agent in pool.agents.values())
    await floor.stop()
