"""Callers: each dials, presses keys, talks or loses patience as was drawn, and keeps its story."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from tests.long_soak.floor import Floor, Phone
from tests.long_soak.media import NOTED_GAP_S, Line, Span, Studio
from tests.long_soak.oracles import End, Story, Talk, overlap
from tests.long_soak.plan import CallerPlan, EndedBy
from tests.long_soak.silences import SET_UP_S
from tests.support.program import DNIS
from tests.support.sip_call import Identity, OutgoingCall
from tests.support.sip_party import first_of
from tests.support.sip_phone import Trunk

_PRESS_AGAIN_S = 6.0
_ENDS_WITHIN_S = 60.0
"""After the agent has hung up; a service that is away for 30 s ends the call when it is back."""
_HANG_UP_S = 35.0
OnOver = Callable[[Story], None]


class Caller:
    """One call."""

    def __init__(self, plan: CallerPlan, studio: Studio, floor: Floor) -> None:
        self.story = Story(plan, 0.0)
        self._studio = studio
        self._floor = floor
        self._voice = asyncio.Event()
        self._heard = 0
        self._talk: Talk | None = None
        self._other: Line | None = None
        self._is_to_go = asyncio.Event()
        self._line: Line
        self._call: OutgoingCall

    async def live(self, trunk: Trunk, host: str) -> Story:
        """Dial, and return how it went when all is over."""
        self._line = self._studio.open(host, self)
        self._line.on_voice = self._on_voice
        who = Identity(f"<sip:{self.story.ani}@{host}>")
        self.story.dialled_at = time.time()
        self._call = trunk.call_with(self._line, who, DNIS)
        self._call.on_change = self._on_change
        await self._have_it_out()
        await self._leave()
        hearing = self._line.hearing
        self.story.two_at_once = overlap(hearing.voices.values())
        return self.story

    def go(self) -> None:
        """Hang up now, whatever was planned."""
        self._is_to_go.set()

    def cut_off(self) -> None:
        """The PBX is gone: nobody will say goodbye."""
        self.story.end = self.story.end or End.CUT_OFF
        self._end_talk()
        self._is_to_go.set()

    # ------------------------------------------------------------ the call

    async def _have_it_out(self) -> None:
        while await self._wait_for_voice():
            if await self._talk_through():
                return
            if not await self._wait_for_end():
                return

    async def _wait_for_voice(self) -> bool:
        """Wait until an agent is heard; False: patience, or the call, is over before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.story.plan.patience_s):
                await first_of(self._call.answered, self._call.over, self._is_to_go)
                if self._call.answered.is_set():
                    await self._press()
        return self._voice.is_set() and not self._is_over

    async def _press(self) -> None:
        """Press the key, and again if nothing comes of it: the first may have got lost."""
        pause_s = self.story.plan.press_after_s
        while not self._voice.is_set() and not self._is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await first_of(self._voice, self._call.over, self._is_to_go)
                    return
            pause_s = _PRESS_AGAIN_S
            if self.story.plan.key and not self._call.over.is_set():
                await self._line.press(self.story.plan.key)

    async def _talk_through(self) -> bool:
        """Talk; True if the caller ended it, or the call has ended."""
        self._voice.clear()
        other = self._studio.by_number.get(self._heard)
        if other is None or not isinstance(other.owner, Phone):
            return self._is_over
        began_at = self._line.hearing.voices[self._heard].begin
        talk = Talk(other.owner.name, began_at)
        self._talk, self._other = talk, other
        self.story.talks.append(talk)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.story.plan.talk_s):
                await first_of(self._call.over, other.ended, self._is_to_go)
        talk.was_cut = not self._is_to_go.is_set() and not other.owner.is_excused(other)
        talk.was_cut &= self._call.over.is_set() or other.ended.is_set()
        self._end_talk()
        if self._is_over or other.ended.is_set():
            return self._is_over
        return await self._finish(other.owner)

    async def _finish(self, phone: Phone) -> bool:
        """End the talk as planned; True if it was the caller who did."""
        match self.story.plan.ended_by:
            case EndedBy.CALLER:
                return True
            case EndedBy.PAGE if await self._floor.hang_up_on_page(phone):
                return False
            case _:
                await phone.put_down()
                return False

    async def _wait_for_end(self) -> bool:
        """Wait until the call ends; True if another agent is heard instead."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await first_of(self._call.over, self._voice, self._is_to_go)
                return self._voice.is_set() and not self._is_over
        self.story.left_behind = True
        return False

    def _end_talk(self) -> None:
        """Note how it sounded, on both sides, until now."""
        talk, other = self._talk, self._other
        if talk is None or other is None:
            return
        self._talk = self._other = None
        talk.ended_at = time.time()
        talk.caller_gaps.extend(gaps_of(self._line, talk))
        talk.agent_gaps.extend(gaps_of(other, talk))

    async def _leave(self) -> None:
        self._end_talk()
        if not self._call.over.is_set():
            self.story.end = self.story.end or End.CALLER
            with suppress(TimeoutError):
                await self._call.hang_up(0.1 if self.story.end is End.CUT_OFF else _HANG_UP_S)
        await self._call.close()

    @property
    def _is_over(self) -> bool:
        return self._call.over.is_set() or self._is_to_go.is_set()

    def _on_voice(self, number: int) -> None:
        self._heard = number
        self._voice.set()

    def _on_change(self) -> None:
        now = time.time()
        if self._call.answered.is_set():
            self.story.answered_at = self.story.answered_at or now
        if self._call.over.is_set() and not self.story.ended_at:
            self.story.ended_at = now
            self.story.final = self._call.final
            refused = End.PBX if self.story.answered_at else End.REFUSED
            self.story.end = self.story.end or refused


def gaps_of(line: Line, talk: Talk) -> Iterator[Span]:
    """Yield the gaps that a line heard in a talk, one that lasts until its end included."""
    if not line.ended.is_set():
        line.read()
    put_through_at = talk.began_at + SET_UP_S
    for gap in line.hearing.gaps:
        if gap.begin < talk.ended_at and gap.end > put_through_at:
            yield Span(max(gap.begin, put_through_at), min(gap.end, talk.ended_at))
    last = Span(max(line.hearing.last_at, put_through_at), talk.ended_at)
    if last.ms > NOTED_GAP_S * 1000 and not line.ended.is_set():
        yield last


class Crowd:
    """All callers.

    Attributes:
        live: Whose calls are going on.
        dialled: How many have called.
        errors: Errors of this program in a caller's life.
    """

    def __init__(self, studio: Studio, floor: Floor, trunk: Trunk, on_over: OnOver) -> None:
        self.live: set[Caller] = set()
        self.dialled = 0
        self.errors: list[str] = []
        self.is_paused = False
        self._is_over = False
        self._studio = studio
        self._floor = floor
        self._trunk = trunk
        self._on_over = on_over

    async def call(self, plans: Iterator[CallerPlan], until: float, host: str) -> None:
        """Let callers dial until an instant of the wall clock, and wait until they are gone."""
        async with asyncio.TaskGroup() as group:
            for plan in plans:
                await asyncio.sleep(plan.after_s)
                if self._is_over or time.time() >= until:
                    break
                if not self.is_paused:
                    group.create_task(self._call(plan, host), name=f"caller-{plan.number}")

    def stop(self) -> None:
        """Let nobody dial any more."""
        self._is_over = True

    @property
    def talking(self) -> int:
        """How many talk now."""
        return sum(caller._talk is not None for caller in self.live)

    def hang_up(self) -> None:
        """Let all hang up at once."""
        for caller in list(self.live):
            caller.go()

    def cut_off(self) -> None:
        """The PBX is gone."""
        for caller in list(self.live):
            caller.cut_off()

    async def _call(self, plan: CallerPlan, host: str) -> None:
        caller = Caller(plan, self._studio, self._floor)
        self.live.add(caller)
        self.dialled += 1
        try:
            self._on_over(await caller.live(self._trunk, host))
        except Exception as error:  # noqa: BLE001 - one of thousands must not end hours of calls
            self.errors.append(f"{plan.ani}: {error!r}")
        finally:
            self.live.discard(caller)
