"""Who of several free agents is asked: each strategy of a queue is one sort key.

The keys are of facts that change only while an agent is not free, so an index over free agents
never has to be sorted anew. Level in the queue and preferred skills come before any of them.
"""

from collections.abc import Callable
from enum import StrEnum

from callcenter.core.acd.model import Agent
from callcenter.core.ids import AgentId
from callcenter.core.plan import Strategy

__all__ = ["DRAWN", "KEYS", "LINES", "ORDER_OF", "Key", "Order", "Strategy"]

Key = tuple[int, int, AgentId]
"""The least is asked first; the agent's id makes the order complete."""


def _longest_idle(agent: Agent) -> Key:
    return (agent.idle_since, 0, agent.profile.agent_id)


def _round_robin(agent: Agent) -> Key:
    return (agent.offered_at, agent.idle_since, agent.profile.agent_id)


def _fewest_calls(agent: Agent) -> Key:
    return (agent.calls, agent.idle_since, agent.profile.agent_id)


def _least_talk(agent: Agent) -> Key:
    return (agent.talk_ms, agent.idle_since, agent.profile.agent_id)


def _top_down(agent: Agent) -> Key:
    return (0, 0, agent.profile.agent_id)


class Order(StrEnum):
    """The orders in which free agents are kept; several strategies share one."""

    IDLE = "idle"
    OFFERED = "offered"
    CALLS = "calls"
    TALK = "talk"
    NAME = "name"


KEYS: dict[Order, Callable[[Agent], Key]] = {
    Order.IDLE: _longest_idle,
    Order.OFFERED: _round_robin,
    Order.CALLS: _fewest_calls,
    Order.TALK: _least_talk,
    Order.NAME: _top_down,
}

ORDER_OF = dict.fromkeys(Strategy, Order.IDLE) | {
    Strategy.ROUND_ROBIN: Order.OFFERED,
    Strategy.FEWEST_CALLS: Order.CALLS,
    Strategy.LEAST_TALK: Order.TALK,
    Strategy.TOP_DOWN: Order.NAME,
}

DRAWN = (Strategy.RANDOM, Strategy.WEIGHTED_RANDOM)
"""Drawn from the call's number and attempt, so that the same facts give the same agent again."""

LINES: dict[Strategy, str] = {
    Strategy.LONGEST_IDLE: "who has waited longest for a call",
    Strategy.ROUND_ROBIN: "whose latest offer is the longest ago, taken or not",
    Strategy.FEWEST_CALLS: "who has taken the fewest calls since logging in",
    Strategy.LEAST_TALK: "who has talked the least since logging in",
    Strategy.TOP_DOWN: "the first by the agent's id, always in the same order",
    Strategy.RING_ALL: "all at once; the first to answer has the call",
    Strategy.RING_PROGRESSIVELY: "the longest idle, and one phone more after each interval",
    Strategy.RANDOM: "anyone, all equally likely",
    Strategy.WEIGHTED_RANDOM: "anyone; an agent of level n is n times less likely",
    Strategy.BEST_SKILL: "who is best at the skills wanted, then the longest idle",
    Strategy.MANUAL: "nobody: agents pick callers from the list",
}
"""What each strategy means, to complete the sentence "The first asked is ..."."""
