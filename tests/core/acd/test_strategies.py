from callcenter.core.acd.model import Agent
from callcenter.core.acd.people import AgentProfile, AgentStatus
from callcenter.core.acd.strategies import KEYS, LINES, ORDER_OF, Strategy
from callcenter.core.ids import AgentId, QueueId


def agent(name: str, **of: int) -> Agent:
    idle_since = of.pop("idle_since", 0)
    profile = AgentProfile(AgentId(name), name, "", (QueueId("sales"),))
    return Agent(profile, AgentStatus.READY, 0, idle_since, **of)  # type: ignore[arg-type]


STAFF = (
    agent("anna", idle_since=30, offered_at=5, calls=4, talk_ms=100),
    agent("ben", idle_since=10, offered_at=20, calls=3, talk_ms=400),
    agent("carla", idle_since=20, offered_at=10, calls=1, talk_ms=900),
)


def first(strategy: Strategy) -> str:
    return min(STAFF, key=KEYS[ORDER_OF[strategy]]).profile.name


def test_each_strategy_asks_another_agent_first() -> None:
    assert first(Strategy.LONGEST_IDLE) == "ben"
    assert first(Strategy.ROUND_ROBIN) == "anna"
    assert first(Strategy.FEWEST_CALLS) == "carla"
    assert first(Strategy.LEAST_TALK) == "anna"
    assert first(Strategy.TOP_DOWN) == "anna"


def test_every_strategy_has_its_line_and_its_order() -> None:
    assert set(LINES) == set(ORDER_OF) == set(Strategy)
    assert set(ORDER_OF.values()) == set(KEYS)
