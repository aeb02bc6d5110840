"""The state of a pool, and the only place where it changes.

A pool is changed in place, because copying it would cost as much as its agents for each fact. So
a turn that fails half-way leaves it spoilt: the node then folds it anew from its facts.
"""

from collections.abc import Iterator, Mapping

from callcenter.core.acd.callers import evolve_caller
from callcenter.core.acd.choice import CallBumped, NeedsEased, RingWidened
from callcenter.core.acd.facts import (
    AgentLoggedIn,
    AgentLoggedOut,
    CallDequeued,
    CallQueued,
    DeskConnected,
    DeskDisconnected,
    LogOutDeferred,
    OfferAccepted,
    OfferClosed,
    OfferMade,
    PoolFact,
    PositionTold,
    RestEnded,
    StatusChosen,
    WrapUpEnded,
    WrapUpStarted,
)
from callcenter.core.acd.line import Line, Place
from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.messages import OfferEnd
from callcenter.core.acd.model import Agent, Offer, PoolKept, WaitingCall
from callcenter.core.acd.needs import Demand, demand_of, later_demands
from callcenter.core.acd.order import place
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.acd.strategies import DRAWN
from callcenter.core.agenda import Agenda
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId, derive_id
from callcenter.core.plan import PoolRules, QueueRules, Strategy
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
        self.matcher = Matcher(queues, rules)
        self.agenda: Agenda[Alarm] = Agenda()
        self.holds_offers = False
        """No phone is rung while the PBX is not heard: nobody would learn what became of it."""
        self._lines: dict[QueueId, Line] = {}
        self._places: dict[CallId, Place] = {}

    @property
    def pool_id(self) -> PoolId:
        """The pool's id."""
        return self.rules.pool_id

    def position(self, call: WaitingCall) -> int:
        """Return the caller's place in the queue, from 1; callers being offered count."""
        return self._lines[call.queue_id].index(self._places[call.call_id]) + 1

    def length(self, queue_id: QueueId) -> int:
        """Return how many callers wait in a queue, those being offered included."""
        return len(self._lines.get(queue_id, ()))

    def oldest_entered_at(self, queue_id: QueueId) -> Ms | None:
        """Return since when the longest waiting caller of a queue waits."""
        line = self._lines.get(queue_id, ())
        return min((self.waiting[each[3]].entered_at for each in line), default=None)

    def in_order(self) -> list[WaitingCall]:
        """Return all callers who wait, the first in line first."""
        return [self.waiting[each[3]] for each in sorted(self._places.values())]

    def renew(self, rules: PoolRules, queues: Mapping[QueueId, QueueRules]) -> None:
        """Let other settings hold from now on, for those who wait already too."""
        self.rules, self.queues, self.matcher = rules, queues, Matcher(queues, rules)
        self._lines, self._places = {}, {}
        for agent in list(self.agents.values()):
            self.put_agent(agent)
        for call in list(self.waiting.values()):
            self.put_call(call)

    def is_first(self, call: WaitingCall) -> bool:
        """Say whether nobody in the pool stands before a caller."""
        mine = self._places[call.call_id]
        return all(line.head >= mine for line in self._lines.values() if line)

    # ------------------------------------------------------------ who and whom
    def agent_for(self, call: WaitingCall) -> AgentId | None:
        """Return the free agent who is asked first for a caller."""
        draw = 0
        if self.queues[call.queue_id].strategy in DRAWN:
            attempt = call.attempts + 1
            draw = int(derive_id(self.journal_id, call.call_number, "draw", attempt)[:12], 16)
        return self.matcher.agent_for(self.demand(call), draw, call.waits_for)

    def demand(self, call: WaitingCall) -> Demand:
        """Return what a caller needs now."""
        return demand_of(call, self.queues[call.queue_id], call.step)

    def is_staffed(self, call: WaitingCall) -> bool:
        """Say whether anybody is logged in who may take a caller, now or at a later step."""
        if self.matcher.is_staffed(self.demand(call)):
            return True
        demands = later_demands(call, self.queues[call.queue_id])
        return any(self.matcher.is_staffed(demand) for demand in demands)

    def may_ring_more(self, call: WaitingCall) -> bool:
        """Say whether one phone more may ring for a caller who is being offered."""
        rings = len(call.offer_ids)
        queue = self.queues[call.queue_id]
        match queue.strategy:
            case _ if call.waits_for:
                return False
            case Strategy.RING_ALL:
                return 0 < rings < queue.most_phones
            case Strategy.RING_PROGRESSIVELY:
                return 0 < rings < min(queue.most_phones, 1 + call.widened)
            case _:
                return False

    # ------------------------------------------------------------ records and their index

    def put_agent(self, agent: Agent) -> None:
        """Replace an agent's record and keep the index in step."""
        self.agents[agent.profile.agent_id] = agent
        self.matcher.put_agent(agent)
        self.agenda.set(("agent", agent.profile.agent_id), self._agent_alarm(agent))

    def drop_agent(self, agent_id: AgentId) -> None:
        """Remove an agent's record."""
        del self.agents[agent_id]
        self.matcher.drop_agent(agent_id)
        self.agenda.set(("agent", agent_id), None)

    def put_call(self, call: WaitingCall) -> None:
        """Replace a waiting caller's record and keep the index in step."""
        stands = place(call, self.rules, self.queues[call.queue_id])
        before = self._places.get(call.call_id)
        if before != stands:
            line = self._lines.setdefault(call.queue_id, Line())
            if before is not None:
                line.remove(before)
            line.add(stands)
            self._places[call.call_id] = stands
        self.waiting[call.call_id] = call
        self._index_call(call, stands)
        self.agenda.set(("call", call.call_id), self._call_alarm(call))

    def _index_call(self, call: WaitingCall, stands: Place) -> None:
        if call.offer_id is None:
            self.matcher.put_call(call.call_id, self.demand(call), stands, call.waits_for)
        elif self.may_ring_more(call):
            self.matcher.put_call(call.call_id, self.demand(call), stands, ringing=True)
        else:
            self.matcher.drop_call(call.call_id)

    def drop_call(self, call_id: CallId) -> None:
        """Remove a waiting caller's record."""
        call = self.waiting.pop(call_id)
        self._lines[call.queue_id].remove(self._places.pop(call_id))
        self.matcher.drop_call(call_id)
        self.agenda.set(("call", call_id), None)

    def eases_at(self, call: WaitingCall) -> Ms | None:
        """Return when the queue asks less for a caller, or all agents; None: it stays so."""
        relaxations = self.queues[call.queue_id].relaxations
        if not (relaxations or call.waits_for):
            return None
        ahead = relaxations[call.step : call.step + 1]
        instants = [call.queued_at + relaxation.after_ms for relaxation in ahead]
        if call.waits_for and call.waits_until is not None:
            instants.append(call.waits_until)
        return min(instants, default=None)

    def gives_up_at(self, call: WaitingCall) -> Ms:
        """Return when the caller has waited as long as the queue allows."""
        return call.queued_at + self.queues[call.queue_id].max_wait_ms

    def _call_alarm(self, call: WaitingCall) -> Ms | None:
        if call.offer_id is not None:
            return call.widens_at  # the offers end by the call's own deadlines
        instants = [self.gives_up_at(call)]
        if call.announce_at is not None:
            instants.append(call.announce_at)
        eases_at = self.eases_at(call)
        if eases_at is not None:
            instants.append(eases_at)
        return min(instants)

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
        case DeskConnected() | DeskDisconnected():
            _evolve_desk(pool, fact)
        case CallQueued() | CallDequeued() | PositionTold():
            evolve_caller(pool, fact)
        case CallBumped() | NeedsEased() | RingWidened():
            evolve_caller(pool, fact)
        case OfferMade() | OfferAccepted() | OfferClosed():
            _evolve_offer(pool, fact)
        case RestEnded() | WrapUpStarted() | WrapUpEnded():
            _evolve_agent(pool, fact)
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
        agent = replace(
            agent,
            activity=Activity.TALKING,
            since_at=fact.at,
            offer_id=None,
            calls=agent.calls + 1,
        )
    else:
        pool.put_call(_without_offer(call, fact.offer_id))
        agent = _after_offer(agent, fact)
    pool.put_agent(agent)


def _without_offer(call: WaitingCall, offer_id: OfferId) -> WaitingCall:
    left = tuple(each for each in call.offer_ids if each != offer_id)
    if left:
        return replace(call, offer_id=left[0], also_rings=left[1:])
    return replace(call, offer_id=None, also_rings=(), widened=0, widens_at=None)


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
    is_at_fault = fact.reason not in (OfferEnd.ABANDONED, OfferEnd.LOST, OfferEnd.ELSEWHERE)
    return replace(
        agent,
        activity=Activity.IDLE,
        since_at=fact.at,
        idle_since=fact.at if is_at_fault else agent.idle_since,
        rest_until=fact.rest_until if fact.rest_until > fact.at else None,
        offer_id=None,
        call_id=None,
        queue_id=None,
    )


def _evolve_agent(pool: Pool, fact: RestEnded | WrapUpStarted | WrapUpEnded) -> None:
    agent = pool.agents[fact.agent_id]
    match fact:
        case RestEnded():
            agent = replace(agent, rest_until=None, since_at=fact.at, idle_since=fact.at)
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
                call_id=None,
                queue_id=None,
            )
    pool.put_agent(agent)
