"""What must hold after each turn, whatever has happened.

The rules are worked out here anew from the bare records, without the indexes and the questions of
the code under test: an oracle that asks the matcher would believe the matcher.
"""

from collections import Counter
from collections.abc import Iterator, Set
from itertools import islice

from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.facts import AgentLoggedOut, CallQueued, OfferMade, StatusChosen
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.overflow_rules import MOST_OVERFLOWS, Moment
from callcenter.core.acd.people import Activity
from callcenter.core.acd.pool import Pool, keep
from callcenter.core.acd.staff_states import staffed_as
from callcenter.core.call import decide as calls
from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    CallEnded,
    QueueEntered,
    QueueExited,
    TalkEnded,
)
from callcenter.core.call.model import Call, Phase, Ring
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, CallId, Ms, OfferId
from callcenter.core.turn import Fact
from tests.core.acd import brute
from tests.support.playbook import World, fold

PROMPT_LIMIT_MS = 60_000
RING_WITHIN_MS = 2_000
BRIEFING_LIMIT_MS = 5_000

# ---------------------------------------------------------------- the rules, once more


def may_take(agent: Agent, call: WaitingCall) -> bool:
    """Whether queue and skills fit."""
    levels = agent.profile.skills
    return call.queue_id in agent.profile.queues and all(
        levels.get(skill, 0) >= least for skill, least in call.requires
    )


def in_line(pool: Pool) -> list[WaitingCall]:
    """Those who wait and are not being offered, the first first."""
    waiting = (c for c in pool.waiting.values() if c.offer_id is None)
    return sorted(waiting, key=lambda call: brute.place(pool, call))


# ---------------------------------------------------------------- a watch over a world


