"""The whole state of a node, and the turn: one input, all that follows from it, in one go.

Calls and pools are separate machines that know only each other's messages. Within a turn the
messages are passed on until nobody has anything left to say, so what a call and its pool agree on
is decided at once and recorded together.

A turn that raises leaves pools spoilt, because they change in place; ``Turn.pools`` tells which,
and the node folds them anew. Calls are replaced whole, so a failed turn has not changed them.
"""

from collections import Counter, deque
from collections.abc import Iterator

from callcenter.core import callbacks
from callcenter.core.acd import decide as acd
from callcenter.core.acd.decision import Decision as PoolDecision
from callcenter.core.acd.evolving import evolve as evolve_pool
from callcenter.core.acd.messages import FromCall, FromPool
from callcenter.core.acd.pool import Pool
from callcenter.core.acd.pool import deadlines as pool_deadlines
from callcenter.core.addressees import call_addressed, pool_asked, pool_told
from callcenter.core.agenda import Agenda
from callcenter.core.call import arriving
from callcenter.core.call import decide as calls
from callcenter.core.call.callback_messages import CallbackRequested
from callcenter.core.call.decision import Decision as CallDecision
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import ClaimCall
from callcenter.core.call.facts import CallArrived, CallClaimed, ClaimFact, ClaimSettled
from callcenter.core.call.messages import (
    UNSEEN,
    CallerArrived,
    CallerGone,
    CallInput,
    CallOffered,
    ClaimInput,
    ClaimRefused,
    ClaimUnseen,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.call.model import evolve as evolve_call
from callcenter.core.call.open_callbacks import OpenCallbacks
from callcenter.core.call.wanted import Arrangement, absent, may_still_play, settle, wanted
from callcenter.core.ids import CallId, LegId, Ms, PlaybackId, PoolId
from callcenter.core.plan import PoolRules
from callcenter.core.records import replace
from callcenter.core.remembered import Remembered
from callcenter.core.turn import Fact, Input, Turn

MOST_STEPS = 200
"""What a pool may tell one call within one turn; in normal life it is one or two messages."""


class Centre:
    """Open calls and pools of a node."""

    def __init__(self, setting: Setting) -> None:
        self.setting = replace(setting, callbacks=OpenCallbacks())
        self._holds_offers = False
        self.calls: dict[CallId, Call] = {}
        self.pools: dict[PoolId, Pool] = {
            rules.pool_id: self.new_pool(rules) for rules in setting.plan.pools.values()
        }
        self.last_number = 0
        self.quarantined: set[CallId] = set()
        """Calls whose next arrangement gives the caller to the fallback."""
        self.to_mailbox: set[CallId] = set()
        """The same for the mailbox."""
        self.claims: dict[LegId, CallClaimed] = {}
        """Calls that we asked for, of which it is not known what became of them."""
        self.released = Remembered[LegId]()
        """Callers whom a program error has struck, the latest last: they go to the fallback."""
        self.met = Remembered[LegId]()
        """Callers whose call is over, the latest last: what is told of them again is late."""
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
        if isinstance(fact, CallClaimed | ClaimSettled):
            self.put_claim(fact.leg_id, fact if isinstance(fact, CallClaimed) else None)
            return
        call_id = CallId(name)
        if isinstance(fact, CallArrived):
            self.last_number = max(self.last_number, fact.number)
        self.put_call(call_id, evolve_call(self.calls.get(call_id), fact))  # type: ignore[arg-type]

    def put_call(self, call_id: CallId, call: Call | None) -> None:
        """Replace a call's state; None, or a closed call, is forgotten."""
        if call_id in self.setting.callbacks or (call is not None and call.back is not None):
            callbacks.note(self.setting, call_id, call)
        if call is None or call.phase is Phase.CLOSED:
            over = self.calls.pop(call_id, call)
            if over is not None and over.back is None:
                self.met.note(over.arrived.leg_id)
            self._agenda.set(call_id, None)
            self._own(call_id, ())
            return
        self.calls[call_id] = call
        self._agenda.set(call_id, min(calls.deadlines(call, self.setting.plan), default=None))
        self._own(call_id, tuple(calls.handles(call, self.setting.journal_id)))

    def put_claim(self, leg_id: LegId, claim: CallClaimed | None) -> None:
        """Replace what is known of a claim; None: it is settled."""
        self.claims.pop(leg_id, None)
        if claim is not None:
            self.claims[leg_id] = claim

    def _own(self, call_id: CallId, handles: tuple[str, ...]) -> None:
        if handles == self._handles.get(call_id, ()):
            return
        for handle in self._handles.pop(call_id, ()):
            self._owner.pop(handle, None)
        self._owner.update(dict.fromkeys(handles, call_id))
        if handles:
            self._handles[call_id] = handles

    # ------------------------------------------------------------ questions

    def owner(self, handle: str) -> CallId | None:
        """Return the open call that a leg or playback belongs to."""
        return self._owner.get(handle)

    def deadlines(self) -> Iterator[Ms]:
        """Yield the instants at which ``wake`` is wanted."""
        if (earliest := self._agenda.earliest()) is not None:
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
        self._told: Counter[CallId] = Counter()
        """How often each call was told something by its pool."""

    def pool(self, decision: PoolDecision) -> None:
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
        if decision.falls_back:
            self.centre.quarantined.add(call_id)
        if decision.leaves_to_mailbox:
            self.centre.to_mailbox.add(call_id)
        is_over = decision.falls_back or decision.leaves_to_mailbox
        if is_over and decision.call.back is None:
            self.centre.released.note(decision.call.arrived.leg_id)
        if decision.facts:
            self.turn.calls.setdefault(call_id, self.centre.calls.get(call_id))
            self.centre.put_call(call_id, decision.call)
        self._post.extend(decision.tells)
        for other in callbacks.follow(self.centre, decision, self.now):
            self.call(other)

    def claim(self, fact: ClaimFact) -> None:
        """Record what becomes of a claim."""
        claims = self.centre.claims
        self.turn.claims.setdefault(fact.leg_id, claims.get(fact.leg_id))
        self.turn.facts.append((f"claim/{fact.leg_id}", fact))
        self.centre.put_claim(fact.leg_id, fact if isinstance(fact, CallClaimed) else None)

    def begin(self, decision: CallDecision) -> None:
        """Take over a call that begins, and settle the claim that it came of."""
        leg_id = decision.call.arrived.leg_id
        if leg_id in self.centre.claims:
            self.claim(ClaimSettled(self.now, leg_id, is_ours=True))
        self.call(decision)

    def tell(self, message: FromCall) -> None:
        """Have something to say to a pool."""
        self._post.append(message)

    def deliver(self) -> None:
        """Pass messages on until nobody has anything left to say.

        Raises:
            AssertionError: A flow leads round without waiting; such are refused when they are read.
        """
        while self._post:
            message = self._post.popleft()
            if isinstance(message, FromPool):
                if (call := self.centre.calls.get(message.call_id)) is not None:
                    self.turn.acting = message.call_id
                    self._told[message.call_id] += 1
                    assert self._told[message.call_id] <= MOST_STEPS, "goes round in one turn"  # noqa: S101
                    self.call(calls.decide(call, message, self.now, self.centre.setting))
            else:
                pool = pool_told(self.centre.pools, message, self.centre.setting.plan)
                self.turn.pools.add(pool.pool_id)
                self.pool(acd.decide(pool, message, self.now))


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
            turn.acting = CallId(who)
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
    centre.released.note(call.arrived.leg_id)  # also if the end itself fails
    todo = _Round(centre, now, turn)
    todo.call(calls.fail(call, now, centre.setting, cause))
    todo.deliver()
    _settle(centre, turn)


def account_for(centre: Centre, event: CallerArrived, now: Ms, turn: Turn) -> None:
    """Record a caller whose arrival a program error has struck: they go to the fallback."""
    centre.released.note(event.leg_id)
    _account_for(centre, event, _Round(centre, now, turn), arriving.Loss(now, "fault"))


def _start(centre: Centre, event: Input, todo: _Round) -> None:
    if isinstance(event, CallOffered | ClaimRefused | ClaimUnseen):
        _claim(centre, event, todo)
    elif isinstance(event, CallerArrived) and _is_new(centre, event.leg_id):
        centre.last_number += 1
        todo.begin(arriving.arrive(event, centre.last_number, todo.now, centre.setting))
    elif isinstance(event, CallbackRequested):
        begun = callbacks.request(centre, event, todo.now)
        if isinstance(begun, str):
            todo.turn.refusal = begun
        else:
            todo.call(begun)
    elif isinstance(event, CallInput):
        todo.turn.acting = call_id = call_addressed(event, centre.owner, centre.calls)
        call = centre.calls[call_id]
        if isinstance(event, CallerGone):
            todo.turn.left.add(call_id)
        todo.call(calls.decide(call, event, todo.now, centre.setting))
    else:
        pool = pool_asked(centre.pools, event)
        todo.turn.pools.add(pool.pool_id)
        todo.pool(acd.decide(pool, event, todo.now))


def _is_new(centre: Centre, leg_id: LegId) -> bool:
    return leg_id not in centre.met and centre.owner(leg_id) is None


def _claim(centre: Centre, event: ClaimInput, todo: _Round) -> None:
    claim = centre.claims.get(event.leg_id)
    match event:
        case CallOffered():
            if claim is None and _is_new(centre, event.leg_id):
                who = (event.ani, event.presentation, event.ani_name, event.dnis)
                todo.claim(CallClaimed(todo.now, event.leg_id, *who))
                todo.turn.telephony.append(ClaimCall(event.leg_id))
        case ClaimRefused():
            if claim is not None:
                todo.claim(ClaimSettled(todo.now, event.leg_id, is_ours=False))
        case ClaimUnseen():
            if claim is not None:
                who = (claim.ani, claim.presentation, claim.ani_name, claim.dnis)
                # It may be found out late; the caller came when we asked for them.
                loss = arriving.Loss(claim.at, UNSEEN)
                _account_for(centre, CallerArrived(event.leg_id, *who), todo, loss)


def _account_for(centre: Centre, event: CallerArrived, todo: _Round, loss: arriving.Loss) -> None:
    centre.last_number += 1
    todo.begin(arriving.account_for(event, centre.last_number, todo.now, centre.setting, loss))


def _settle(centre: Centre, turn: Turn) -> None:
    journal_id = centre.setting.journal_id
    for call_id, before in turn.calls.items():
        was = wanted(before, journal_id) if before else absent(call_id)
        goal = centre.arrangement(call_id)
        if call_id in turn.left:  # not even to make sure: the fallback may have them now
            was = replace(was, caller=None)
        if call_id in centre.quarantined:
            centre.quarantined.discard(call_id)
            goal = Arrangement(call_id, None, falls_back=True)
        if call_id in centre.to_mailbox:
            centre.to_mailbox.discard(call_id)
            goal = Arrangement(call_id, None, falls_back=True, to_mailbox=True)
        turn.telephony.extend(settle(was, goal))
