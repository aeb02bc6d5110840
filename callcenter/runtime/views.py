"""What pages show, worked out from the state. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from callcenter.core.acd.model import Agent
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import Ms, QueueId
from callcenter.core.plan import PoolRules
from callcenter.ports.desk import (
    AgentState,
    CallPhase,
    DeskCall,
    FloorAgent,
    FloorCall,
    FloorQueue,
    LeftCount,
    MyAgent,
    MyQueue,
)
from callcenter.ports.directory import Candidate, CustomerCard

_ACTIVITY_STATES = {
    Activity.RINGING: AgentState.RINGING,
    Activity.TALKING: AgentState.TALKING,
    Activity.WRAP_UP: AgentState.WRAP_UP,
}

_PAUSED = frozenset({AgentState.PAUSED, AgentState.RESTING, AgentState.NOT_ANSWERING})


@dataclass(slots=True)
class Day:
    """What happened in a queue since midnight."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    in_time: int = 0
    left: Counter[str] = field(default_factory=Counter)
    """Callers who left without an agent and without hanging up, by reason."""


def agent_state(agent: Agent) -> AgentState:
    """Return the one word for an agent's choice and what is happening."""
    busy = _ACTIVITY_STATES.get(agent.activity)
    if busy is not None:
        return busy
    if agent.status is AgentStatus.PAUSED:
        return AgentState.NOT_ANSWERING if agent.is_not_answering else AgentState.PAUSED
    if not agent.page_connected:
        return AgentState.LOST
    return AgentState.RESTING if agent.rest_until is not None else AgentState.READY


def my_agent(agent: Agent) -> MyAgent:
    """Return an agent as their own page shows them."""
    profile = agent.profile
    return MyAgent(
        id=profile.agent_id,
        name=profile.name,
        state=agent_state(agent),
        since_at=agent.since_at,
        pause_reason=agent.pause_reason,
        next_status=_next_status(agent),
        station=profile.station,
        answers_by_click=profile.answers_by_click,
        resting_until=agent.rest_until,
        misses=agent.misses,
    )


def _next_status(agent: Agent) -> str:
    if agent.activity is Activity.IDLE:
        return ""
    if agent.logs_out_after:
        return "log out"
    if agent.status is AgentStatus.READY:
        return "ready"
    return f"paused: {agent.pause_reason}" if agent.pause_reason else "paused"


def floor_agent(agent: Agent) -> FloorAgent:
    """Return an agent as supervisors see them."""
    profile = agent.profile
    return FloorAgent(
        id=profile.agent_id,
        name=profile.name,
        state=agent_state(agent),
        since_at=agent.since_at,
        pause_reason=agent.pause_reason,
        queue_ids=profile.queues,
        station=profile.station,
        call_id=agent.call_id or "",
        page_connected=agent.page_connected,
    )


def my_queue(pool: Pool, queue_id: QueueId) -> MyQueue:
    """Return a queue as its agents see it."""
    queue = pool.queues[queue_id]
    return MyQueue(queue_id, queue.name, pool.length(queue_id), pool.oldest_entered_at(queue_id))


def floor_queue(pool: Pool, queue_id: QueueId, day: Day) -> FloorQueue:
    """Return a queue as supervisors see it; costs one look at each agent of the pool."""
    queue = pool.queues[queue_id]
    accuracy = pool.experience.of(queue_id).accuracy
    door = pool.doors.of(queue_id)
    states = [agent_state(a) for a in pool.agents.values() if queue_id in a.profile.queues]
    return FloorQueue(
        id=queue_id,
        name=queue.name,
        waiting=pool.length(queue_id),
        oldest_entered_at=pool.oldest_entered_at(queue_id),
        ready=states.count(AgentState.READY),
        talking=states.count(AgentState.TALKING) + states.count(AgentState.RINGING),
        wrap_up=states.count(AgentState.WRAP_UP),
        paused=sum(state in _PAUSED for state in states),
        lost=states.count(AgentState.LOST),
        offered_today=day.offered,
        answered_today=day.answered,
        abandoned_today=day.abandoned,
        in_time_today=day.in_time,
        service_level_s=queue.service_level_ms // 1000,
        estimates=accuracy.answered,
        estimate_error_s=round(accuracy.mean_error_ms / 1000),
        estimate_bias_s=round(accuracy.bias_ms / 1000),
        estimate_coverage=round(accuracy.coverage, 2),
        is_open=door is None or door.is_open,
        changes_at=door.until if door else None,
        closed_by=door.closed_by if door else "",
        closed_reason=door.reason if door else "",
        left_today=tuple(LeftCount(reason, count) for reason, count in sorted(day.left.items())),
    )


