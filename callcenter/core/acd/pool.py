"""The state of a pool, and the only place where it changes.

A pool is changed in place, because copying it would cost as much as its agents for each fact. So
a turn that fails half-way leaves it spoilt: the node then folds it anew from its facts.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping

from callcenter.core.acd import comfort, offer_ends
from callcenter.core.acd.comfort_messages import ComfortGiven, PositionTold
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallDequeued,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    OfferMade,
    PoolFact,
    RestEnded,
    StatusChosen,
)
from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.messages import Activity, AgentStatus
from callcenter.core.acd.model import Agent, Offer, PoolKept, WaitingCall
from callcenter.core.acd.offer_end_messages import AgentNotAnswering, OfferClosed
from callcenter.core.acd.wrap_up_messages import (
    WrapUpEnded,
    WrapUpExtended,
    WrapUpLimited,
    WrapUpStarted,
)
from callcenter.core.agenda import Agenda
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from callcenter.core.records import replace

Alarm = tuple[str, str]
"""What is due: ("agent" or "call", its id)."""


class Pool:
    """Agents, waiting callers and offers of one routing pool."""

    def __init__(
        self, journal_id: str, rules: PoolRules, queues: Mapping[QueueId, QueueRules]
    ) -> None:
        self.journal_id = journal_id
        self.rules = rules
        self.queues = queues
        self.agents: dict[AgentId, Agent] = {}
        self.waiting: dict[CallId, WaitingCall] = {}
        self.offers: dict[OfferId, Offer] = {}
        self.matcher = Matcher()
        self.agenda: Agenda[Alarm] = Agenda()
        self.holds_offers = False
        """No phone is rung while the PBX is not heard: nobody would learn what became of it."""
        self._lines: dict[QueueId, list[tuple[int, Ms, int, CallId]]] = {}

    @property
    def pool_id(self) -> PoolId:
        """The pool's id."""
        return self.rules.pool_id

    def position(self, call: WaitingCall) -> int:
        """Return the caller's place in the queue, from 1; callers being offered count."""
        return bisect_left(self._lines[call.queue_id], call.place) + 1

    def length(self, queue_id: QueueId) -> int:
        """Return how many callers wait in a queue, those being offered included."""
        return len(self._lines.get(queue_id, ()))

    def oldest_entered_at(self, queue_id: QueueId) -> Ms | None:
        """Return since when the longest waiting caller of a queue waits."""
        return min((place[1] for place in self._lines.get(queue_id, ())), default=None)

    # ------------------------------------------------------------ records and their index

    def put_agent(self, agent: Agent) -> None:
        """Replace an agent's record and keep the index in step."""
        before = self.agents.get(agent.profile.agent_id)
        if before is not None and before.is_free:
            self.matcher.remove_agent(before)
        if before is None or before.profile is not agent.profile:
            if before is not None:
                self.matcher.log_out(before)
            self.matcher.log_in(agent)
        self.agents[agent.profile.agent_id] = agent
        if agent.is_free:
            self.matcher.add_agent(agent)
        self.agenda.set(("agent", agent.profile.agent_id), self._agent_alarm(agent))

    def drop_agent(self, agent_id: AgentId) -> None:
        """Remove an agent's record."""
        agent = self.agents.pop(agent_id)
        if agent.is_free:
            self.matcher.remove_agent(agent)
        self.matcher.log_out(agent)
        self.agenda.set(("agent", agent_id), None)

    def put_call(self, call: WaitingCall) -> None:
        """Replace a waiting caller's record and keep the index in step."""
        before = self.waiting.get(call.call_id)
        line = self._lines.setdefault(call.queue_id, [])
        if before is None:
            insort(line, call.place)
        elif before.offer_id is None:
            self.matcher.remove_call(before)
        self.waiting[call.call_id] = call
        if call.offer_id is None:
            self.matcher.add_call(call)
        self.agenda.set(("call", call.call_id), self._call_alarm(call))

    def drop_call(self, call_id: CallId) -> None:
        """Remove a waiting caller's record."""
        call = self.waiting.pop(call_id)
        line = self._lines[call.queue_id]
        del line[bisect_left(line, call.place)]
        if call.offer_id is None:
            self.matcher.remove_call(call)
        self.agenda.set(("call", call_id), None)

    def gives_up_at(self, call: WaitingCall) -> Ms:
        """Return when the caller has waited as long as the queue allows."""
        return call.queued_at + self.queues[call.queue_id].max_wait_ms

    def _call_alarm(self, call: WaitingCall) -> Ms | None:
        if call.offer_id is not None:
            return None  # the offer ends by the call's own deadline
        comfort_at = comfort.next_comfort(self.queues[call.queue_id], call)
        dues = (self.gives_up_at(call), call.announce_at, comfort_at)
        return min(at for at in dues if at is not None)

    def _agent_alarm(self, agent: Agent) -> Ms | None:
        if agent.activity is Activity.WRAP_UP:
            return agent.wrap_up_until
        if agent.activity is not Activity.IDLE:
            return None  # rings and talks end by the call's own deadlines
        lost_until = (
            agent.page_lost_at + self.rules.lost_log_out_ms
            if agent.page_lost_at is not None
            else None
        )
        return min((at for at in (agent.rest_until, lost_until) if at is not None), default=None)


def deadlines(pool: Pool) -> Iterator[Ms]:
    """Yield the instant at which the pool wants to be woken, if there is one."""
    earliest = pool.agenda.earliest()
    if earliest is not None:
        yield earliest


def keep(pool: Pool, now: Ms) -> PoolKept:
    """Return the one fact from which the whole pool can be folded."""
    return PoolKept(
        now,
        tuple(pool.agents.values()),
        tuple(pool.waiting.values()),
        tuple(pool.offers.values()),
    )


