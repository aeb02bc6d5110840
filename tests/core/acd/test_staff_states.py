from dataclasses import replace

import pytest

from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.overflow_rules import Staffed
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.staff_states import StaffWatch, staffed_as
from callcenter.core.ids import AgentId, QueueId
from callcenter.core.plan import QueueRules

SALES, OTHER = QueueId("sales"), QueueId("other")
PROFILE = AgentProfile(AgentId("anna"), "Anna", "PJSIP/1", (SALES, OTHER))
READY = Agent(PROFILE, AgentStatus.READY, 0, 0, page_connected=True)


@pytest.mark.parametrize(
    ("agent", "state"),
    [
        (READY, Staffed.READY),
        (replace(READY, activity=Activity.RINGING), Staffed.READY),
        (replace(READY, activity=Activity.TALKING), Staffed.TALKING),
        (replace(READY, activity=Activity.WRAP_UP, page_connected=False), Staffed.WRAP_UP),
        (replace(READY, status=AgentStatus.PAUSED), Staffed.PAUSED),
        (replace(READY, page_connected=False), Staffed.PAGE_LOST),
        (replace(READY, rest_until=9, rest_after=OfferEnd.NO_ANSWER), Staffed.RESTING),
        (replace(READY, rest_until=9, rest_after=OfferEnd.UNREACHABLE), Staffed.UNREACHABLE),
        (replace(READY, rest_after=OfferEnd.UNREACHABLE), Staffed.READY),
    ],
)
def test_each_agent_counts_as_one_state(agent: Agent, state: Staffed) -> None:
    assert staffed_as(agent) is state


def test_only_changes_that_matter_to_a_queue_are_noted() -> None:
    counts = frozenset({Staffed.READY, Staffed.TALKING})
    watch = StaffWatch(
        {SALES: QueueRules(SALES, "Sales", stay_with=counts), OTHER: QueueRules(OTHER, "Other")}
    )
    assert set(watch.queues) == {SALES}
    talking = replace(READY, activity=Activity.TALKING)
    watch.note(READY, talking)
    assert watch.changed == set()
    for before, after in (
        (None, READY),
        (talking, replace(READY, activity=Activity.WRAP_UP)),
        (READY, replace(READY, profile=replace(PROFILE, skills={"french": 3}))),
        (READY, None),
    ):
        watch.note(before, after)
        assert watch.changed == {SALES}
        watch.changed.clear()
