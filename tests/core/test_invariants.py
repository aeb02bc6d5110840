"""Anything may happen in any order, and some things must hold all the same.

The rules draw from the live state: who calls, what plays, whose phone rings. Blind draws hardly
ever reach a talk; these reach every phase in a few steps. Late inputs are drawn from the past.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import Phase as Phases
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from callcenter.core.acd.messages import LogInRequested, PauseRequested
from callcenter.core.acd.people import Activity
from callcenter.core.acd.wrap_up_messages import WrapUpExtensionRequested
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallerMatched,
    DigitPressed,
    HangUpRequested,
    LegEnd,
    LegEnded,
    MatchStatus,
    NewRequest,
    PlaybackEnded,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Phase
from callcenter.core.plan import AnnounceToAgent, ComfortStep, Plan, Strategy
from callcenter.core.turn import Input
from tests.core.invariants import Watch
from tests.core.test_waiting import NUMBER, plan_with
from tests.support.playbook import (
    MAIN,
    MAIN_NUMBER,
    SALES,
    SPANISH_NUMBER,
    SUPPORT,
    VIP_NUMBER,
    Agent,
    Caller,
    World,
)

T = TypeVar("T")
Picks = st.integers(0, 23)
"""Which of those who are there: taken modulo their number, so that it always names somebody."""

NUMBERS = (MAIN_NUMBER, MAIN_NUMBER, VIP_NUMBER, SPANISH_NUMBER, NUMBER, NUMBER, "unknown")
STAFF = {
    "anna": ((SALES, SUPPORT), {}),
    "ben": ((SALES,), {}),
    "carla": ((SALES, SUPPORT), {"spanish": 3}),
    "dan": ((SUPPORT,), {"spanish": 2}),
}
PHONE_ENDS = sorted(set(LegEnd) - {LegEnd.PAGE_LOST})
"""How a leg can end; that the page is lost is said by the page."""
BUSY = (Activity.RINGING, Activity.TALKING, Activity.WRAP_UP)
EXAMPLES = int(os.environ.get("INVARIANT_EXAMPLES", "150"))
"""How many stories are told."""
IS_PINNED = "INVARIANT_EXAMPLES" not in os.environ
"""Whether the same stories are told each time; else they come from ``--hypothesis-seed``."""
STORIES = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    derandomize=IS_PINNED,
    database=None,
    report_multiple_bugs=False,
    phases=(Phases.generate, Phases.shrink) if IS_PINNED else (Phases.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
"""How stories are told, here and where other plans are their subject."""


COMFORTING = plan_with(
    comfort=(
        ComfortStep(3_000, ("welcome",)),
        ComfortStep(4_000, ("goodbye",), repeats=True),
    ),
    announce_to_agent=AnnounceToAgent.QUEUE_AND_WAIT,
)
"""Callers press keys while they wait and hear prompts; agents hear whose call it is."""


def _ringing_several() -> Plan:
    """Return the usual declaration, but several phones ring for one caller."""
    strategies = {SALES: Strategy.RING_ALL, SUPPORT: Strategy.RING_PROGRESSIVELY}
    several = {
        name: replace(
            COMFORTING.queues[name], strategy=strategy, most_phones=3, widen_every_ms=4_000
        )
        for name, strategy in strategies.items()
    }
    return replace(COMFORTING, queues={**COMFORTING.queues, **several})


class CallCentre(RuleBasedStateMachine):
    """Tells a random story and watches over it."""

    plan: Plan = COMFORTING

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.plan)
        self.watch = Watch(self.world)
        self.is_sound = True
        """Whether the last look found nothing wrong."""

    # ------------------------------------------------------------ who is there

    def callers(self, *phases: Phase) -> list[Caller]:
        return [c for c in self.world.callers.values() if c.call and c.phase in phases]

    def agents(self, *activities: Activity) -> list[Agent]:
        return [a for a in self.world.agents.values() if a.record and a.activity in activities]

    def is_ringing(self) -> bool:
        return bool(self.agents(Activity.RINGING))

    def is_talking(self) -> bool:
        return bool(self.agents(Activity.TALKING))

    def is_wrapping_up(self) -> bool:
        return bool(self.agents(Activity.WRAP_UP))

    def is_busy(self) -> bool:
        return bool(self.agents(*BUSY))

    def has_caller(self) -> bool:
        return bool(self.callers(Phase.FLOW, Phase.QUEUE, Phase.TALK))

    def caller_of(self, agent: Agent) -> Caller:
        return next(c for c in self.world.callers.values() if c.call_id == agent.call_id)

    def done(self) -> None:
        """Look at everything, after each step."""
        self.is_sound = False
        self.world.passes(0)
        self.watch.check()
        self.is_sound = True

    # ------------------------------------------------------------ the staff

    @initialize(ready=st.sets(st.sampled_from(sorted(STAFF)), min_size=1))
    def some_are_ready(self, ready: set[str]) -> None:
        for name in sorted(STAFF):
            queues, skills = STAFF[name]
            agent = self.world.agent(name).can(*queues, **skills)
            if name in ready:
                agent.is_ready()
                self.done()

    @rule(name=st.sampled_from(sorted(STAFF)), new=st.sampled_from(sorted(STAFF)))
    def an_agent_logs_in_perhaps_with_another_profile(self, name: str, new: str) -> None:
        queues, skills = STAFF[new]
        self.world.agent(name).can(*queues, **skills).renews_profile()
        self.done()

    @rule(name=st.sampled_from(sorted(STAFF)))
    def an_agent_is_ready(self, name: str) -> None:
        self.world.agent(name).opens_page()
        self.done()
        self.world.agent(name).ready()
        self.done()

    @rule(name=st.sampled_from(sorted(STAFF)), verb=st.sampled_from(("pauses", "loses", "leaves")))
    def an_agent_wants_no_calls(self, name: str, verb: str) -> None:
        agent = self.world.agent(name)
        verbs: dict[str, Callable[[], Agent]] = {
            "pauses": agent.pauses,
            "loses": agent.loses_page,
            "leaves": agent.logs_out,
        }
        verbs[verb]()
        self.done()

    # ------------------------------------------------------------ callers

    @rule(number=st.sampled_from(NUMBERS))
    def somebody_calls(self, number: str) -> None:
        if len(self.callers(*Phase)) < 8:
            self.world.caller(f"c{len(self.world.callers) + 1}").arrives(number)
            self.done()

    @rule(key=st.sampled_from("12"))
    def somebody_calls_and_chooses(self, key: str) -> None:
        if len(self.callers(*Phase)) < 8:
            self.world.caller(f"c{len(self.world.callers) + 1}").chooses(key)
            self.done()

    @precondition(has_caller)
    @rule(pick=Picks, key=st.sampled_from("122390345"))
    def a_caller_presses_a_key(self, pick: int, key: str) -> None:
        one(self.callers(Phase.FLOW, Phase.QUEUE, Phase.TALK), pick).presses(key)
        self.done()

    @precondition(has_caller)
    @rule(pick=Picks)
    def a_prompt_ends(self, pick: int) -> None:
        hearing = [c for c in self.callers(*Phase) if c.hears]
        if hearing:
            one(hearing, pick).hears_the_end()
            self.done()

    @precondition(has_caller)
    @rule(pick=Picks, end=st.sampled_from((CallerEnd.HUNG_UP, CallerEnd.HUNG_UP, *CallerEnd)))
    def a_caller_is_gone(self, pick: int, end: CallerEnd) -> None:
        one(self.callers(Phase.FLOW, Phase.QUEUE, Phase.TALK), pick).hangs_up(end)
        self.done()

    @precondition(has_caller)
    @rule(pick=Picks, status=st.sampled_from((MatchStatus.SINGLE, MatchStatus.NONE)))
    def a_caller_is_matched(self, pick: int, status: MatchStatus) -> None:
        one(self.callers(*Phase), pick).is_matched(status)
        self.done()

    # ------------------------------------------------------------ phones

    @precondition(is_busy)
    @rule(picks=st.lists(Picks, min_size=1, max_size=4))
    def things_go_on(self, picks: list[int]) -> None:
        """Let agents do what they mostly do next: without this few stories reach an end."""
        for pick in picks:
            if self.is_busy():
                self._goes_on(one(self.agents(*BUSY), pick))
                self.done()

    def _goes_on(self, agent: Agent) -> None:
        match agent.activity:
            case Activity.RINGING if self.caller_of(agent).state.briefing:
                agent.hears_the_end()
            case Activity.RINGING:
                agent.takes_the_call()
            case Activity.TALKING:
                self.caller_of(agent).hangs_up()
            case _:
                agent.wraps_up(self.caller_of(agent))

    @precondition(is_ringing)
    @rule(pick=Picks, shown=st.booleans())
    def a_phone_rings(self, pick: int, *, shown: bool) -> None:
        one(self.agents(Activity.RINGING), pick).phone_rings(shown=shown)
        self.done()

    @precondition(is_wrapping_up)
    @rule(pick=Picks)
    def an_agent_needs_more_time(self, pick: int) -> None:
        agent = one(self.agents(Activity.WRAP_UP), pick)
        assert agent.call_id is not None
        self.world.tell(WrapUpExtensionRequested(agent.agent_id, agent.call_id))
        self.done()

    @precondition(is_ringing)
    @rule(pick=Picks)
    def an_agent_answers(self, pick: int) -> None:
        one(self.agents(Activity.RINGING), pick).picks_up()
        self.done()

    @precondition(is_ringing)
    @rule(pick=Picks, end=st.sampled_from((*PHONE_ENDS, LegEnd.REFUSED, LegEnd.LOST)))
    def an_offer_fails(self, pick: int, end: LegEnd) -> None:
        one(self.agents(Activity.RINGING), pick).phone_ends(end)
        self.done()

    @precondition(is_talking)
    @rule(pick=Picks, end=st.sampled_from((LegEnd.HUNG_UP, LegEnd.LOST)))
    def an_agents_leg_ends_in_the_talk(self, pick: int, end: LegEnd) -> None:
        one(self.agents(Activity.TALKING), pick).phone_ends(end)
        self.done()

    @precondition(is_talking)
    @rule(pick=Picks)
    def an_agent_ends_the_talk_from_the_page(self, pick: int) -> None:
        agent = one(self.agents(Activity.TALKING), pick)
        agent.clicks_hang_up(self.caller_of(agent))
        self.done()

    @precondition(is_wrapping_up)
    @rule(pick=Picks, opens_request=st.booleans())
    def an_agent_files_the_after_call_work(self, pick: int, *, opens_request: bool) -> None:
        agent = one(self.agents(Activity.WRAP_UP), pick)
        request = NewRequest("question", "An invoice") if opens_request else None
        agent.wraps_up(self.caller_of(agent), request=request)
        self.done()

    @precondition(has_caller)
    @rule(pick=Picks, name=st.sampled_from(sorted(STAFF)))
    def an_agent_clicks_on_a_call(self, pick: int, name: str) -> None:
        agent, caller = self.world.agent(name), one(self.callers(*Phase), pick)
        agent.clicks_answer(caller).confirms(caller)
        self.done()

    # ------------------------------------------------------------ time, late things, faults

    @rule(seconds=st.sampled_from((0.3, 1, 2, 2, 5, 5, 20, 45, 61, 240, 960)))
    def time_passes(self, seconds: float) -> None:
        self.world.passes(seconds)
        self.done()

    @rule(back=st.integers(1, 12))
    def an_input_comes_again(self, back: int) -> None:
        past = [event for event in self.world.inputs if self._may_come_again(event)]
        if past:
            self.world.tell(past[-min(back, len(past))])
            self.done()

    def _may_come_again(self, event: Input) -> bool:
        if isinstance(event, CallerArrived):  # a snapshot shows only those who are there
            return self.world.centre.owner(event.leg_id) is not None
        return isinstance(event, REPEATABLE)

    @precondition(has_caller)
    @rule(pick=Picks)
    def a_program_error_strikes_a_call(self, pick: int) -> None:
        self.world.quarantines(one(self.callers(*Phase), pick).call_id)
        self.done()

    @rule(after_s=st.sampled_from((0, 1, 30)), gone=st.lists(Picks, max_size=3))
    def the_process_restarts(self, after_s: float, gone: list[int]) -> None:
        for pick in gone:
            self._a_leg_is_gone_unseen(pick)
        self.world.restarts(after_s=after_s)
        self.world.looks()
        self.done()

    def _a_leg_is_gone_unseen(self, pick: int) -> None:
        legs = [c.leg_id for c in self.callers(Phase.FLOW, Phase.QUEUE, Phase.TALK)]
        legs += [a.leg_id for a in self.agents(Activity.RINGING, Activity.TALKING)]
        if legs:
            self.world.pbx.leaves(one(legs, pick))

    def teardown(self) -> None:
        """Let everybody go home: no call may be left."""
        if not self.is_sound:
            return
        self.watch.check_folding()
        for caller in self.callers(Phase.FLOW, Phase.QUEUE, Phase.TALK):
            caller.hangs_up()
            self.done()
        self.world.passes(3_600)
        self.done()
        assert not self.world.centre.calls, "a call is never closed"
        assert not self.world.centre.pools[MAIN].waiting
        self.watch.check_folding()


REPEATABLE = (
    CallerGone,
    DigitPressed,
    PlaybackEnded,
    LegEnded,
    WrapUpSubmitted,
    CallerMatched,
    HangUpRequested,
    LogInRequested,
    PauseRequested,
)
"""What a PBX, a page or a store may say twice or late; a leg that has ended cannot answer."""


def one(those: Sequence[T], pick: int) -> T:
    return those[pick % len(those)]


class RingingSeveral(CallCentre):
    """The same where several phones ring for one caller."""

    plan = _ringing_several()


TestRingingSeveral = RingingSeveral.TestCase
TestCallCentre = CallCentre.TestCase
TestCallCentre.settings = STORIES
TestRingingSeveral.settings = settings(STORIES, max_examples=max(40, EXAMPLES // 3))
