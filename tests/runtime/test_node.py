"""Turns: decided at once, recorded together, let go when durable."""

import asyncio
from collections.abc import Sequence

import pytest

from callcenter.adapters.memory.clock import SettableClock
from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.core import centre as core_centre
from callcenter.core.acd.facts import AgentLoggedIn
from callcenter.core.acd.messages import (
    DeskFound,
    LogInRequested,
    LogOutRequested,
    PauseRequested,
    ReadyRequested,
)
from callcenter.core.acd.people import Activity, AgentProfile
from callcenter.core.call import decide as core_calls
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import (
    AnswerCaller,
    CallEffect,
    LookUpCaller,
    PlayPrompts,
    ReleaseCaller,
    TelephonyEffect,
)
from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    CallEnded,
)
from callcenter.core.call.messages import (
    AnswerRequested,
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallOffered,
    DigitPressed,
    HangUpRequested,
    LegAnswered,
    LegRinging,
    Outcome,
    Presentation,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId, CallId, LegId
from callcenter.core.turn import Input, NotOurs, Turn
from callcenter.ports.journal import Entry, JournalFailed
from callcenter.runtime.folding import fold_centre
from callcenter.runtime.node import Node
from callcenter.runtime.supervisor import Supervisor
from tests.support.playbook import MAIN, MAIN_NUMBER, PLAN, SALES, START, SUPPORT, VIP_NUMBER
from tests.support.runtime_world import HeardReports
from tests.support.virtual_time import virtual

ANNA = AgentId("anna")
PROFILE = AgentProfile(ANNA, "Anna", "PJSIP/anna", (SALES, SUPPORT))
ONE, TWO = LegId("one"), LegId("two")


class Rig:
    """A node with all that it does, on a clock that is moved by hand."""

    def __init__(self, disk: Disk | None = None, wall_ms: int = START) -> None:
        self.journal = MemoryJournal(disk)
        self.clock = SettableClock(wall_ms)
        self.reports = HeardReports()
        self.supervisor = Supervisor(self.reports)
        self.centre = Centre(Setting(self.journal.journal_id, PLAN))
        self.node = Node(self.centre, self.journal, self.clock, self.reports, self.supervisor.spawn)
        self.effects: list[TelephonyEffect | CallEffect] = []
        self.turns: list[Turn] = []
        self.node.perform = self._perform
        self.node.observers = [self.turns.append]

    def _perform(self, effects: Sequence[TelephonyEffect | CallEffect]) -> None:
        self.effects += effects

    async def rest(self) -> None:
        """Let everything that was begun come to its end."""
        for _ in range(12):
            await asyncio.sleep(0)

    async def arrives(self, leg_id: LegId = ONE, number: str = MAIN_NUMBER) -> CallId:
        self.node.submit(arrival(leg_id, number))
        await self.rest()
        call_id = self.centre.owner(leg_id)
        assert call_id is not None
        return call_id

    async def in_queue(self, leg_id: LegId = ONE) -> CallId:
        call_id = await self.arrives(leg_id, VIP_NUMBER)
        assert self.centre.calls[call_id].phase is Phase.QUEUE
        return call_id

    async def agent_ready(self) -> None:
        for request in (LogInRequested(PROFILE), DeskFound(ANNA), ReadyRequested(ANNA)):
            assert await self.node.request(request) is None

    async def talk(self) -> CallId:
        await self.agent_ready()
        call_id = await self.in_queue()
        offer = self.centre.calls[call_id].offer
        assert offer is not None
        self.node.submit(LegRinging(offer.leg_id))
        self.node.submit(LegAnswered(offer.leg_id))
        await self.rest()
        return call_id

    @property
    def kinds(self) -> list[str]:
        return [type(effect).__name__ for effect in self.effects]

    @property
    def stored(self) -> int:
        return len(self.journal.disk.rows)


def arrival(leg_id: LegId, number: str = MAIN_NUMBER) -> CallerArrived:
    return CallerArrived(leg_id, "+12025550123", Presentation.ALLOWED, "", number)


# ---------------------------------------------------------------- what is let go, and when


@virtual
async def test_effects_and_observers_wait_until_the_facts_are_durable():
    rig = Rig()
    seen: list[int] = []
    rig.node.observers.append(lambda _turn: seen.append(rig.stored))
    rig.node.submit(arrival(ONE))
    assert rig.centre.owner(ONE) is not None, "the state is there at once"
    assert (rig.stored, rig.effects, rig.turns) == (0, [], [])
    await rig.rest()
    assert seen == [rig.stored]
    assert rig.stored > 0
    assert AnswerCaller in {type(each) for each in rig.effects}
    assert LookUpCaller in {type(each) for each in rig.effects}


@virtual
async def test_a_journal_that_fails_lets_nothing_go():
    rig = Rig()
    rig.node.submit(arrival(ONE))
    rig.journal.break_down("disk full")
    await rig.rest()
    assert (rig.effects, rig.turns) == ([], [])
    with pytest.raises(JournalFailed):
        await rig.journal.flush()


@virtual
async def test_the_facts_of_a_turn_are_one_append_and_turns_keep_their_order():
    appended: list[int] = []

    class Counting(MemoryJournal):
        def append(self, entries: Sequence[Entry], committed):
            appended.append(len(entries))
            super().append(entries, committed)

    rig = Rig()
    rig.node._journal = Counting(rig.journal.disk)
    legs = [LegId(f"leg{number}") for number in range(5)]
    for leg_id in legs:
        rig.node.submit(arrival(leg_id))
    assert len(appended) == 5
    await rig.rest()
    arrived = [turn.facts[0][1] for turn in rig.turns]
    assert [fact.leg_id for fact in arrived if isinstance(fact, CallArrived)] == legs
    played = [each.leg_id for each in rig.effects if isinstance(each, PlayPrompts)]
    assert played == legs


@virtual
async def test_a_turn_without_facts_lets_its_effects_go_without_the_journal():
    rig = Rig()
    await rig.agent_ready()
    call_id = await rig.in_queue()
    before = rig.stored
    assert await rig.node.request(AnswerRequested(ANNA, call_id)) is None
    assert rig.kinds[-1] == "PickUpStation"
    assert rig.stored == before


# ---------------------------------------------------------------- requests


@virtual
async def test_a_request_is_answered_when_it_is_recorded_and_not_before():
    rig = Rig()
    asked = asyncio.ensure_future(rig.node.request(LogInRequested(PROFILE)))
    await asyncio.sleep(0)
    assert not asked.done()
    assert await asked is None
    assert rig.stored == 1


@virtual
async def test_a_request_that_is_refused_says_why():
    rig = Rig()
    assert await rig.node.request(ReadyRequested(ANNA)) == "You are not logged in."
    call_id = await rig.arrives()
    refusal = await rig.node.request(HangUpRequested(ANNA, call_id))
    assert refusal == "You are not in this call."


@virtual
async def test_a_request_about_a_call_that_is_over_is_refused():
    rig = Rig()
    refusal = await rig.node.request(HangUpRequested(ANNA, CallId("0" * 32)))
    assert refusal == "This call is over."


@virtual
async def test_a_request_that_was_given_up_does_not_disturb():
    rig = Rig()
    asked = asyncio.ensure_future(rig.node.request(LogInRequested(PROFILE)))
    await asyncio.sleep(0)
    asked.cancel()
    await rig.rest()
    assert rig.stored == 1
    assert rig.reports.faults == []


@virtual
async def test_late_input_changes_nothing_and_is_no_fault():
    rig = Rig()
    rig.node.submit(DigitPressed(LegId("gone"), "1"))
    rig.node.submit(CallerGone(LegId("gone"), CallerEnd.HUNG_UP))
    await rig.rest()
    assert (rig.turns, rig.stored, rig.reports.faults) == ([], 0, [])


# ---------------------------------------------------------------- holding back


@virtual
async def test_turns_that_are_held_back_run_in_order_at_the_end():
    rig = Rig()
    async with rig.node.held():
        rig.node.submit(arrival(ONE))
        rig.node.submit(CallerGone(ONE, CallerEnd.HUNG_UP))
        asked = asyncio.ensure_future(rig.node.request(LogInRequested(PROFILE)))
        await rig.rest()
        async with rig.node.held():
            pass
        assert (rig.turns, rig.centre.calls, asked.done()) == ([], {}, False)
    assert await asked is None
    first, second, third = rig.turns
    assert isinstance(first.facts[0][1], CallArrived)
    assert "CallEnded" in {type(fact).__name__ for _, fact in second.facts}
    assert isinstance(third.facts[0][1], AgentLoggedIn)


@virtual
async def test_recovery_records_but_asks_nothing_of_telephony():
    rig = Rig()
    await rig.arrives()
    rig.effects.clear()
    async with rig.node.held():
        await rig.node.recover([CallerGone(ONE, CallerEnd.LOST)])
        assert not rig.centre.calls
        await asyncio.sleep(0)  # observers are told a moment later
        assert any(isinstance(fact, CallClosed) for turn in rig.turns for _, fact in turn.facts)
    assert rig.effects == []


@virtual
async def test_effects_take_their_first_step_before_observers_are_told():
    rig = Rig()
    order: list[str] = []

    async def effect() -> None:
        order.append("effect")

    rig.node.perform = lambda _: rig.supervisor.spawn("effect", effect())
    rig.node.observers.append(lambda turn: order.append("observer"))
    await rig.arrives()
    assert order[:2] == ["effect", "observer"]


# ---------------------------------------------------------------- time


@virtual
async def test_deadlines_wake_the_node():
    rig = Rig()
    rig.node.start()
    await rig.arrives()
    before = len(rig.turns)
    deadline = min(rig.centre.deadlines())
    rig.clock.advance(deadline - rig.node.now())
    await asyncio.sleep(3_600)
    assert len(rig.turns) > before
    rig.node.stop()


@virtual
async def test_many_deadlines_at_once_are_a_turn_each():
    rig = Rig()
    rig.node.start()
    for number in range(4):
        await rig.arrives(LegId(f"leg{number}"))
    before = len(rig.turns)
    rig.clock.advance(61_000)
    await asyncio.sleep(61)
    assert len(rig.turns) - before >= 4
    assert all(len(turn.calls) == 1 for turn in rig.turns[before:])
    rig.node.stop()


@virtual
async def test_a_node_that_was_stopped_sleeps():
    rig = Rig()
    rig.node.start()
    await rig.arrives()
    rig.node.stop()
    before = len(rig.turns)
    rig.clock.advance(3_600_000)
    await asyncio.sleep(3_600)
    assert len(rig.turns) == before


@virtual
async def test_time_never_goes_back_when_the_clock_does():
    rig = Rig()
    first = rig.node.now()
    rig.clock.advance(5_000)
    rig.clock.set_wall(0)
    assert rig.node.now() == first + 5_000


@virtual
async def test_time_begins_after_what_was_recorded_last():
    rig = Rig(wall_ms=1_000)
    rig.node.start_clock(50_000)
    assert rig.node.now() == 50_000
    rig.clock.advance(10)
    assert rig.node.now() == 50_010
    rig.clock.set_wall(90_000)
    assert rig.node.now() == 50_010
    rig.node.start_clock(50_010)
    assert rig.node.now() == 90_000


# ---------------------------------------------------------------- program errors


class Planted(Exception):
    """A program error for tests."""


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch):
    """Let every key "9" end in a program error, after the pool was touched."""
    original = core_centre.take_turn

    def spoilt(centre: Centre, event: Input, now: int, turn: Turn) -> None:
        original(centre, event, now, turn)
        if isinstance(event, DigitPressed) and event.digit == "9":
            pool = centre.pools[MAIN]
            turn.pools.add(MAIN)
            pool.agents.clear()
            turn.calls[centre.owner(event.leg_id) or CallId("")] = centre.calls[
                centre.owner(event.leg_id) or CallId("")
            ]
            raise Planted

    monkeypatch.setattr("callcenter.runtime.node.take_turn", spoilt)


