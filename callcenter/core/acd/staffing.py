"""Whether anybody is there for a caller: which agents count is the queue's to say.

A queue for which everybody counts who is logged in is the usual one, and the matcher's masks answer
at once. For others the agents are looked at; the first who counts ends the search, so it is long
only when there is nobody.
"""

from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.needs import later_demands
from callcenter.core.acd.overflow_rules import ANYBODY, Staffed
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.staff_states import staffed_as


def is_staffed(pool: Pool, call: WaitingCall, counts: frozenset[Staffed]) -> bool:
    """Say whether an agent is logged in, in one of these states, who may take a caller.

    Now, or when the queue asks less for the caller, which it does as time passes.
    """
    if not pool.is_staffed(call):
        return False
    if counts == ANYBODY:
        return True
    demands = list(later_demands(call, pool.queues[call.queue_id]))
    return any(
        staffed_as(agent) in counts
        and any(pool.matcher.serves(agent_id, demand) for demand in demands)
        for agent_id, agent in pool.agents.items()
    )
