from callcenter.core.acd.decision import Decision
from callcenter.core.acd.facts import AgentLoggedIn
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import QueueGaveUp
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import PoolRules
from ivr_flows.messages import QueueExit


def test_a_fact_is_noted_and_applied_at_once() -> None:
    todo = Decision(Pool("5ca1ab1e", PoolRules(), {}), 7)
    fact = AgentLoggedIn(7, AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", ()))
    todo.record(fact)
    assert todo.facts == [fact]
    assert AgentId("anna") in todo.pool.agents


def test_what_calls_are_told_is_kept_in_order() -> None:
    todo = Decision(Pool("5ca1ab1e", PoolRules(), {}), 7)
    told = [QueueGaveUp(CallId(name), QueueExit.TIMED_OUT) for name in ("b", "a")]
    for message in told:
        todo.tell(message)
    assert todo.tells == told
    assert todo.refusal is None