def evolve(pool: Pool, fact: PoolFact | PoolKept) -> Pool:
    """Apply a fact; the pool is changed in place and returned. No decisions here."""
    match fact:
        case PoolKept():
            _restore(pool, fact)
        case AgentLoggedIn() | AgentLoggedOut() | LogOutDeferred() | StatusChosen():
            _evolve_status(pool, fact)
        case AgentNotAnswering():
            _evolve_not_answering(pool, fact)
        case DeskConnected() | DeskDisconnected():
            _evolve_desk(pool, fact)
        case CallQueued() | CallDequeued() | PositionTold() | ComfortGiven():
            _evolve_call(pool, fact)
        case OfferMade() | OfferAccepted() | OfferClosed():
            _evolve_offer(pool, fact)
        case RestEnded():
            agent = pool.agents[fact.agent_id]
            pool.put_agent(replace(agent, rest_until=None, since_at=fact.at, idle_since=fact.at))
        case WrapUpStarted() | WrapUpEnded() | WrapUpExtended() | WrapUpLimited():
            _evolve_wrap_up(pool, fact)
    return pool


def _restore(pool: Pool, kept: PoolKept) -> None:
    for agent in kept.agents:
        pool.put_agent(agent)
    for call in kept.waiting:
        if call.queue_id in pool.queues:
            pool.put_call(call)
    pool.offers.update({offer.offer_id: offer for offer in kept.offers})


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


def _evolve_not_answering(pool: Pool, fact: AgentNotAnswering) -> None:
    pool.put_agent(
        replace(
            pool.agents[fact.agent_id],
            status=AgentStatus.PAUSED,
            pause_reason=offer_ends.NOT_ANSWERING,
            is_not_answering=True,
            since_at=fact.at,
            rest_until=None,
        )
    )


def _evolve_desk(pool: Pool, fact: DeskConnected | DeskDisconnected) -> None:
    is_connected = isinstance(fact, DeskConnected)
    pool.put_agent(
        replace(
            pool.agents[fact.agent_id],
            page_connected=is_connected,
            page_lost_at=None if is_connected else fact.at,
        )
    )


def _evolve_call(pool: Pool, fact: CallQueued | CallDequeued | PositionTold | ComfortGiven) -> None:
    match fact:
        case CallQueued():
            pool.put_call(
                WaitingCall(
                    fact.call_id,
                    fact.call_number,
                    fact.queue_id,
                    fact.priority,
                    fact.requires,
                    fact.entered_at,
                    fact.at,
                    fact.attempts,
                    announce_at=comfort.next_announcement(pool.queues[fact.queue_id], fact.at),
                    comforted_until=fact.at,
                )
            )
        case CallDequeued():
            pool.drop_call(fact.call_id)
        case PositionTold():
            call = pool.waiting[fact.call_id]
            announce_at = comfort.next_announcement(pool.queues[call.queue_id], fact.at)
            told = fact.position if fact.was_told else call.told_position
            pool.put_call(replace(call, announce_at=announce_at, told_position=told))
        case ComfortGiven():
            pool.put_call(replace(pool.waiting[fact.call_id], comforted_until=fact.at))


def _evolve_offer(pool: Pool, fact: OfferMade | OfferAccepted | OfferClosed) -> None:
    if isinstance(fact, OfferMade):
        _make_offer(pool, fact)
        return
    offer = pool.offers.pop(fact.offer_id)
    agent = pool.agents[offer.agent_id]
    call = pool.waiting[offer.call_id]
    if isinstance(fact, OfferAccepted):
        pool.drop_call(call.call_id)
        agent = replace(
            agent,
            activity=Activity.TALKING,
            since_at=fact.at,
            offer_id=None,
            misses=0,
            faults=0,
        )
    else:
        pool.put_call(replace(call, offer_id=None))
        agent = _after_offer(agent, fact)
    pool.put_agent(agent)


def _make_offer(pool: Pool, fact: OfferMade) -> None:
    call = pool.waiting[fact.call_id]
    agent = pool.agents[fact.agent_id]
    pool.offers[fact.offer_id] = Offer(
        fact.offer_id, fact.call_id, fact.agent_id, fact.attempt, fact.at
    )
    pool.put_call(replace(call, offer_id=fact.offer_id, attempts=fact.attempt))
    pool.put_agent(
        replace(
            agent,
            activity=Activity.RINGING,
            since_at=fact.at,
            offer_id=fact.offer_id,
            call_id=fact.call_id,
            queue_id=call.queue_id,
        )
    )


def _after_offer(agent: Agent, fact: OfferClosed) -> Agent:
    keeps_turn = fact.reason in offer_ends.NOBODYS_DOING
    return replace(
        offer_ends.counted(agent, fact),
        activity=Activity.IDLE,
        since_at=fact.at,
        idle_since=agent.idle_since if keeps_turn else fact.at,
        rest_until=fact.rest_until if fact.rest_until > fact.at else None,
        offer_id=None,
        call_id=None,
        queue_id=None,
    )


def _evolve_wrap_up(
    pool: Pool, fact: WrapUpStarted | WrapUpEnded | WrapUpExtended | WrapUpLimited
) -> None:
    agent = pool.agents[fact.agent_id]
    match fact:
        case WrapUpStarted():
            agent = replace(
                agent, activity=Activity.WRAP_UP, since_at=fact.at, wrap_up_until=fact.until
            )
        case WrapUpExtended():
            agent = replace(agent, wrap_up_until=fact.until, wrap_up_extensions=fact.number)
        case WrapUpLimited():
            agent = replace(agent, wrap_up_until=fact.until)
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
