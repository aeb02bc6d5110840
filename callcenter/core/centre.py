"""The whole state of a node, and the turn: one input, all that follows from it, in one go.

Calls and pools are separate machines that know only each other's messages. Within a turn the
messages are passed on until nobody has anything left to say, so what a call and its pool agree on
is decided at once and recorded together.

A turn that raises leaves pools spoilt, because they change in place; ``Turn.pools`` tells which,
and the node folds them anew. Calls are replaced whole, so a failed turn has not changed them.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from callcenter.core.acd import decide as acd
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    FromCall,
    FromPool,
    LogInRequested,
    LogOutRequested,
    OfferFailed,
    OffersResumed,
    OfferTaken,
    PauseRequested,
    PoolFact,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.model import PoolKept
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.pool import deadlines as pool_deadlines
from callcenter.core.acd.pool import evolve as evolve_pool
from callcenter.core.agenda import Agenda
from callcenter.core.call import decide as calls
from callcenter.core.call.decision import Decision as CallDecision
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import (
    CallEffect,
    ClaimCall,
    TelephonyEffect,
)
from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    CallFact,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerGone,
    CallInput,
    CallOffered,
    DigitPressed,
    LegAnswered,
    LegEnded,
    LegRinging,
    PlaybackEnded,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.call.model import evolve as evolve_call
from callcenter.core.call.wanted import Arrangement, absent, may_still_play, settle, wanted
from callcenter.core.ids import CallId, Ms, PlaybackId, PoolId
from callcenter.core.plan import PoolRules

Input = CallInput | CallOffered | PoolInput
Fact = CallFact | PoolFact | PoolKept


class NotOurs(Exception):
    """An input about something that this node does not have: late, or somebody else's."""


@dataclass(slots=True)
class Turn:
    """What follows from one input."""

    facts: list[tuple[str, Fact]] = field(default_factory=list)
    """Streams and facts, in order; already applied."""
    telephony: list[TelephonyEffect] = field(default_factory=list)
    """From the picture before to the one after; in order for each call."""
    effects: list[CallEffect] = field(default_factory=list)
    """What else is to be done. All effects wait until the facts are durable."""
    calls: dict[CallId, Call | None] = field(default_factory=dict)
    """The calls that were touched, as they were before."""
    pools: set[PoolId] = field(default_factory=set)
    """The pools that were touched."""
    refusal: str | None = None


class Centre:
    """Open calls and pools of a node."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._holds_offers = False
        self.calls: dict[CallId, Call] = {}
        self.pools: dict[PoolId, Pool] = {
            rules.pool_id: self.new_pool(rules) for rules in setting.plan.pools.values()
        }
        self.last_number = 0
        self.quarantined: set[CallId] = set()
        """Calls whose next arrangement gives the caller to the fallback."""
        self._agenda: Agenda[CallId] = Agenda()
        self._owner: dict[str, CallId] = {}
        """Which call a leg or a playback belongs to."""
        self._handles: dict[CallId, tuple[str, ...]] = {}
        """The entries of each call in there."""

    def new_pool(self, rules: PoolRules) -> Pool:
        """Return an empty pool with its queues."""
        plan = self.setting.plan
        queues = {q.queue_id: q for q in plan.queues.values() if q.pool_id == rules.pool_id}
        pool = Pool(self.setting.journal_id, rules, queues)
        pool.holds_offers = self._holds_offers
        return pool

    @property
    def holds_offers(self) -> bool:
        """Whether nobody is offered a call; after it ends, ``OffersResumed`` finds who waits."""
        return self._holds_offers

    @holds_offers.setter
    def holds_offers(self, holds: bool) -> None:
        self._holds_offers = holds
        for pool in self.pools.values():
            pool.holds_offers = holds

    # ------------------------------------------------------------ folding

    def evolve(self, stream: str, fact: Fact) -> None:
        """Apply one recorded fact, at start."""
        kind, _, name = stream.partition("/")
        if kind == "pool":
            pool = self.pools.get(PoolId(name))
            if pool is not None:
                evolve_pool(pool, fact)  # type: ignore[arg-type]
            return
        call_id = CallId(name)
        if isinstance(fact, CallArrived):
            self.last_number = max(self.last_number, fact.number)
        self.put_call(call_id, evolve_call(self.calls.get(call_id), fact))  # type: ignore[arg-type]

    def put_call(self, call_id: CallId, call: Call | None) -> None:
        """Replace a call's state; None, or a closed call, is forgotten."""
        if call is None or call.phase is Phase.CLOSED:
            self.calls.pop(call_id, None)
            self._agenda.set(call_id, None)
            self._own(call_id, ())
            return
        self.calls[call_id] = call
        self._agenda.set(call_id, min(calls.deadlines(call), default=None))
        self._own(call_id, tuple(calls.handles(call, self.setting.journal_id)))

    def _own(self, call_id: CallId, handles: tuple[str, ...]) -> None:
        before = self._handles.get(call_id, ())
        if handles == before:
            return
        for handle in before:
            self._owner.pop(handle, None)
        for handle in handles:
            self._owner[handle] = call_id
        if handles:
            self._handles[call_id] = handles
        else:
            self._handles.pop(call_id, None)

    # ------------------------------------------------------------ questions

    def owner(self, handle: str) -> CallId | None:
        """Return the open call that a leg or playback belongs to."""
        return self._owner.get(handle)

    def deadlines(self) -> Iterator[Ms]:
        """Yield the instants at which ``wake`` is wanted."""
        earliest = self._agenda.earliest()
        if earliest is not None:
            yield earliest
        for pool in self.pools.values():
            yield from pool_deadlines(pool)

    def arrangement(self, call_id: CallId) -> Arrangement:
        """Return what telephony should look like for a call, open or not."""
        call = self.calls.get(call_id)
        return wanted(call, self.setting.journal_id) if call else absent(call_id)

    def may_still_play(self, call_id: CallId) -> tuple[PlaybackId, ...]:
        """Return the prompts of an open call that may play, wanted or not."""
        return tuple(may_still_play(self.calls[call_id], self.setting.journal_id))

    def due(self, now: Ms) -> Iterator[CallId | PoolId]:
        """Yield whose deadlines have passed; each wants a ``wake`` turn of its own."""
        yield from self._agenda.due(now)
        for pool in self.pools.values():
            if any(at <= now for at in pool_deadlines(pool)):
                yield pool.pool_id