class Watch:
    """Reads each new fact into a shadow of the state, and looks at both after each step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shadow = Centre(world.setting)
        self._read = 0
        self._last_at: Ms = 0
        self._offers: set[OfferId] = set()
        self._counts: dict[type[object], Counter[str]] = {}
        self._rests: dict[AgentId, Ms] = {}
        self._overflows: Counter[str] = Counter()

    def check(self) -> None:
        """Look at everything."""
        self._follow()
        centre = self.world.centre
        assert_same_state(self.shadow, centre)
        self._nobody_is_lost()
        for pool in centre.pools.values():
            nobody_waits_beside_a_free_agent(pool)
            rules_are_followed(pool, self.world.now)
            nobody_waits_for_nobody(pool)
            positions_are_the_order(pool)
            agents_are_where_their_calls_say(centre, pool)
        for call in centre.calls.values():
            the_call_is_in_one_place(centre, call)
            something_will_happen(centre, call)
        the_index_of_handles_is_right(centre)
        the_next_deadline_is_right(centre, self.world.now)
        telephony_shows_what_is_wanted(self.world)

    def check_folding(self) -> None:
        """Fold all facts anew, also from a kept pool, and compare."""
        centre = self.world.centre
        assert_same_state(fold(self.world.setting, self.world.journal), centre)
        for pool in centre.pools.values():
            again = centre.new_pool(pool.rules)
            evolve(again, keep(pool, self.world.now))
            assert_same_pool(again, pool)

    # ------------------------------------------------------------ fact by fact

    def _follow(self) -> None:
        new = self.world.journal[self._read :]
        self._read += len(new)
        free_again = (OfferEnd.LOST, OfferEnd.ELSEWHERE, OfferEnd.ABANDONED, OfferEnd.WITHDRAWN)
        frees = any(isinstance(f, OfferClosed) and f.reason in free_again for _, f in new)
        for stream, fact in new:
            assert self._last_at <= fact.at <= self.world.now, f"time is wrong in {fact}"
            self._last_at = fact.at
            self._look_at(stream, fact, frees=frees)
            self.shadow.evolve(stream, fact)

    def _look_at(self, stream: str, fact: Fact, *, frees: bool) -> None:
        self._count(stream, fact)
        match fact:
            case OfferMade():
                self._offer_is_right(stream, fact, frees=frees)
            case OfferClosed():
                agent_id = self._pool(stream).offers[fact.offer_id].agent_id
                if fact.rest_until > fact.at:
                    self._rests[agent_id] = fact.at + 1
            case QueueExited() if fact.target:
                self._overflows[stream] += 1
                assert self._overflows[stream] <= MOST_OVERFLOWS, f"{fact} once too often"
            case StatusChosen() | AgentLoggedOut():
                self._rests.pop(fact.agent_id, None)
            case CallQueued():
                visits = self._times(QueueEntered, fact.call_id)
                visits += self._times(TalkEnded, fact.call_id)
                assert self._times(CallQueued, fact.call_id) <= visits, "queued twice in one visit"
            case _:
                pass

    def _count(self, stream: str, fact: Fact) -> None:
        name = stream.partition("/")[2]
        if stream.startswith("call/"):
            assert not self._times(CallClosed, name), f"{fact} after the last fact of its call"
        else:
            name = getattr(fact, "call_id", name)
        self._counts.setdefault(type(fact), Counter())[name] += 1

    def _times(self, kind: type[object], call_id: str) -> int:
        return self._counts.get(kind, Counter())[call_id]

    def _pool(self, stream: str) -> Pool:
        return next(p for p in self.shadow.pools.values() if f"pool/{p.pool_id}" == stream)

    def _offer_is_right(self, stream: str, fact: OfferMade, *, frees: bool) -> None:
        pool = self._pool(stream)
        agent, call = pool.agents[fact.agent_id], pool.waiting[fact.call_id]
        assert fact.offer_id not in self._offers, "an offer id came twice"
        self._offers.add(fact.offer_id)
        assert brute.is_free(agent), f"offered to an agent who is not free: {agent}"
        rings = bool(call.offer_ids)
        assert not rings or brute.rings_more(pool, call), f"offered while being offered: {call}"
        assert may_take(agent, call), f"queue or skills do not fit: {agent}, {call}"
        assert fact.at >= self._rests.get(fact.agent_id, 0), f"{fact} to an agent at rest"
        first = next((c for c in in_line(pool) if may_take(agent, c)), call)
        assert first == call, f"{agent} is given {call}, but first comes {first}"
        if not frees:  # an agent who is back takes the first in line, before others are asked
            rivals = [a for a in pool.agents.values() if brute.is_free(a) and may_take(a, call)]
            idlest = min(rivals, key=lambda a: (a.idle_since, a.profile.agent_id))
            assert idlest == agent, f"{idlest.profile.agent_id} has been idle longer"

    def _nobody_is_lost(self) -> None:
        for call_id in self._counts.get(CallArrived, ()):
            ends = self._times(CallEnded, call_id)
            if call_id in self.world.centre.calls:
                is_over = self.world.centre.calls[CallId(call_id)].phase is Phase.ENDED
                assert ends == int(is_over), f"an open call has {ends} ends"
            else:
                assert ends == 1, f"a call is gone with {ends} ends"
                assert self._times(CallClosed, call_id) == 1, "a call is gone and was not closed"


# ---------------------------------------------------------------- the same state


def assert_same_state(one: Centre, other: Centre) -> None:
    """Both centres hold the same, indexes included."""
    assert one.calls == other.calls
    assert one.last_number == other.last_number
    for handle in other._owner:
        assert one.owner(handle) == other.owner(handle), f"the owner of {handle}"
    for pool_id in one.pools:
        assert_same_pool(one.pools[pool_id], other.pools[pool_id])


def assert_same_pool(one: Pool, other: Pool) -> None:
    """Both pools hold the same and would answer the same."""
    assert one.agents == other.agents
    assert one.waiting == other.waiting
    assert one.offers == other.offers
    assert list(one.doors) == list(other.doors)
    assert one.levels.kept() == other.levels.kept()
    assert one.agenda.earliest() == other.agenda.earliest()
    assert one.experience.keep() == other.experience.keep()
    for call_id, call in other.waiting.items():
        assert one.position(one.waiting[call_id]) == other.position(call)
        assert one.agent_for(call) == other.agent_for(call)
    for agent_id in other.agents:
        assert one.matcher.call_for(agent_id) == other.matcher.call_for(agent_id)


# ---------------------------------------------------------------- the pool


def nobody_waits_beside_a_free_agent(pool: Pool) -> None:
    """A free agent who may take a waiting caller has been offered that caller."""
    free = [agent for agent in pool.agents.values() if brute.is_free(agent)]
    for agent in free:
        assert brute.next_call(pool, agent) is None, f"a caller waits beside {agent}"
    for call in in_line(pool):
        for agent in free:
            assert not may_take(agent, call), f"{call} waits beside {agent}"


def nobody_waits_for_nobody(pool: Pool) -> None:
    """Whom nobody may take who counts as staff is not left waiting, or only for a while."""
    for call in in_line(pool):
        if call.is_callback:  # nobody is on the line
            continue
        counts = pool.queues[call.queue_id].stay_with
        staff = [agent for agent in pool.agents.values() if may_take(agent, call)]
        is_staffed = any(staffed_as(agent) in counts for agent in staff)
        assert is_staffed == (call.leaves_at is None), f"unstaffed: {call}"


def rules_are_followed(pool: Pool, now: Ms) -> None:
    """Nobody has come into a queue that was closed or full, or waits longer than a rule says."""
    for call in in_line(pool):
        rules = pool.queues[call.queue_id]
        if call.is_callback:
            assert pool.doors.is_open(call.queue_id, now), f"in line while closed: {call}"
            continue
        if call.queued_at == now and not call.comes_back:
            door = pool.doors.of(call.queue_id)
            closed_since = door is not None and not door.is_open and door.since_at == now
            assert closed_since or pool.doors.is_open(call.queue_id, now), f"closed: {call}"
            most = rules.max_waiting or 1_000
            assert pool.length(call.queue_id) <= most + 2, f"full: {call}"  # two may have come back
        for rule in rules.overflow:
            is_plain = not (rule.position or rule.service_level)
            if rule.moment is Moment.WAITING and is_plain and call.overflows < MOST_OVERFLOWS:
                assert now < call.queued_at + rule.waited_ms, f"waits too long: {call}"


def positions_are_the_order(pool: Pool) -> None:
    """The place told to a caller is the place in line; those being offered count."""
    for queue_id in pool.queues:
        mine = (c for c in pool.waiting.values() if c.queue_id == queue_id)
        line = sorted(mine, key=lambda call: brute.place(pool, call))
        assert [pool.position(call) for call in line] == list(range(1, len(line) + 1))


def agents_are_where_their_calls_say(centre: Centre, pool: Pool) -> None:
    """An agent with a call is the agent of that call; one without is nobody's."""
    for agent_id, agent in pool.agents.items():
        offered = [o for o in pool.offers.values() if o.agent_id == agent_id]
        if agent.activity is Activity.IDLE:
            assert (agent.call_id, agent.offer_id, offered) == (None, None, [])
            assert not agent.logs_out_after, f"{agent} should be logged out"
            continue
        assert agent.call_id is not None
        call = centre.calls[agent.call_id]
        has_offer = call.offer_to(agent_id) is not None or is_reserved(call, agent_id)
        match agent.activity:
            case Activity.RINGING:
                assert call.phase is Phase.QUEUE, f"{agent} rings for {call}"
                assert has_offer, f"{agent} rings for {call}"
                assert [o.offer_id for o in offered] == [agent.offer_id]
            case Activity.TALKING:
                assert call.phase is Phase.TALK, f"{agent} talks in {call}"
                assert has_offer, f"{agent} talks in {call}"
            case Activity.WRAP_UP:
                assert agent_id in call.wrapping_up, f"{agent} wraps up {call}"


