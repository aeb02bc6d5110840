"""Whether anybody is there for a caller: which agents count is the queue's to say.

A queue for which everybody counts who is logged in is the usual one, and the matcher's masks answer
at once. For others the agents are looked at; the first who counts ends the search, so it is long
only when there is nobody.
"""

from callcenter.core.acd.model import Agent, Requirements
from callcenter.core.acd.overflow_rules import ANYBODY, Staffed
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.staff_states import staffed_as
from callcenter.core.ids import QueueId


def is_staffed(
    pool: Pool, queue_id: QueueId, requires: Requirements, counts: frozenset[Staffed]
) -> bool:
    """Say whether an agent who may take such a caller is logged in, and in one of these states."""
    if not pool.matcher.is_staffed(queue_id, requires):
        return False
    return counts == ANYBODY or any(
        staffed_as(agent) in counts and _may_take(agent, queue_id, requires)
        for agent in pool.agents.values()
    )


def _may_take(agent: Agent, queue_id: QueueId, requires: Requirements) -> bool:
    levels = agent.profile.skills
    return queue_id in agent.profile.queues and all(
        levels.get(skill, 0) >= least for skill, least in requires
    )
