from dataclasses import replace

import pytest

from callcenter.core.call.briefing import prompts_for
from callcenter.core.call.model import Call
from callcenter.core.plan import AnnounceToAgent, Plan
from tests.support.playbook import PLAN, SALES, START, World


def plan(wanted: AnnounceToAgent, name_prompt: str = "queue_sales") -> Plan:
    sales = replace(PLAN.queues[SALES], announce_to_agent=wanted, name_prompt=name_prompt)
    return replace(PLAN, queues={**PLAN.queues, SALES: sales})


def call() -> Call:
    world = World()
    world.agent("anna").logs_in()
    return world.caller("bob").chooses("1").state


@pytest.mark.parametrize(
    ("wanted", "name", "prompts"),
    [
        (AnnounceToAgent.OFF, "queue_sales", ()),
        (AnnounceToAgent.QUEUE, "queue_sales", ("queue_sales",)),
        (AnnounceToAgent.QUEUE, "", ()),
        (
            AnnounceToAgent.QUEUE_AND_WAIT,
            "queue_sales",
            ("queue_sales", "waited", "number_3", "minutes"),
        ),
        (AnnounceToAgent.QUEUE_AND_WAIT, "", ("waited", "number_3", "minutes")),
    ],
)
def test_the_agent_hears_what_the_queue_wants(wanted, name, prompts):
    assert prompts_for(call(), plan(wanted, name), START + 185_000) == prompts


def test_a_queue_that_is_not_declared_any_more_says_nothing():
    without = replace(PLAN, queues={})
    assert prompts_for(call(), without, START) == ()


def test_a_call_that_waits_nowhere_has_nothing_to_say():
    in_menu = World().caller("bob").arrives().state
    assert prompts_for(in_menu, plan(AnnounceToAgent.QUEUE_AND_WAIT), START) == ()