# ---------------------------------------------------------------- a call


def the_call_is_in_one_place(centre: Centre, call: Call) -> None:
    """In the flow, in one queue, in one talk, or ended: and its pool says the same."""
    call_id = call.arrived.call_id
    waits = [p.waiting[call_id] for p in centre.pools.values() if call_id in p.waiting]
    offers = [o for p in centre.pools.values() for o in p.offers.values() if o.call_id == call_id]
    assert len(waits) == int(call.phase is Phase.QUEUE), f"{call} waits in {waits}"
    if call.phase is Phase.QUEUE:
        ours = [offer.offer_id for offer in call.offers]
        if call.back and call.back.reserved:
            ours.append(call.back.reserved.offer_id)
        assert [o.offer_id for o in offers] == ours, f"{call} is offered by {offers}"
        assert list(waits[0].offer_ids) == ours
        assert call.queue is not None
        assert waits[0].queue_id == call.queue.queue_id
        assert waits[0].entered_at == call.queue.waits_since, (
            f"{call} has lost the place: {waits[0]}"
        )
    else:
        assert not offers, f"{call} is offered by {offers}"
    assert call.phase is not Phase.CLOSED


def is_reserved(call: Call, agent_id: AgentId) -> bool:
    """Say whether an agent is kept free for a callback."""
    reserved = call.back.reserved if call.back else None
    return reserved is not None and reserved.agent_id == agent_id