@virtual
async def test_a_turn_that_raises_is_dropped_whole_and_its_call_goes_to_the_fallback(poison):
    rig = Rig()
    other = await rig.talk()
    struck = await rig.in_queue(TWO)
    before = rig.stored
    rig.effects.clear()
    rig.node.submit(DigitPressed(TWO, "9"))
    assert rig.stored == before
    await rig.rest()
    assert struck not in rig.centre.calls
    assert [type(each) for each in rig.effects if getattr(each, "leg_id", "") == TWO] == [
        ReleaseCaller
    ]
    [(_, error)] = rig.reports.faults
    assert isinstance(error, Planted)
    last = [fact for _, fact in rig.turns[-1].facts]
    [ended] = [fact for fact in last if isinstance(fact, CallEnded)]
    assert (ended.outcome, ended.cause) == (Outcome.FAILED, "fault")
    # The pool was folded anew, and the other call lives on.
    assert rig.centre.pools[MAIN].agents[ANNA].activity is Activity.TALKING
    assert not rig.centre.pools[MAIN].waiting
    assert await rig.node.request(HangUpRequested(ANNA, other)) is None
    assert rig.centre.calls[other].phase is Phase.ENDED


@virtual
async def test_what_comes_while_a_pool_is_mended_waits_its_turn(poison):
    rig = Rig()
    await rig.agent_ready()
    await rig.in_queue(TWO)
    rig.node.submit(DigitPressed(TWO, "9"))
    rig.node.submit(arrival(ONE))
    asked = asyncio.ensure_future(rig.node.request(PauseRequested(ANNA, "lunch")))
    assert rig.centre.owner(ONE) is None
    assert await asked is None
    assert rig.centre.owner(ONE) is not None
    assert rig.centre.pools[MAIN].agents[ANNA].pause_reason == "lunch"


