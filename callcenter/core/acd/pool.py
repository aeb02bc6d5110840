"""The state of a pool: its records and what is derived from them.

A pool is changed in place, because copying it would cost as much as its agents for each fact. So
a turn that fails half-way leaves it spoilt: the node then folds it anew from its facts.
"""

from collections.abc import Iterator, Mapping

from callcenter.core.acd import comfort
from callcenter.core.acd.doors import Doors
from callcenter.core.acd.experience import Experience
from callcenter.core.acd.line import Line, Place
from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.model import Agent, Offer, PoolKept, WaitingCall
from callcenter.core.acd.needs import Demand, demand_of, later_demands
from callcenter.core.acd.order import place
from callcenter.core.acd.overflow_rules import next_look
from callcenter.core.acd.people import Activity
from callcenter.core.acd.service_levels import ServiceLevels
from callcenter.core.acd.staff_states import StaffWatch
from callcenter.core.acd.standing import Standing
from callcenter.core.acd.strategies import DRAWN
from callcenter.core.agenda import Agenda
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, PoolId, QueueId, derive_id
from callcenter.core.plan import PoolRules, QueueRules, Strategy

Alarm = tuple[str, str]
"""What is due: ("agent", "call" or "queue", its id)."""


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
        self.standing = Standing()
        self.experience = Experience(queues)
        self.doors = Doors(queues)
        self.levels = ServiceLevels(queues)
        self.staff = StaffWatch(queues)
        self.set_door_alarms()

    def set_door_alarms(self) -> None:
        """Let the queues' hours be followed from what is known of their doors."""
        for queue_id in self.queues:
            self.agenda.set(("queue", queue_id), self.doors.alarm(queue_id))

    @property
    def pool_id(self) -> PoolId:
        """The pool's id."""
        return self.rules.pool_id

    def position(self, call: WaitingCall) -> int:
        """Return the caller's place in the queue, from 1; callers being offered count."""
        return self._lines[call.queue_id].index(self._places[call.call_id]) + 1

    def ahead(self, queue_id: QueueId, call: WaitingCall) -> int:
        """Return how many of a queue go before a caller, of it or not; those offered count."""
        line = self._lines.get(queue_id)
        return line.index(place(call, self.rules, self.queues[call.queue_id])) if line else 0

    def line(self, queue_id: QueueId) -> list[WaitingCall]:
        """Return the callers in a queue in order, those being offered included."""
        return [self.waiting[each[3]] for each in self._lines.get(queue_id, ())]

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
            case _ if call.waits_for or call.answered:
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
        before = self.agents.get(agent.profile.agent_id)
        self.agents[agent.profile.agent_id] = agent
        self.matcher.put_agent(agent)
        self.standing.put_agent(agent)
        self.agenda.set(("agent", agent.profile.agent_id), self._agent_alarm(agent))
        self.staff.note(before, agent)

    def drop_agent(self, agent_id: AgentId) -> None:
        """Remove an agent's record."""
        agent = self.agents.pop(agent_id)
        self.matcher.drop_agent(agent_id)
        self.standing.drop_agent(agent_id)
        self.agenda.set(("agent", agent_id), None)
        self.staff.note(agent, None)

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
        demand = self.demand(call)
        self.standing.put_call(call, demand)
        self._index_call(call, demand, stands)
        self.agenda.set(("call", call.call_id), self._call_alarm(call))

    def _index_call(self, call: WaitingCall, demand: Demand, stands: Place) -> None:
        if call.offer_id is None:
            self.matcher.put_call(call.call_id, demand, stands, call.waits_for)
        elif self.may_ring_more(call):
            self.matcher.put_call(call.call_id, demand, stands, ringing=True)
        else:
            self.matcher.drop_call(call.call_id)

    def drop_call(self, call_id: CallId) -> None:
        """Remove a waiting caller's record."""
        call = self.waiting.pop(call_id)
        self._lines[call.queue_id].remove(self._places.pop(call_id))
        self.matcher.drop_call(call_id)
        self.standing.drop_call(call_id)
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
            return (
                None if call.answered else call.widens_at
            )  # the offers end by the call's own deadlines
        if call.is_callback:
            return self.eases_at(call)
        look_at = next_look(self.queues[call.queue_id].overflow, call.queued_at, call.looked_at)
        comfort_at = comfort.next_comfort(self.queues[call.queue_id], call)
        due = (self.gives_up_at(call), call.announce_at, call.leaves_at, look_at, comfort_at)
        return min(at for at in (*due, self.eases_at(call)) if at is not None)

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
        pool.experience.keep(),
        tuple(pool.doors),
        pool.levels.kept(),
    )