def a_callback_goes_on(call: Call, limits: Set[Ms]) -> None:
    """Each state of a callback has an end, and only one of them is there at a time."""
    back, terms = call.back, call.arrived.callback
    if back is None or terms is None:
        return
    if call.phase is Phase.LATER:
        assert min(back.later_until, terms.until) in limits, f"is never called: {call}"
        assert not (call.offers)
        assert not (back.is_dialling)
        assert not (back.customer)
        assert not (back.reserved)
    if call.phase is Phase.QUEUE:
        states = (back.considered_at, back.dial, back.customer)
        assert sum(each is not None for each in states) <= 1, f"in two states: {back}"
        if back.is_dialling or back.answered_at:
            assert limits, f"rings for ever: {back}"
        if back.is_dialling and back.agent_leg:
            assert [ring.offer.leg_id for ring in call.rings] == [back.agent_leg]
    if call.phase is Phase.TALK:
        assert back.customer is not None, f"talks with nobody: {call}"
    assert back.agent_leg is None or call.phase is Phase.QUEUE, f"{back} in {call.phase}"


def what_plays_or_is_awaited_has_an_end(call: Call, limits: Set[Ms]) -> None:
    """Prompts and keys belong to a phase that can follow them, and are given up in time."""
    is_served = call.phase is Phase.FLOW or call.is_aside
    assert call.key_deadline_at is None or is_served, f"awaits a key: {call}"
    assert call.briefing is None or (call.phase is Phase.QUEUE and call.offer), f"briefs: {call}"
    assert not call.deferred or call.prompt, f"keeps prompts back for nothing: {call}"
    assert call.prompt is None or call.phase in (Phase.FLOW, Phase.QUEUE), f"plays: {call}"
    if call.prompt:
        assert call.prompt.at + PROMPT_LIMIT_MS in limits
    if call.is_aside:
        assert call.prompt or call.key_deadline_at, f"rests aside: {call}"


def _ring_deadlines(ring: Ring) -> Iterator[Ms]:
    yield ring.offer.ring_until
    if ring.shown_at is None and ring.offer.shown_until:
        yield ring.offer.shown_until
    if ring.rang_at is None:
        yield ring.offer.at + RING_WITHIN_MS