# ---------------------------------------------------------------- turns


class _Round:
    """One turn as it is being worked out: who still has to be told what."""

    def __init__(self, centre: Centre, now: Ms, turn: Turn) -> None:
        self.centre = centre
        self.now = now
        self.turn = turn
        self._post: deque[FromCall | FromPool] = deque()

    def pool(self, decision: acd.Decision) -> None:
        """Take over what a pool decided."""
        pool_id = decision.pool.pool_id
        stream = f"pool/{pool_id}"
        self.turn.facts.extend((stream, fact) for fact in decision.facts)
        self.turn.refusal = self.turn.refusal or decision.refusal
        self._post.extend(decision.tells)

    def call(self, decision: CallDecision) -> None:
        """Take over what a call decided."""
        call_id = decision.call.arrived.call_id
        stream = f"call/{call_id}"
        self.turn.facts.extend((stream, fact) for fact in decision.facts)
        self.turn.effects.extend(decision.effects)
        self.turn.refusal = self.turn.refusal or decision.refusal
        if decision.facts:
            self.turn.calls.setdefault(call_id, self.centre.calls.get(call_id))
            self.centre.put_call(call_id, decision.call)
        self._post.extend(decision.tells)

    def tell(self, message: FromCall) -> None:
        """Have something to say to a pool."""
        self._post.append(message)

    def deliver(self) -> None:
        """Pass messages on until nobody has anything left to say."""
        while self._post:
            message = self._post.popleft()
            if isinstance(message, FromPool):
                call = self.centre.calls.get(message.call_id)
                if call is not None:
                    self.call(calls.decide(call, message, self.now, self.centre.setting))
            else:
                pool = self._pool_for(message)
                self.turn.pools.add(pool.pool_id)
                self.pool(acd.decide(pool, message, self.now))

    def _pool_for(self, message: FromCall) -> Pool:
        pools = self.centre.pools
        if isinstance(message, CallEntered):
            return pools[self.centre.setting.plan.queues[message.queue_id].pool_id]
        return next((pool for pool in pools.values() if _concerns(pool, message)), _any(pools))


def _any(pools: dict[PoolId, Pool]) -> Pool:
    return next(iter(pools.values()))


def _concerns(pool: Pool, message: FromCall) -> bool:
    match message:
        case CallEntered() | CallWithdrawn():
            return message.call_id in pool.waiting
        case OfferTaken() | OfferFailed():
            return message.offer_id in pool.offers
        case AgentHungUp() | WrapUpDone():
            return message.agent_id in pool.agents


