"""How a pool changes with each fact: the only place where it does. No decisions here."""

from callcenter.core.acd import offer_ends
from callcenter.core.acd.callers import evolve_caller, restart_announcements
from callcenter.core.acd.experience import TAUGHT_BY
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    OfferMade,
    PoolFact,
    RestEnded,
    RulesChanged,
    StatusChosen,
)
from callcenter.core.acd.model import Agent, Offer, PoolKept, WaitingCall
from callcenter.core.acd.offer_end_messages import AgentNotAnswering, OfferClosed
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.queue_messages import QueueClosed, QueueOpened
from callcenter.core.acd.wrap_up_messages import (
    WrapUpEnded,
    WrapUpExtended,
    WrapUpLimited,
    WrapUpStarted,
)
from callcenter.core.ids import OfferId
from callcenter.core.plan import Strategy
from callcenter.core.records import replace


def evolve(pool: Pool, fact: PoolFact | PoolKept) -> Pool:
    """Apply a fact; the pool is changed in place and returned. No decisions here."""
    if type(fact) in TAUGHT_BY:
        pool.experience.learn(fact, pool.agents, pool.waiting, pool.offers)
    match fact:
        case PoolKept():
            _restore(pool, fact)
        case AgentLoggedIn() | AgentLoggedOut() | LogOutDeferred() | StatusChosen():
            _evolve_status(pool, fact)
        case DeskConnected() | DeskDisconnected():
            _evolve_desk(pool, fact)
        case QueueOpened() | QueueClosed():
            _evolve_door(pool, fact)
        case OfferMade() | OfferAccepted() | OfferClosed():
            _evolve_offer(pool, fact)
        case RestEnded() | AgentNotAnswering():
            _evolve_wish(pool, fact)
        case WrapUpStarted() | WrapUpEnded() | WrapUpExtended() | WrapUpLimited():
            _evolve_wrap_up(pool, fact)
        case RulesChanged():
            restart_announcements(pool, fact.at)
        case _:
            evolve_caller(pool, fact)
    return pool


def _restore(pool: Pool, kept: PoolKept) -> None:
    pool.experience.restore(kept.experience)
    pool.doors.restore(kept.doors)
    pool.set_door_alarms()
    pool.levels.restore(kept.levels)
    for agent in kept.agents:
        pool.put_agent(agent)
    for call in kept.waiting:
        if call.queue_id in pool.queues:
            pool.put_call(call)
    pool.offers.update({offer.offer_id: offer for offer in kept.offers})


def _evolve_door(pool: Pool, fact: QueueOpened | QueueClosed) -> None:
    if fact.queue_id in pool.queues:
        pool.doors.evolve(fact)
        pool.agenda.set(("queue", fact.queue_id), pool.doors.alarm(fact.queue_id))


def _evolve_status(
    pool: Pool, fact: AgentLoggedIn | AgentLoggedOut | LogOutDeferred | StatusChosen
) -> None:
    match fact:
        case AgentLoggedIn():
            known = pool.agents.get(fact.profile.agent_id)
            pool.put_agent(
                replace(known, profile=fact.profile, logs_out_after=False)
                if known
                else Agent(fact.profile, AgentStatus.PAUSED, fact.at, fact.at)
            )
        case AgentLoggedOut():
            pool.drop_agent(fact.agent_id)
        case LogOutDeferred():
            pool.put_agent(replace(pool.agents[fact.agent_id], logs_out_after=True))
        case StatusChosen():
            agent = replace(
                pool.agents[fact.agent_id],
                status=fact.status,
                pause_reason=fact.reason,
                logs_out_after=False,
                misses=0,
                is_not_answering=False,
            )
            if agent.activity is Activity.IDLE:
                agent = replace(agent, since_at=fact.at, idle_since=fact.at, rest_until=None)
            pool.put_agent(agent)


def _evolve_desk(pool: Pool, fact: DeskConnected | DeskDisconnected) -> None:
    is_connected = isinstance(fact, DeskConnected)
    pool.put_agent(
        replace(
            pool.agents[fact.agent_id],
            page_connected=is_connected,
            page_lost_at=None if is_connected else fact.at,
        )
    )


