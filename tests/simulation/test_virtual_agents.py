"""What a person at a desk does when the phone rings, and when the page goes."""

import asyncio
from random import Random

from callcenter.core.acd.messages import ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.messages import WrapUpSubmitted
from callcenter.core.ids import AgentId, QueueId
from callcenter.ports.desk import CallPhase, DeskCall
from callcenter.ports.requests import Request
from callcenter.runtime.topics import Frame
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.simulation.virtual_agents import VirtualAgent
from callcenter.simulation.virtual_time import VirtualLoop, run

PROFILE = AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", (QueueId("sales"),))


class House:
    """A reception, and the page that it opens."""

    def __init__(self) -> None:
        self.is_open = False
        self.asked: list[Request] = []
        self.opened = 0
        model = AsteriskModel(LoopScheduler(asyncio.get_running_loop(), 1e12), Random(1))
        self.station = SimulatedPhones(model, ["PJSIP/anna"]).station("PJSIP/anna")

    def agent(self, seed: int = 1) -> VirtualAgent:
        return VirtualAgent(PROFILE, self.station, self, Random(seed))

    def open_page(self, agent: VirtualAgent) -> bool:
        if self.is_open:
            self.opened += 1
            agent.page_opened(self)
        return self.is_open

    def ask(self, request: Request) -> None:
        self.asked.append(request)

    def close(self, reason: str) -> None:
        assert reason


def wrap_up_frame(call_id: str) -> Frame:
    call = DeskCall(
        call_id, CallPhase.WRAP_UP, "", "", "", "", "", (), "", "", "", (), 0, 0, 0, 0, 1, None
    )
    return Frame("desk/anna", "e", 1, 0, (call,), (), is_snapshot=False)


def test_a_page_is_opened_again_and_again_until_the_service_is_there() -> None:
    async def work(_loop: VirtualLoop) -> None:
        house = House()
        agent = house.agent()
        agent.open_page()
        await asyncio.sleep(5)
        assert house.opened == 0
        house.is_open = True
        await asyncio.sleep(2)
        assert (house.opened, house.asked) == (1, [ReadyRequested(PROFILE.agent_id)])
        agent.page_closed(house)
        await asyncio.sleep(4)
        assert house.opened == 2

    run(work)


def test_after_call_work_is_filed_most_of_the_time_and_each_note_is_its_own() -> None:
    async def work(_loop: VirtualLoop) -> None:
        house = House()
        house.is_open = True
        agent = house.agent()
        agent.open_page()
        for number in range(20):
            agent.sees(house, wrap_up_frame(f"call-{number}"))
            await asyncio.sleep(120)
        filed = [each for each in house.asked if isinstance(each, WrapUpSubmitted)]
        assert 10 < len(filed) < 20
        assert len({each.note for each in filed}) == len(filed)

    run(work)
