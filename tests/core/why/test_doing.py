import pytest

from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.ids import AgentId
from callcenter.core.records import replace
from callcenter.core.why.doing import doing

READY = Agent(
    AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", ()),
    AgentStatus.READY,
    since_at=10_000,
    idle_since=5_000,
    page_connected=True,
)
PAUSED = replace(READY, status=AgentStatus.PAUSED)
NOW = 70_000


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (READY, "is free, for 1 min 5 s"),
        (replace(READY, activity=Activity.RINGING), "is being rung, for 1 min"),
        (replace(READY, activity=Activity.TALKING), "is in a call, for 1 min"),
        (
            replace(READY, activity=Activity.WRAP_UP, wrap_up_until=NOW + 30_000),
            "is in after-call work, for 30 s more at most",
        ),
        (replace(PAUSED, pause_reason="lunch"), "is paused (lunch), for 1 min"),
        (PAUSED, "is paused, for 1 min"),
        (replace(READY, page_connected=False), "has no page connected"),
        (
            replace(READY, page_connected=False, page_lost_at=40_000),
            "has no page connected, for 30 s",
        ),
        (
            replace(READY, rest_until=NOW + 8_000, rest_after=OfferEnd.NOT_RUNG),
            "is left out, for 8 s more at most: the phone did not ring",
        ),
        (replace(READY, logs_out_after=True), "is about to be logged out"),
        (
            replace(PAUSED, is_not_answering=True, misses=3),
            "is paused, for 1 min, because three calls in a row were not answered",
        ),
    ],
)
def test_what_an_agent_does_completes_a_sentence(agent: Agent, said: str) -> None:
    assert doing(agent, NOW) == said


@pytest.mark.parametrize("end", OfferEnd)
def test_a_rest_says_what_it_follows(end: OfferEnd) -> None:
    said = doing(replace(READY, rest_until=NOW + 8_000, rest_after=end), NOW)
    assert said.startswith("is left out, for 8 s more at most: the ")
