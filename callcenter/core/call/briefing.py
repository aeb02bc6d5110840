"""What an agent who answered hears before the caller: the queue, and how long the caller waited.

The caller hears music meanwhile. The two are connected when it has been played, and after
``LIMIT_MS`` whatever has been heard by then.
"""

from callcenter.core.call.model import Call
from callcenter.core.ids import Ms
from callcenter.core.plan import AnnounceToAgent, Plan
from ivr_flows.spoken import waited_prompts

LIMIT_MS: Ms = 5_000


def prompts_for(call: Call, plan: Plan, now: Ms) -> tuple[str, ...]:
    """Return what the agent is to hear, or nothing.

    Args:
        call: The call, offered by a queue.
        plan: The queues.
        now: The instant of the answer.
    """
    entered = call.queue
    queue = plan.queues.get(entered.queue_id) if entered else None
    if entered is None or queue is None or queue.announce_to_agent is AnnounceToAgent.OFF:
        return ()
    name = (queue.name_prompt,) if queue.name_prompt else ()
    if queue.announce_to_agent is AnnounceToAgent.QUEUE:
        return name
    return (*name, *waited_prompts(now - entered.at))