def take_turn(centre: Centre, event: Input, now: Ms, turn: Turn) -> None:
    """Work out what follows from an input, in ``turn``, and apply its facts.

    ``turn`` is the caller's, so that it knows what was touched when this raises.

    Raises:
        NotOurs: The input is about something that is not here; nothing has happened.
        AssertionError: A program error; the pools in ``turn.pools`` are spoilt.
    """
    todo = _Round(centre, now, turn)
    _start(centre, event, todo)
    todo.deliver()
    _settle(centre, turn)


def wake(centre: Centre, who: CallId | PoolId, now: Ms, turn: Turn) -> None:
    """Work out what follows from the time for a call or a pool whose deadline has passed."""
    todo = _Round(centre, now, turn)
    pool = centre.pools.get(PoolId(who))
    if pool is not None:
        turn.pools.add(pool.pool_id)
        todo.pool(acd.wake(pool, now))
    else:
        call = centre.calls.get(CallId(who))
        if call is not None:
            todo.call(calls.wake(call, now, centre.setting))
    todo.deliver()
    _settle(centre, turn)


def release(centre: Centre, message: FromCall, now: Ms, turn: Turn) -> None:
    """Tell the pools something in the name of a call that is not here any more."""
    todo = _Round(centre, now, turn)
    todo.tell(message)
    todo.deliver()
    _settle(centre, turn)


def quarantine(centre: Centre, call_id: CallId, now: Ms, turn: Turn) -> None:
    """End a call that a program error has struck: the caller goes to the fallback."""
    give_back(centre, call_id, now, turn, "fault")


def give_back(centre: Centre, call_id: CallId, now: Ms, turn: Turn, cause: str) -> None:
    """End a call here and let the fallback of the dialplan have the caller.

    Args:
        centre: The state.
        call_id: The call; one that is not here any more is nothing.
        now: The instant.
        turn: Takes what follows.
        cause: Why, for the record: "fault", or "drained" for planned work.
    """
    call = centre.calls.get(call_id)
    if call is None:
        return
    centre.quarantined.add(call_id)
    todo = _Round(centre, now, turn)
    todo.call(calls.fail(call, now, centre.setting, cause))
    todo.deliver()
    _settle(centre, turn)


def _start(centre: Centre, event: Input, todo: _Round) -> None:
    if isinstance(event, CallOffered):
        todo.turn.telephony.append(ClaimCall(event.leg_id))
    elif isinstance(event, CallerArrived) and centre.owner(event.leg_id) is None:
        centre.last_number += 1
        todo.call(calls.arrive(event, centre.last_number, todo.now, centre.setting))
    elif isinstance(event, CallInput):
        call = centre.calls[_call_of(centre, event)]
        todo.call(calls.decide(call, event, todo.now, centre.setting))
    else:
        pool = _pool_of(centre, event)
        todo.turn.pools.add(pool.pool_id)
        todo.pool(acd.decide(pool, event, todo.now))


def _call_of(centre: Centre, event: CallInput) -> CallId:
    match event:
        case CallerArrived() | CallerGone() | DigitPressed():
            call_id = centre.owner(event.leg_id)
        case LegRinging() | LegAnswered() | LegEnded():
            call_id = centre.owner(event.leg_id)
        case PlaybackEnded():
            call_id = centre.owner(event.playback_id)
        case _:
            call_id = event.call_id if event.call_id in centre.calls else None
    if call_id is None:
        raise NotOurs(f"no open call for {type(event).__name__}")
    return call_id


def _pool_of(centre: Centre, event: PoolInput) -> Pool:
    match event:
        case LogInRequested():
            agent_id = event.profile.agent_id
            wants = set(event.profile.queues)
            for pool in centre.pools.values():
                if wants & pool.queues.keys():
                    return pool
        case LogOutRequested() | ReadyRequested() | PauseRequested() | DeskFound() | DeskLost():
            agent_id = event.agent_id
        case OffersResumed():
            return centre.pools[event.pool_id]
        case _:
            raise AssertionError(f"{event} can only come from a call")
    return next((p for p in centre.pools.values() if agent_id in p.agents), _any(centre.pools))


def _settle(centre: Centre, turn: Turn) -> None:
    journal_id = centre.setting.journal_id
    for call_id, before in turn.calls.items():
        was = wanted(before, journal_id) if before else absent(call_id)
        goal = centre.arrangement(call_id)
        if call_id in centre.quarantined:
            centre.quarantined.discard(call_id)
            goal = Arrangement(call_id, None, falls_back=True)
        turn.telephony.extend(settle(was, goal))


def closes(fact: Fact) -> bool:
    """Say whether a fact is the last of its stream."""
    return isinstance(fact, CallClosed)
