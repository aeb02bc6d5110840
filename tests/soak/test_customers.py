"""Customers of the simulation pick up, refuse, or let it ring."""

import asyncio
from random import Random

from callcenter.core.call.callback_messages import CallbackRequested
from callcenter.core.ids import QueueId
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.soak.customers import Customers, program_request
from callcenter.soak.day import Day
from callcenter.soak.life import Life
from callcenter.soak.plan import QUEUES, SUPPORT


def test_a_customer_is_called_back_in_a_simulated_day() -> None:
    async def work(loop: VirtualLoop) -> tuple[int, bool]:
        day = Day(loop, 3)
        number = "+12025559001"
        day.customers.know(number)
        life = Life(day.ground, 1)
        life.begin()
        await asyncio.sleep(1)
        for agent in day.agents:
            agent.profile = agent.profile.__class__(
                agent.profile.agent_id, "A", agent.profile.station, QUEUES, answers_by_click=True
            )
            life.open_page(agent)
        await asyncio.sleep(1)
        centre = life.engine.node.centre
        asked = program_request(centre, number, SUPPORT)
        assert asked == CallbackRequested(number, SUPPORT)
        life.ask(asked)
        await asyncio.sleep(1)
        assert program_request(centre, number, None) is not None
        await asyncio.sleep(120)
        [phone] = [each for each in day.customers.phones if number in each.name]
        life.die(written=True)
        return phone.rings, program_request(centre, "+12025559999", None) is None

    rings, nothing_to_cancel = run(work)
    assert rings >= 1
    assert nothing_to_cancel


def test_the_same_chance_wants_the_same() -> None:
    async def work(loop: VirtualLoop) -> list[object]:
        day = Day(loop, 1)
        wanted = [list(Customers(day.ground.phones, Random(5)).wanted(QUEUES)) for _ in range(2)]
        assert wanted[0] == wanted[1]
        return [queue for _, _, queue in wanted[0]]

    assert all(queue is None or isinstance(queue, str) for queue in run(work))
    assert QueueId("care") in QUEUES
