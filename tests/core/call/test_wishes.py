from callcenter.core.call.messages import NO_TRAITS, Traits
from callcenter.core.call.wishes import Wishes, needs_of, own_agents
from callcenter.core.ids import AgentId, QueueId
from callcenter.core.plan import Plan, QueueRules, TierRules
from ivr_flows.messages import EnterQueue

ANNA, BEN = AgentId("anna"), AgentId("ben")
SALES = QueueId("sales")
PLAN = Plan({}, {}, {}, "main", tiers={"gold": TierRules(3, (("vip", 4),), (("tact", 2),))})


def queue(language: str = "ignore", agent_wait_ms: int = 0) -> QueueRules:
    return QueueRules(SALES, "Sales", language=language, agent_wait_ms=agent_wait_ms)


def test_an_unknown_caller_needs_what_the_flow_says() -> None:
    action = EnterQueue("sales", 1, {"tax": 2, "vip": 1}, {"wit": 3}, ("trainee", "new"))
    assert needs_of(action, NO_TRAITS, PLAN, queue("require")) == Wishes(
        1, (("tax", 2), ("vip", 1)), (("wit", 3),), ("new", "trainee")
    )


def test_the_tier_adds_points_and_skills_and_the_higher_level_counts() -> None:
    action = EnterQueue("sales", 1, {"tax": 2, "vip": 9})
    wishes = needs_of(action, Traits("gold"), PLAN, queue())
    assert wishes == Wishes(4, (("tax", 2), ("vip", 9)), (("tact", 2),), ())
    assert needs_of(action, Traits("unheard of"), PLAN, queue()).priority == 1


def test_the_language_is_a_skill_that_the_queue_prefers_or_requires() -> None:
    action, french = EnterQueue("sales"), Traits(language="fr")
    assert needs_of(action, french, PLAN, queue()).requires == ()
    assert needs_of(action, french, PLAN, queue("prefer")).prefers == (("lang_fr", 1),)
    assert needs_of(action, french, PLAN, queue("require")).requires == (("lang_fr", 1),)


def test_own_agents_are_those_the_queue_waits_for_each_once() -> None:
    traits = Traits(owner_id=ANNA, last_agent_id=BEN)
    assert own_agents(traits, queue()) == ()
    assert own_agents(traits, queue(agent_wait_ms=1)) == (ANNA, BEN)
    same = Traits(owner_id=ANNA, last_agent_id=ANNA)
    assert own_agents(same, queue(agent_wait_ms=1)) == (ANNA,)
    assert own_agents(NO_TRAITS, queue(agent_wait_ms=1)) == ()
