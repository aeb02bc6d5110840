from dataclasses import replace

from callcenter.core.acd.messages import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.model import Agent
from callcenter.core.acd.standing import Standing, standing
from callcenter.core.ids import AgentId

FREE = Agent(AgentProfile(AgentId("a"), "", "", ()), AgentStatus.READY, 0, 0, page_connected=True)


def test_the_standing_says_why_an_agent_is_not_free() -> None:
    seen = {
        standing(FREE): Standing.FREE,
        standing(replace(FREE, activity=Activity.RINGING)): Standing.BUSY,
        standing(replace(FREE, activity=Activity.TALKING)): Standing.BUSY,
        standing(replace(FREE, activity=Activity.WRAP_UP)): Standing.WRAP_UP,
        standing(replace(FREE, status=AgentStatus.PAUSED)): Standing.PAUSED,
        standing(replace(FREE, page_connected=False)): Standing.NOT_CONNECTED,
        standing(replace(FREE, rest_until=9)): Standing.RESTING,
        standing(replace(FREE, logs_out_after=True)): Standing.LEAVING,
    }
    assert all(found is wanted for found, wanted in seen.items())
    assert len(seen) == len(Standing)


def test_a_paused_agent_in_a_talk_is_busy() -> None:
    talking = replace(FREE, activity=Activity.TALKING, status=AgentStatus.PAUSED)
    assert standing(talking) is Standing.BUSY