@virtual
async def test_a_request_that_ends_in_a_program_error_is_told_so(monkeypatch):
    def spoilt(*_: object) -> None:
        raise Planted

    rig = Rig()
    monkeypatch.setattr("callcenter.runtime.node.take_turn", spoilt)
    refusal = await rig.node.request(LogOutRequested(ANNA))
    assert refusal is not None
    assert "went wrong" in refusal
    await rig.rest()


@virtual
async def test_an_arrival_that_ends_in_a_program_error_goes_to_the_fallback(monkeypatch):
    def spoilt(*_: object) -> None:
        raise Planted

    rig = Rig()
    monkeypatch.setattr("callcenter.runtime.node.take_turn", spoilt)
    rig.node.submit(arrival(ONE))
    await rig.rest()
    [released] = rig.effects
    assert isinstance(released, ReleaseCaller)
    assert released.leg_id == ONE
    [ended] = [fact for _, fact in rig.turns[-1].facts if isinstance(fact, CallEnded)]
    assert (ended.outcome, ended.cause) == (Outcome.FAILED, "fault")
    assert ONE in rig.centre.released, "not to be taken for a new caller"


@virtual
async def test_an_arrival_that_fails_half_way_settles_its_claim_once(monkeypatch):
    original = core_centre.take_turn

    def spoilt(centre: Centre, event: Input, now: int, turn: Turn) -> None:
        original(centre, event, now, turn)
        if isinstance(event, CallerArrived):
            raise Planted

    rig = Rig()
    monkeypatch.setattr("callcenter.runtime.node.take_turn", spoilt)
    rig.node.submit(CallOffered(ONE, None, MAIN_NUMBER))
    rig.node.submit(arrival(ONE))
    await rig.rest()
    facts = [type(fact).__name__ for turn in rig.turns for _, fact in turn.facts]
    assert facts == ["CallClaimed", "ClaimSettled", "CallArrived", "CallEnded", "CallClosed"]
    assert not rig.centre.claims