def call_phase(call: Call) -> CallPhase:
    """Return where a call is, as pages show it."""
    match call.phase:
        case Phase.LATER:
            return CallPhase.LATER
        case Phase.FLOW:
            return CallPhase.IVR
        case Phase.QUEUE:
            return CallPhase.RINGING if call.offer is not None else CallPhase.WAITING
        case Phase.TALK:
            return CallPhase.TALKING
        case Phase.ENDED | Phase.CLOSED:
            return CallPhase.WRAP_UP


def caller_name(call: Call) -> str:
    """Return the person's name if known, else the one the network gave."""
    return (call.match.name if call.match else "") or call.arrived.ani_name


def floor_call(call: Call) -> FloorCall:
    """Return a call as supervisors see it."""
    arrived = call.arrived
    return FloorCall(
        id=arrived.call_id,
        phase=call_phase(call),
        ani=arrived.ani or "",
        caller_name=caller_name(call),
        dnis=arrived.dnis,
        service=arrived.service,
        queue_id=call.queue.queue_id if call.queue else "",
        agent_id=_agent_id(call),
        since_at=_since(call),
        arrived_at=arrived.at,
        priority=call.queue.priority if call.queue else 0,
    )


def _agent_id(call: Call) -> str:
    """Return whose call it is: offered to, in talk with, or wrapped up by."""
    if call.phase is not Phase.ENDED:
        return call.offer.agent_id if call.offer else ""
    last = call.last_offer
    return last.agent_id if last and last.agent_id in call.wrapping_up else ""


def _since(call: Call) -> Ms:
    if call.phase is Phase.TALK and call.talk_since is not None:
        return call.talk_since
    if call.queue is not None and call.phase is Phase.QUEUE:
        return call.queue.waits_since
    return call.ended_at if call.ended_at is not None else call.arrived.at


def _desk_phase(call: Call, agent: Agent) -> CallPhase:
    match agent.activity:
        case Activity.RINGING:
            is_theirs = call.briefed and call.briefed.offer.agent_id == agent.profile.agent_id
            if call.back is not None and call.back.reserved is not None:
                is_theirs = True  # kept free while the customer is asked
            return CallPhase.CONNECTING if is_theirs else CallPhase.RINGING
        case Activity.TALKING:
            return CallPhase.TALKING
        case _:
            return CallPhase.WRAP_UP


def desk_call(
    call: Call,
    agent: Agent,
    candidates: Sequence[Candidate],
    card: CustomerCard | None,
    rules: PoolRules,
) -> DeskCall:
    """Return the pop: the call as the agent who is offered it, or has it, sees it."""
    arrived, match = call.arrived, call.match
    queue_at = call.queue.waits_since if call.queue else arrived.at
    offer = call.offer_to(agent.profile.agent_id) or call.last_offer
    offered_at = offer.at if offer else arrived.at
    phase = _desk_phase(call, agent)
    rings = phase in (CallPhase.RINGING, CallPhase.CONNECTING)
    return DeskCall(
        id=arrived.call_id,
        phase=phase,
        ani=arrived.ani or "",
        presentation=arrived.presentation.value,
        caller_name=caller_name(call),
        match_status=match.status.value if match else "pending",
        party_id=(match.party_id or "") if match else "",
        candidates=candidates,
        dnis=arrived.dnis,
        service=arrived.service,
        queue_name=call.queue.queue_name if call.queue else "",
        menu_path=call.session.path if call.session else (),
        waited_ms=max(0, offered_at - queue_at),
        offered_at=offered_at,
        answered_at=None if rings else call.talk_since,
        ended_at=call.ended_at,
        wrap_up_until=agent.wrap_up_until,
        card=card,
        offer_id=agent.offer_id or "",
        extensions_left=max(0, rules.wrap_up_extensions - agent.wrap_up_extensions),
        extension_ms=rules.wrap_up_extension_ms,
    )
