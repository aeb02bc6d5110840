"""The node: one loop, one journal, one order of turns.

An input is one turn. Its facts go to the journal in one append; when they are durable, and not
before, its effects are carried out and its observers told. Turns do not wait for each other's
commit: the next one is decided on the state as it is, and its facts are committed after.

A turn that raises is dropped whole. The call that it was about is quarantined: the caller goes to
the fallback of the dialplan, the agent is freed, the record is closed. If a pool was touched it is
folded anew from the journal before the next turn.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial

from callcenter.core.acd.messages import FromCall, OffersResumed, RulesReplaced
from callcenter.core.call.callback_messages import CallbackPutOff
from callcenter.core.call.effects import (
    CallEffect,
    ReleaseCaller,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallInput,
    CallOffered,
)
from callcenter.core.centre import (
    Centre,
    account_for,
    give_back,
    quarantine,
    release,
    take_turn,
    wake,
)
from callcenter.core.ids import CallId, Ms, PoolId
from callcenter.core.plan import Plan
from callcenter.core.records import replace
from callcenter.core.replan import objections, replan
from callcenter.core.turn import Input, NotOurs, Turn, closes
from callcenter.ports.clock import Clock
from callcenter.ports.journal import Entry, Journal
from callcenter.ports.reports import Reports
from callcenter.ports.requests import Request
from callcenter.runtime.folding import fold_pool, orphans
from callcenter.runtime.supervisor import Spawn
from callcenter.runtime.timers import Timer

Observer = Callable[[Turn], None]
"""Is told of each turn when its facts are durable."""
Perform = Callable[[Sequence[TelephonyEffect | CallEffect]], None]
Work = Callable[[Turn], None]

MOST_WAITING = 10_000
"""Turns that wait while the state is held; a page's request beyond that is refused."""


