"""Why does this agent get no calls? Told from the pool as it is."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from callcenter.core.acd.availability import Availability, availability
from callcenter.core.acd.choice import Skipped
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.needs import Demand, ability, obstacle, rank
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.strategies import DRAWN, KEYS, LINES, ORDER_OF
from callcenter.core.ids import Ms
from callcenter.core.plan import QueueRules, Strategy
from callcenter.core.why import reasons
from callcenter.core.why.doing import doing
from callcenter.core.why.explanation import Sentence
from callcenter.core.why.words import capital, count, levels

_MOST_CALLERS = 1_000
"""So many callers of a queue are looked at."""


def headline(pool: Pool, agent: Agent, now: Ms, who: str) -> str:
    """Return in one sentence why an agent gets no call.

    Args:
        pool: The state.
        agent: Logged in there.
        now: The instant.
        who: What the agent is called.
    """
    if availability(agent) is not Availability.FREE:
        return capital(f"{who} {doing(agent, now)}.")
    if pool.holds_offers:
        return "The telephone system is not heard: nobody is offered a call until it is back."
    if not any(queue_id in pool.queues for queue_id in agent.profile.queues):
        return f"{capital(who)} works no queue, so no call can come."
    if not any(pool.length(queue_id) for queue_id in agent.profile.queues):
        return f"{capital(who)} is free, and nobody waits in their queues."
    return f"{capital(who)} is free, and nobody waits whom they may take."


def state(agent: Agent, now: Ms) -> list[Sentence]:
    """Return what counts of an agent: choice, page, phone, rest, what follows the call."""
    return [Sentence(text) for text in _state(agent, now)]


def queues(pool: Pool, agent: Agent) -> list[Sentence]:
    """Return for each queue of an agent who waits there, whom they may take, who is asked first."""
    lines = []
    for queue_id in agent.profile.queues:
        queue = pool.queues.get(queue_id)
        if queue is None:
            lines.append(Sentence(f"{queue_id}: there is no such queue any more."))
        else:
            lines.append(
                Sentence(_head(pool, agent, queue), more=tuple(_of_queue(pool, agent, queue)))
            )
    if not lines:
        lines.append(Sentence("None: an administrator gives agents their queues."))
    return lines


def _state(agent: Agent, now: Ms) -> Iterator[str]:
    wants_calls = agent.status is AgentStatus.READY
    if availability(agent) is Availability.FREE:  # else the headline has it
        yield capital(f"{doing(agent, now)}: a call is offered as soon as there is one.")
    if agent.activity is not Activity.IDLE:
        after = "ready again" if wants_calls else f"paused ({agent.pause_reason or 'no reason'})"
        yield f"After this call: {'logged out' if agent.logs_out_after else after}."
    yield "A page is connected." if agent.page_connected else "No page is connected: open it."
    yield f"The phone is {agent.profile.station}."
    if agent.misses:
        yield f"Not answered in a row: {count(agent.misses, 'call')}."
    if agent.faults:
        yield f"In a row a fault of phone or page ended {count(agent.faults, 'offer')}."
    skills = agent.profile.skills
    yield f"Skills: {levels(sorted(skills.items()))}." if skills else "No skills are given."


def _head(pool: Pool, agent: Agent, queue: QueueRules) -> str:
    waiting = pool.length(queue.queue_id)
    level = agent.profile.levels.get(queue.queue_id, 1)
    points = agent.profile.priorities.get(queue.queue_id, 0)
    first = f", priority {points} for this agent" if points else ""
    return f"{queue.name} (level {level}{first}): {count(waiting, 'caller')} waiting."


def _of_queue(pool: Pool, agent: Agent, queue: QueueRules) -> Iterator[str]:
    door = pool.doors.of(queue.queue_id)
    if door is not None and not door.is_open:
        yield "The queue is closed."
    line = pool.line(queue.queue_id)
    found = Counter(_hindrance(pool, agent, call) for call in islice(line, _MOST_CALLERS))
    for why, number in found.items():
        yield capital(f"{count(number, 'caller')}: {why}.")
    if len(line) > _MOST_CALLERS:
        yield f"Only the first {_MOST_CALLERS} of them are looked at."
    yield from _asked_before(pool, agent, queue)


def _hindrance(pool: Pool, agent: Agent, call: WaitingCall) -> str:
    """Return why an agent does not have a caller."""
    if call.offer_id is not None:
        mine = any(pool.offers[each].agent_id == agent.profile.agent_id for each in call.offer_ids)
        return "this agent's phone rings" if mine else "another phone rings"
    why = obstacle(pool.demand(call), ability(agent.profile))
    if why is not None:
        reason, detail = why
        have = agent.profile.skills.get(detail.partition(" ")[0], 0)
        return reasons.lack(Skipped(reason, 1, detail), have)
    if call.waits_for and agent.profile.agent_id not in call.waits_for:
        return "still to wait for an agent of their own"
    if pool.queues[call.queue_id].strategy is Strategy.MANUAL:
        return "to be picked from the list"
    if availability(agent) is Availability.FREE and not pool.holds_offers:
        return "may be taken, and the offer is due at once"
    return "may be taken when this agent is free"


def _asked_before(pool: Pool, agent: Agent, queue: QueueRules) -> Iterator[str]:
    if queue.strategy is Strategy.MANUAL:
        yield "Callers of this queue are picked from the list, and offered to nobody."
        return
    if availability(agent) is not Availability.FREE:
        return
    if queue.strategy in DRAWN:
        yield f"The queue asks first: {LINES[queue.strategy]}."
        return
    mine = _turn(agent, queue)
    before = sum(
        1
        for other in pool.agents.values()
        if other is not agent
        and queue.queue_id in other.profile.queues
        and availability(other) is Availability.FREE
        and _turn(other, queue) < mine
    )
    who = (
        f"{count(before, 'free agent')} will be asked first" if before else "Nobody is asked first"
    )
    yield capital(f"{who}; the order is: by level, then {LINES[queue.strategy]}.")


def _turn(agent: Agent, queue: QueueRules) -> tuple[object, ...]:
    """Return the key by which an agent's turn comes for an ordinary caller of a queue."""
    demand = Demand(queue.queue_id)
    able = ability(agent.profile)
    return (*rank(demand, able, queue.strategy), *KEYS[ORDER_OF[queue.strategy]](agent))