@virtual
async def test_the_call_that_a_pool_speaks_to_is_to_blame_and_not_the_one_that_spoke(monkeypatch):
    rig = Rig()
    await rig.agent_ready()
    innocent, poisoned = await rig.talk(), await rig.in_queue(TWO)
    original = core_calls.decide

    def spoilt(call: Call, event: object, now: int, setting: Setting) -> object:
        if call.arrived.call_id == poisoned:
            raise Planted
        return original(call, event, now, setting)  # type: ignore[arg-type]

    monkeypatch.setattr("callcenter.core.call.decide.decide", spoilt)
    rig.node.submit(CallerGone(ONE, CallerEnd.HUNG_UP))
    await rig.rest()
    await rig.node.request(WrapUpSubmitted(ANNA, innocent, "done", ""))  # offers the other one
    await rig.rest()
    assert poisoned not in rig.centre.calls
    [ended] = [f for t in rig.turns for _, f in t.facts if getattr(f, "cause", "") == "fault"]
    assert isinstance(ended, CallEnded)


@virtual
async def test_a_call_that_cannot_even_be_quarantined_does_not_keep_its_agent(poison, monkeypatch):
    def spoilt(*_: object) -> None:
        raise Planted

    monkeypatch.setattr("callcenter.runtime.node.quarantine", spoilt)
    rig = Rig()
    await rig.talk()
    rig.node.submit(DigitPressed(ONE, "9"))
    await rig.rest()
    assert not rig.centre.calls
    assert rig.centre.pools[MAIN].agents[ANNA].is_free
    assert len(rig.reports.faults) == 2


@virtual
async def test_a_caller_whose_very_end_fails_is_for_the_fallback_still(poison, monkeypatch):
    def spoilt(*_: object) -> None:
        raise Planted

    monkeypatch.setattr("callcenter.core.call.decide.fail", spoilt)
    rig = Rig()
    await rig.talk()
    rig.node.submit(DigitPressed(ONE, "9"))
    await rig.rest()
    assert not rig.centre.calls
    assert ONE in rig.centre.released, (
        "a comparison with the PBX releases them, and hangs up nobody"
    )


@virtual
async def test_an_error_in_recovery_is_mended_before_the_next_input(poison):
    rig = Rig()
    await rig.talk()
    await rig.in_queue(TWO)
    async with rig.node.held():
        await rig.node.recover([DigitPressed(TWO, "9"), CallerGone(ONE, CallerEnd.LOST)])
    await rig.rest()
    assert rig.centre.pools[MAIN].agents[ANNA].activity is Activity.WRAP_UP
    folded = Centre(Setting(rig.journal.journal_id, PLAN))
    await fold_centre(rig.journal, folded, rig.reports)
    assert folded.pools[MAIN].agents == rig.centre.pools[MAIN].agents
    assert folded.calls == rig.centre.calls


@virtual
async def test_an_observer_that_fails_touches_nobody_else():
    rig = Rig()

    def fails(_turn: Turn) -> None:
        raise Planted

    rig.node.observers.insert(0, fails)
    assert await rig.node.request(LogInRequested(PROFILE)) is None
    assert len(rig.turns) == 1
    assert rig.reports.fault_names == ["a turn could not be shown"]


def test_not_ours_is_no_program_error():
    assert not issubclass(NotOurs, AssertionError)