class Node:
    """Takes inputs, decides, records, and lets the effects go."""

    def __init__(
        self, centre: Centre, journal: Journal, clock: Clock, reports: Reports, spawn: Spawn
    ) -> None:
        self.centre = centre
        self._journal = journal
        self._clock = clock
        self._reports = reports
        self._spawn = spawn
        self._timer = Timer(self._on_due)
        self._holds = 0
        self._is_deaf = False
        self._mended = asyncio.Event()
        """Set while no pool is spoilt."""
        self._mended.set()
        self._waiting: deque[Callable[[], object]] = deque()
        """Turns that wait while the state is not to be touched."""
        self._now_base: Ms = clock.wall_ms()
        self._elapsed_base = clock.elapsed_ms()
        self.takes_calls = True
        """Whether to claim offered calls; else another instance or the fallback has them."""
        self.perform: Perform = _nobody
        self.observers: list[Observer] = []

    def start_clock(self, last_at: Ms) -> None:
        """Let time begin no earlier than the last recorded instant; it never goes back."""
        self._now_base = max(last_at, self._clock.wall_ms())
        self._elapsed_base = self._clock.elapsed_ms()

    def now(self) -> Ms:
        """Return the instant for the next turn."""
        return self._now_base + self._clock.elapsed_ms() - self._elapsed_base

    def start(self) -> None:
        """Wake at deadlines from now on."""
        self._rearm()

    def deafen(self) -> None:
        """Stand still while the PBX is not heard: ring nobody, and let no deadline pass."""
        self._is_deaf = True
        self._timer.disarm()
        self.centre.holds_offers = True

    def hear(self) -> None:
        """Go on: offer calls to agents, and do what has become due meanwhile."""
        self._is_deaf = False
        self.centre.holds_offers = False
        for pool_id in self.centre.pools:
            self.submit(OffersResumed(pool_id))
        self._on_due()

    def hold_callbacks(self, *, holds: bool) -> None:
        """Begin no callbacks before planned work, or begin them again; who rings rings on."""
        self.centre.setting = replace(self.centre.setting, holds_callbacks=holds)
        for call_id in list(self.centre.setting.callbacks) if holds else ():
            self.submit(CallbackPutOff(call_id))

    def stop(self) -> None:
        """Wake no more."""
        self._timer.disarm()

    @property
    def waiting_count(self) -> int:
        """How many turns wait while the state is not to be touched."""
        return len(self._waiting)

    # ------------------------------------------------------------ inputs

    def submit(self, event: Input) -> None:
        """Take an input; late ones change nothing."""
        if isinstance(event, CallOffered) and not self.takes_calls:
            return
        self._when_free(partial(self._run, partial(self._take, event), event))

    async def request(self, request: Request) -> str | None:
        """Take what a page asks for; return why it was refused, or None when recorded."""
        if len(self._waiting) >= MOST_WAITING:
            return "The service has too much to do just now. Try again."
        answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        def work() -> None:
            turn = self._run(partial(self._take, request), request, answered)
            if turn is None:
                _answer(answered, "Something went wrong; your request was not carried out.")

        self._when_free(work)
        return await answered

    async def adopt(self, plan: Plan, changes: tuple[str, ...]) -> Sequence[str]:
        """Let another declaration hold from now on, also for those who wait.

        Args:
            plan: The declaration.
            changes: What is different, a line each, for the record.

        Returns:
            Why it cannot hold yet; then nothing has changed.
        """
        await self._mended.wait()
        against = tuple(objections(self.centre, plan))
        if not against:
            replan(self.centre, plan, self.now())
            for pool_id in self.centre.pools:
                self.submit(RulesReplaced(pool_id, changes))
        return against

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let turns wait; what has gathered runs at the end."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            while self._waiting and not self._holds:
                self._waiting.popleft()()
            self._rearm()

    async def recover(self, events: Sequence[CallInput]) -> None:
        """Take what a snapshot showed, within ``held``, and wait until it is recorded.

        No telephony effects follow: the caller finds them by comparison.
        """
        for event in events:
            self._run(partial(self._take, event), event, recovers=True)
            await self._mended.wait()
        await self.recorded()

    async def recorded(self) -> None:
        """Wait until all that was decided so far is recorded, and its effects are let go."""
        await self._journal.flush()

    def free(self, call_ids: Collection[CallId]) -> None:
        """Let the pools go on without calls that are not here any more."""
        for message in list(orphans(self.centre, call_ids)):
            self._when_free(partial(self._run, partial(self._release, message), message))

    def give_back(self, call_id: CallId, cause: str) -> None:
        """Let the fallback of the dialplan have a caller; see ``centre.give_back``."""
        self._when_free(partial(self._run, partial(self._give_back, call_id, cause), call_id))

    def _give_back(self, call_id: CallId, cause: str, turn: Turn) -> None:
        give_back(self.centre, call_id, self.now(), turn, cause)

    def _release(self, message: FromCall, turn: Turn) -> None:
        release(self.centre, message, self.now(), turn)

    def _take(self, event: Input, turn: Turn) -> None:
        take_turn(self.centre, event, self.now(), turn)

    def _when_free(self, work: Callable[[], object]) -> None:
        if self._holds:
            self._waiting.append(work)
        else:
            work()

    # ------------------------------------------------------------ turns

    def _run(
        self,
        work: Work,
        about: object,
        answered: asyncio.Future[str | None] | None = None,
        *,
        recovers: bool = False,
    ) -> Turn | None:
        turn = Turn()
        try:
            work(turn)
        except NotOurs:
            if answered:
                _answer(answered, "This call is over.")
            return turn
        except Exception as error:  # noqa: BLE001 - a program error drops this turn and no other
            self._turn_failed(turn, about, error)
            return None
        if recovers:
            turn.telephony.clear()
        self._record(turn, answered)
        self._rearm()
        return turn

    def _record(self, turn: Turn, answered: asyncio.Future[str | None] | None) -> None:
        def release() -> None:
            self.perform([*turn.telephony, *turn.effects])
            # After what was started just now has had its first step: a caller waits for it.
            asyncio.get_running_loop().call_soon(self._tell, turn, answered)

        if turn.facts:
            entries = [Entry(stream, fact, closes(fact)) for stream, fact in turn.facts]
            self._journal.append(entries, release)
        else:
            release()

    def _tell(self, turn: Turn, answered: asyncio.Future[str | None] | None) -> None:
        for observe in self.observers:
            try:
                observe(turn)
            except Exception as error:  # noqa: BLE001 - what pages show must not hold up a request
                self._reports.fault("a turn could not be shown", error)
        if answered:
            _answer(answered, turn.refusal)

    def _on_due(self) -> None:
        self._when_free(self._wake_all)

    def _wake_all(self) -> None:
        now = self.now()
        for who in list(self.centre.due(now)):
            self._when_free(partial(self._run, partial(wake, self.centre, who, now), who))
        self._rearm()

    def _rearm(self) -> None:
        if self._is_deaf:
            return
        self._timer.arm(min(self.centre.deadlines(), default=None), self.now())

    # ------------------------------------------------------------ program errors

    def _turn_failed(self, turn: Turn, about: object, error: Exception) -> None:
        guilty = self._guilty(turn, about)
        self._reports.fault(
            "a turn failed and was dropped; its call goes to the fallback",
            error,
            input=type(about).__name__,
            call_id=guilty or "",
        )
        for call_id, before in turn.calls.items():
            self.centre.put_call(call_id, before)
        for leg_id, claim in turn.claims.items():
            self.centre.put_claim(leg_id, claim)
        struck = about if isinstance(about, CallerArrived) else None
        if isinstance(about, CallerArrived) and guilty not in self.centre.calls:
            self.perform([ReleaseCaller(guilty or CallId(""), about.leg_id)])
        self._mended.clear()
        self._holds += 1  # no turn may see a spoilt pool: hold before the next one starts
        self._spawn("mend after a failed turn", self._mend(set(turn.pools), guilty, struck))

    def _guilty(self, turn: Turn, about: object) -> CallId | None:
        if turn.acting is not None:
            return turn.acting
        for name in ("call_id", "leg_id", "playback_id"):
            handle = getattr(about, name, None)
            if isinstance(handle, str):
                return self.centre.owner(handle) or (
                    CallId(handle) if handle in self.centre.calls else None
                )
        return CallId(about) if isinstance(about, str) and about in self.centre.calls else None

    async def _mend(
        self, spoilt: set[PoolId], guilty: CallId | None, struck: CallerArrived | None
    ) -> None:
        async with self.held():
            self._holds -= 1  # the hold of the failed turn passes over to this one
            await self._journal.flush()
            for pool_id in sorted(spoilt):
                rules = self.centre.setting.plan.pools[pool_id]
                empty = self.centre.new_pool(rules)
                self.centre.pools[pool_id] = await fold_pool(self._journal, empty, self._reports)
            if guilty is not None and guilty in self.centre.calls:
                self._run_quarantine(guilty)
            elif struck is not None:
                self._account_for(struck)
            self._mended.set()

    def _run_quarantine(self, call_id: CallId) -> None:
        turn = Turn()
        try:
            quarantine(self.centre, call_id, self.now(), turn)
        except Exception as error:  # noqa: BLE001 - even its end fails: forget the call, keep the node
            self._reports.fault("a call could not be quarantined", error, call_id=call_id)
            self.centre.put_call(call_id, None)
            self.free([call_id])
            return
        self._record(turn, None)

    def _account_for(self, struck: CallerArrived) -> None:
        turn = Turn()
        try:
            account_for(self.centre, struck, self.now(), turn)
        except Exception as error:  # noqa: BLE001 - the caller is in the fallback, whatever we know of it
            self._reports.fault("a call has no record", error)
            return
        self._record(turn, None)


def _answer(future: asyncio.Future[str | None], refusal: str | None) -> None:
    if not future.done():
        future.set_result(refusal)


def _nobody(_: Sequence[TelephonyEffect | CallEffect]) -> None:
    """Carry nothing out: before the node is wired."""
