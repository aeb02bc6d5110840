"""The rules of routing once more, by looking at every agent and every caller.

Nothing here asks the code under test: an oracle that asks the matcher would believe the matcher.
"""

from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, Ms
from callcenter.core.plan import QueueRules, Strategy

SEVERAL = (Strategy.RING_ALL, Strategy.RING_PROGRESSIVELY)


def is_free(agent: Agent) -> bool:
    """Whether a call may be offered."""
    return (
        agent.status is AgentStatus.READY
        and agent.activity is Activity.IDLE
        and agent.page_connected
        and agent.rest_until is None
        and not agent.logs_out_after
    )


def wants(call: WaitingCall, queue: QueueRules, step: int) -> tuple[dict[str, int], int]:
    """Return the least levels of skills at a step, and the highest level of agents."""
    skills, most_level = dict(call.requires), queue.most_level or 99
    for relaxation in queue.relaxations[:step]:
        for skill, enough in relaxation.skills:
            skills[skill] = min(skills.get(skill, 0), enough)
        if relaxation.most is not None:
            skills = {skill: min(least, relaxation.most) for skill, least in skills.items()}
        if relaxation.most_level is not None:
            most_level = max(most_level, relaxation.most_level or 99)
    return skills, most_level


def level(agent: Agent, call: WaitingCall) -> int:
    return agent.profile.levels.get(call.queue_id, 1)


def may_take(pool: Pool, agent: Agent, call: WaitingCall, step: int | None = None) -> bool:
    """Whether queue, skills and level fit, at the caller's step or at another."""
    queue = pool.queues[call.queue_id]
    least, most_level = wants(call, queue, call.step if step is None else step)
    has = agent.profile.skills
    return (
        call.queue_id in agent.profile.queues
        and all(has.get(skill, 0) >= need for skill, need in least.items())
        and not any(has.get(skill, 0) for skill in call.forbids)
        and level(agent, call) <= most_level
    )


def is_for(call: WaitingCall, agent: Agent) -> bool:
    """Whether the caller is not waiting for somebody else."""
    return not call.waits_for or agent.profile.agent_id in call.waits_for


def place(pool: Pool, call: WaitingCall) -> tuple[int, Ms, int]:
    """The order in line: bumped, then age with points in advance, then the order of arrival."""
    if call.bumped_at is not None:
        return (-1_000_000, -call.bumped_at, call.call_number)
    points = call.priority + pool.queues[call.queue_id].weight
    if pool.rules.strict_priorities:
        return (-points, call.entered_at, call.call_number)
    return (0, call.entered_at - points * pool.rules.priority_step_ms, call.call_number)


def place_for(pool: Pool, agent: Agent, call: WaitingCall) -> tuple[int, Ms, int]:
    """The order in line as one agent's own priorities move it."""
    rank, key, number = place(pool, call)
    own = 0 if call.waits_for else agent.profile.priorities.get(call.queue_id, 0)
    return (rank, key - own * pool.rules.priority_step_ms, number)


def rank(pool: Pool, agent: Agent, call: WaitingCall) -> tuple[int, int]:
    """Level first, then preferred skills."""
    strategy, has = pool.queues[call.queue_id].strategy, agent.profile.skills
    score = sum(has.get(skill, 0) * weight for skill, weight in call.prefers)
    if strategy is Strategy.BEST_SKILL:
        least, _ = wants(call, pool.queues[call.queue_id], call.step)
        score += sum(has.get(skill, 0) for skill, need in least.items() if need)
    return (0 if strategy is Strategy.WEIGHTED_RANDOM else level(agent, call), -score)


def key(strategy: Strategy, agent: Agent) -> tuple[int, int, AgentId]:
    """The order of agents of one rank."""
    first = {
        Strategy.ROUND_ROBIN: (agent.offered_at, agent.idle_since),
        Strategy.FEWEST_CALLS: (agent.calls, agent.idle_since),
        Strategy.LEAST_TALK: (agent.talk_ms, agent.idle_since),
        Strategy.TOP_DOWN: (0, 0),
    }.get(strategy, (agent.idle_since, 0))
    return (*first, agent.profile.agent_id)


def best_agents(pool: Pool, call: WaitingCall) -> set[AgentId]:
    """The free agents of whom one is to be asked next: one, or many where it is drawn."""
    free = [a for a in pool.agents.values() if is_free(a) and may_take(pool, a, call)]
    if call.waits_for:
        named = [each for each in call.waits_for if each in {a.profile.agent_id for a in free}]
        return set(named[:1])
    if not free:
        return set()
    best = min(rank(pool, agent, call) for agent in free)
    first = [agent for agent in free if rank(pool, agent, call) == best]
    strategy = pool.queues[call.queue_id].strategy
    if strategy not in (Strategy.RANDOM, Strategy.WEIGHTED_RANDOM):
        first = [min(first, key=lambda agent: key(strategy, agent))]
    return {agent.profile.agent_id for agent in first}


def rings_more(pool: Pool, call: WaitingCall) -> bool:
    """Whether one phone more may ring for a caller for whom one rings already."""
    queue, rings = pool.queues[call.queue_id], len(call.offer_ids)
    if not rings or call.waits_for or call.answered or queue.strategy not in SEVERAL:
        return False
    due = queue.most_phones if queue.strategy is Strategy.RING_ALL else 1 + call.widened
    return rings < min(queue.most_phones, due)


def next_call(pool: Pool, agent: Agent) -> CallId | None:
    """The caller whom an agent who becomes free is to be given."""
    mine = [
        c for c in pool.waiting.values() if is_for(c, agent) and may_take(pool, agent, c)
        and pool.queues[c.queue_id].strategy is not Strategy.MANUAL
    ]  # fmt: skip
    line = [c for c in mine if not c.offer_ids] or [c for c in mine if rings_more(pool, c)]
    first = min(line, key=lambda call: place_for(pool, agent, call), default=None)
    return first.call_id if first else None


def is_staffed(pool: Pool, call: WaitingCall) -> bool:
    """Whether anybody may take the caller, now or when the queue asks less."""
    steps = range(call.step, len(pool.queues[call.queue_id].relaxations) + 1)
    return any(may_take(pool, a, call, step) for a in pool.agents.values() for step in steps)
