"""Who is meant."""

import pytest

from callcenter.core.acd.messages import CallEntered, CallWithdrawn, PauseRequested
from callcenter.core.addressees import pool_asked, pool_told
from callcenter.core.ids import AgentId, CallId
from tests.support.playbook import MAIN, PLAN, SALES, World


def test_a_call_speaks_to_the_pool_of_its_queue_and_late_ones_to_any() -> None:
    pools = World().centre.pools
    entered = CallEntered(CallId("c"), 1, SALES, 0, (), attempts=0)
    assert pool_told(pools, entered, PLAN) is pools[MAIN]
    assert pool_told(pools, CallWithdrawn(CallId("gone")), PLAN) is pools[MAIN]


def test_a_desk_speaks_to_the_pool_of_its_agent() -> None:
    world = World()
    world.agent("anna").logs_in()
    pools = world.centre.pools
    assert pool_asked(pools, PauseRequested(AgentId("anna"), "lunch")) is pools[MAIN]


def test_what_only_a_call_can_say_is_a_program_error() -> None:
    with pytest.raises(AssertionError, match="only come from a call"):
        pool_asked(World().centre.pools, CallWithdrawn(CallId("c")))