def _evolve_offer(pool: Pool, fact: OfferMade | OfferAccepted | OfferClosed) -> None:
    if isinstance(fact, OfferMade):
        _make_offer(pool, fact)
        return
    offer = pool.offers.pop(fact.offer_id)
    agent = pool.agents[offer.agent_id]
    call = pool.waiting[offer.call_id]
    if isinstance(fact, OfferAccepted):
        pool.drop_call(call.call_id)
        in_time = fact.waited_ms <= pool.queues[call.queue_id].service_level_ms
        if not call.is_callback:  # nobody waited on the line
            pool.levels.count(call.queue_id, fact.at, in_time=in_time)
        agent = replace(
            agent,
            activity=Activity.TALKING,
            since_at=fact.at,
            offer_id=None,
            calls=agent.calls + 1,
            misses=0,
            faults=0,
        )
    else:
        pool.put_call(_without_offer(call, fact.offer_id))
        agent = _after_offer(agent, fact)
    pool.put_agent(agent)


def _without_offer(call: WaitingCall, offer_id: OfferId) -> WaitingCall:
    left = tuple(each for each in call.offer_ids if each != offer_id)
    if left:
        answered = None if call.answered == offer_id else call.answered
        return replace(call, offer_id=left[0], also_rings=left[1:], answered=answered)
    return replace(call, offer_id=None, also_rings=(), answered=None, widened=0, widens_at=None)


def _make_offer(pool: Pool, fact: OfferMade) -> None:
    call = pool.waiting[fact.call_id]
    agent = pool.agents[fact.agent_id]
    pool.offers[fact.offer_id] = Offer(
        fact.offer_id, fact.call_id, fact.agent_id, fact.attempt, fact.at
    )
    pool.put_call(_with_offer(pool, call, fact))
    pool.put_agent(
        replace(
            agent,
            activity=Activity.RINGING,
            since_at=fact.at,
            offer_id=fact.offer_id,
            call_id=fact.call_id,
            queue_id=call.queue_id,
            offered_at=fact.at,
        )
    )


def _with_offer(pool: Pool, call: WaitingCall, fact: OfferMade) -> WaitingCall:
    rings = (*call.offer_ids, fact.offer_id)
    call = replace(call, offer_id=rings[0], also_rings=rings[1:], attempts=fact.attempt)
    queue = pool.queues[call.queue_id]
    grows = queue.strategy is Strategy.RING_PROGRESSIVELY and queue.most_phones > 1
    if grows and len(rings) == 1:
        call = replace(call, widens_at=fact.at + queue.widen_every_ms)
    return call


def _after_offer(agent: Agent, fact: OfferClosed) -> Agent:
    keeps_turn = fact.reason in offer_ends.NOBODYS_DOING
    return replace(
        offer_ends.counted(agent, fact),
        activity=Activity.IDLE,
        since_at=fact.at,
        idle_since=agent.idle_since if keeps_turn else fact.at,
        rest_until=fact.rest_until if fact.rest_until > fact.at else None,
        rest_after=fact.reason,
        offer_id=None,
        call_id=None,
        queue_id=None,
    )


def _evolve_wish(pool: Pool, fact: RestEnded | AgentNotAnswering) -> None:
    agent = replace(pool.agents[fact.agent_id], rest_until=None, since_at=fact.at)
    if isinstance(fact, RestEnded):
        pool.put_agent(replace(agent, idle_since=fact.at))
        return
    paused = replace(agent, status=AgentStatus.PAUSED, pause_reason=offer_ends.NOT_ANSWERING)
    pool.put_agent(replace(paused, is_not_answering=True))


def _evolve_wrap_up(
    pool: Pool, fact: WrapUpStarted | WrapUpEnded | WrapUpExtended | WrapUpLimited
) -> None:
    agent = pool.agents[fact.agent_id]
    match fact:
        case WrapUpExtended():
            agent = replace(agent, wrap_up_until=fact.until, wrap_up_extensions=fact.number)
        case WrapUpLimited():
            agent = replace(agent, wrap_up_until=fact.until)
        case WrapUpStarted():
            agent = replace(
                agent,
                activity=Activity.WRAP_UP,
                since_at=fact.at,
                wrap_up_until=fact.until,
                talk_ms=agent.talk_ms + fact.at - agent.since_at,
            )
        case WrapUpEnded():
            agent = replace(
                agent,
                activity=Activity.IDLE,
                since_at=fact.at,
                idle_since=fact.at,
                wrap_up_until=None,
                wrap_up_extensions=0,
                call_id=None,
                queue_id=None,
            )
    pool.put_agent(agent)
