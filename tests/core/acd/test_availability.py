from dataclasses import replace

from callcenter.core.acd.availability import Availability, availability
from callcenter.core.acd.model import Agent
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.ids import AgentId

FREE = Agent(AgentProfile(AgentId("a"), "", "", ()), AgentStatus.READY, 0, 0, page_connected=True)


def test_the_availability_says_why_an_agent_is_not_free() -> None:
    seen = {
        availability(FREE): Availability.FREE,
        availability(replace(FREE, activity=Activity.RINGING)): Availability.BUSY,
        availability(replace(FREE, activity=Activity.TALKING)): Availability.BUSY,
        availability(replace(FREE, activity=Activity.WRAP_UP)): Availability.WRAP_UP,
        availability(replace(FREE, status=AgentStatus.PAUSED)): Availability.PAUSED,
        availability(
            replace(FREE, status=AgentStatus.PAUSED, is_not_answering=True)
        ): Availability.NOT_ANSWERING,
        availability(replace(FREE, page_connected=False)): Availability.NOT_CONNECTED,
        availability(replace(FREE, rest_until=9)): Availability.RESTING,
        availability(replace(FREE, logs_out_after=True)): Availability.LEAVING,
    }
    assert all(found is wanted for found, wanted in seen.items())
    assert len(seen) == len(Availability)


def test_a_paused_agent_in_a_talk_is_busy() -> None:
    talking = replace(FREE, activity=Activity.TALKING, status=AgentStatus.PAUSED)
    assert availability(talking) is Availability.BUSY