def something_will_happen(centre: Centre, call: Call) -> None:
    """No state depends on an event arriving: each one ends by a deadline or by an agent at work."""
    limits = set(calls.deadlines(call, centre.setting.plan))
    what_plays_or_is_awaited_has_an_end(call, limits)
    a_callback_goes_on(call, limits)
    match call.phase:
        case Phase.FLOW:
            assert call.prompt or call.key_deadline_at, f"rests in the flow: {call}"
            assert any(limits), f"is never woken: {call}"
        case Phase.QUEUE if call.briefing:
            assert [ring.offer.leg_id for ring in call.rings] == [call.briefing.leg_id]
            assert call.briefing.at + BRIEFING_LIMIT_MS in limits, f"briefs: {call}"
        case Phase.QUEUE if call.rings and call.briefed is None:
            needed = {at for ring in call.rings for at in _ring_deadlines(ring)}
            assert needed <= limits, f"rings for ever: {call}"
        case Phase.TALK:
            assert call.offer, f"talks with nobody: {call}"
            assert _agent(centre, call.offer.agent_id).activity is Activity.TALKING
        case Phase.ENDED:
            assert call.wrapping_up, f"nothing is left to do, but it is open: {call}"
        case _:
            pass
    for agent_id in call.wrapping_up:
        agent = _agent(centre, agent_id)
        assert agent.activity is Activity.WRAP_UP, f"{agent} does not wrap up {call}"
        assert agent.call_id == call.arrived.call_id
        assert agent.wrap_up_until is not None


def _agent(centre: Centre, agent_id: AgentId) -> Agent:
    return next(p.agents[agent_id] for p in centre.pools.values() if agent_id in p.agents)


# ---------------------------------------------------------------- indexes and time


def the_index_of_handles_is_right(centre: Centre) -> None:
    """Each leg and playback leads to its call, and nothing else leads anywhere."""
    journal_id = centre.setting.journal_id
    right = {h: i for i, call in centre.calls.items() for h in calls.handles(call, journal_id)}
    assert centre._owner == right


def the_next_deadline_is_right(centre: Centre, now: Ms) -> None:
    """The centre is woken at the earliest deadline there is, and none has been passed over."""
    plan = centre.setting.plan
    right = [at for call in centre.calls.values() for at in calls.deadlines(call, plan)]
    for pool in centre.pools.values():
        right += _pool_deadlines(pool)
    earliest = min(centre.deadlines(), default=None)
    assert earliest == min(right, default=None)
    assert earliest is None or earliest > now, "a deadline was passed over"


def _pool_deadlines(pool: Pool) -> Iterator[Ms]:
    for call in in_line(pool):
        if not call.is_callback:
            yield from _call_deadlines(pool, call)
    for queue_id in pool.queues:
        alarm = pool.doors.alarm(queue_id)
        if alarm is not None:
            yield alarm
    for call in pool.waiting.values():
        if call.offer_ids and call.widens_at is not None and not call.answered:
            yield call.widens_at
    for agent in pool.agents.values():
        yield from _agent_deadlines(pool, agent)


def _agent_deadlines(pool: Pool, agent: Agent) -> Iterator[Ms]:
    if agent.wrap_up_until is not None:
        yield agent.wrap_up_until
    if agent.activity is Activity.IDLE:
        if agent.rest_until is not None:
            yield agent.rest_until
        if agent.page_lost_at is not None:
            yield agent.page_lost_at + pool.rules.lost_log_out_ms


def _call_deadlines(pool: Pool, call: WaitingCall) -> Iterator[Ms]:
    rules = pool.queues[call.queue_id]
    yield call.queued_at + rules.max_wait_ms
    yield from (at for at in (call.announce_at, call.leaves_at) if at is not None)
    for rule in rules.overflow:
        if rule.moment is Moment.WAITING and call.queued_at + rule.waited_ms > call.looked_at:
            yield call.queued_at + rule.waited_ms
    for step in rules.comfort:
        times = range(1, 2 + (100_000_000 if step.repeats else 0))
        since = call.entered_at if call.comes_back else call.queued_at
        dues = (since + n * step.wait_ms for n in times)
        yield from islice((due for due in dues if due > call.comforted_until), 1)


def telephony_shows_what_is_wanted(world: World) -> None:
    """The effects so far have made what the state wants, and nothing is left over."""
    goals = [world.centre.arrangement(call_id) for call_id in world.centre.calls]
    found = [words for goal in goals for words in world.pbx.differences(goal)]
    assert not found, found
    assert not world.pbx.leftovers(goals)
