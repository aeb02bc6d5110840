"""A call centre on a virtual clock, told as a story: who calls, presses, answers, hangs up.

The world drives the real core, one turn at a time, and carries the telephony effects out on
``TinyPbx``, which complains when they come in an order that a PBX could not follow. Nothing here
decides anything: each verb of a caller or an agent is one input.

    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives().presses("1")
    anna.phone_rings().picks_up()
    assert bob.phase is Phase.TALK
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Self, TypeVar

from callcenter.config import shipped_flows
from callcenter.core.acd.messages import (
    DeskFound,
    DeskLost,
    LogInRequested,
    LogOutRequested,
    PauseRequested,
    ReadyRequested,
    RulesReplaced,
)
from callcenter.core.acd.model import Agent as AgentRecord
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.people import Activity, AgentProfile
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import (
    CallEffect,
    TelephonyEffect,
)
from callcenter.core.call.facts import (
    AgentOffered,
    CallEnded,
)
from callcenter.core.call.messages import (
    AnswerRequested,
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallerMatched,
    CallRecovered,
    DigitPressed,
    HangUpRequested,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    MatchStatus,
    NewRequest,
    OfferSeen,
    PersonConfirmed,
    PlaybackEnded,
    Presentation,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.call.wanted import briefing_id, playback_id
from callcenter.core.centre import Centre, quarantine, take_turn, wake
from callcenter.core.ids import AgentId, CallId, LegId, Ms, OfferId, PartyId, PoolId, QueueId
from callcenter.core.plan import Plan, PoolRules, QueueRules, ServiceNumber
from callcenter.core.replan import objections, replan
from callcenter.core.turn import Fact, Input, NotOurs, Turn
from ivr_flows.load import load_flow
from tests.support.tiny_pbx import TinyPbx

JOURNAL_ID = "5ca1ab1e"
MAIN = PoolId("main")
SALES = QueueId("sales")
SUPPORT = QueueId("support")

START: Ms = 1_000_000

MAIN_NUMBER = "100"
"""Serves the flow that is shipped: 1 sales, 2 support, 3 call me back."""
VIP_NUMBER = "200"
"""Straight to sales with priority 5; from there, when nobody came, to support."""
SPANISH_NUMBER = "300"
"""Straight to sales; only for agents with Spanish 3 or better."""

_VIP_FLOW = """
flow: vip
start: sales
nodes:
  sales:
    queue: {name: sales, priority: 5, timed_out: support, unstaffed: support}
  support:
    queue: {name: support, priority: 5, timed_out: missed, unstaffed: missed}
  missed:
    follow_up: {subject: "Call back: a preferred customer"}
    next: goodbye
  goodbye: {hang_up: [goodbye]}
"""
_SPANISH_FLOW = """
flow: spanish
start: sales
nodes:
  sales:
    queue: {name: sales, requires: {spanish: 3}, timed_out: goodbye, unstaffed: goodbye}
  goodbye: {hang_up: []}
"""

PLAN = Plan(
    queues={
        SALES: QueueRules(SALES, "Sales"),
        SUPPORT: QueueRules(SUPPORT, "Support", wrap_up_ms=0, max_wait_ms=300_000),
    },
    numbers={
        MAIN_NUMBER: ServiceNumber(MAIN_NUMBER, "Main line", "main"),
        VIP_NUMBER: ServiceNumber(VIP_NUMBER, "Preferred customers", "vip"),
        SPANISH_NUMBER: ServiceNumber(SPANISH_NUMBER, "Linea en espanol", "spanish"),
    },
    flows={
        "main": load_flow((shipped_flows() / "main.yaml").read_text("utf-8"), "main.yaml"),
        "vip": load_flow(_VIP_FLOW, "vip"),
        "spanish": load_flow(_SPANISH_FLOW, "spanish"),
    },
    default_flow_id="main",
    pools={MAIN: PoolRules(MAIN)},
)

F = TypeVar("F")


class World:
    """A centre, a clock, a PBX and the people."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.setting = Setting(JOURNAL_ID, plan)
        self.centre = Centre(self.setting)
        self.pbx = TinyPbx()
        self.now: Ms = START
        self.journal: list[tuple[str, Fact]] = []
        self.effects: list[TelephonyEffect | CallEffect] = []
        self.last = Turn()
        """The latest turn; a turn of the clock is one of them."""
        self.inputs: list[Input] = []
        self.told_at: list[Ms] = []
        """When each of them came."""
        self.is_late = False
        """Whether the last input was about something that is not here any more."""
        self.callers: dict[str, Caller] = {}
        self.agents: dict[str, Agent] = {}

    # ------------------------------------------------------------ people

    def caller(self, name: str) -> "Caller":
        """Return the caller of that name."""
        return self.callers.setdefault(name, Caller(self, name))

    def agent(self, name: str) -> "Agent":
        """Return the agent of that name, who serves both queues unless told otherwise."""
        return self.agents.setdefault(name, Agent(self, name))

    # ------------------------------------------------------------ turns

    def tell(self, event: Input) -> Turn:
        """Let one input happen."""
        self.inputs.append(event)
        self.told_at.append(self.now)
        turn = Turn()
        self.is_late = False
        try:
            take_turn(self.centre, event, self.now, turn)
        except NotOurs:
            self.is_late = True
        return self._keep(turn)

    def _keep(self, turn: Turn) -> Turn:
        self.last = turn
        self.journal += turn.facts
        self.effects += [*turn.telephony, *turn.effects]
        for effect in turn.telephony:
            self.pbx.carry_out(effect)
        return turn

    def passes(self, seconds: float) -> None:
        """Let time go by; deadlines are met on the way, each at its instant."""
        until = self.now + round(seconds * 1000)
        while (at := min(self.centre.deadlines(), default=None)) is not None and at <= until:
            self.now = max(self.now, at)
            self.wakes()
        self.now = until

    def wakes(self) -> None:
        """Meet the deadlines that have passed."""
        for who in list(self.centre.due(self.now)):
            turn = Turn()
            wake(self.centre, who, self.now, turn)
            self._keep(turn)

    def quarantines(self, call_id: CallId) -> Turn:
        """Strike a call with a program error."""
        turn = Turn()
        quarantine(self.centre, call_id, self.now, turn)
        return self._keep(turn)

    # ------------------------------------------------------------ restarts

    def refolded(self) -> Centre:
        """Return a new centre, folded from all that is recorded."""
        return fold(self.setting, self.journal)

    def replans(self, plan: Plan) -> None:
        """Let other settings hold from now on."""
        assert not list(objections(self.centre, plan))
        replan(self.centre, plan, self.now)
        self.setting = self.centre.setting
        for pool_id in plan.pools:
            self.tell(RulesReplaced(pool_id, ("something",)))

    def restarts(self, *, after_s: float = 0) -> None:
        """Lose the process and fold its journal; the PBX lives on and says nothing yet."""
        self.now += round(after_s * 1000)
        self.centre = self.refolded()

    def looks(self, *, pbx_restarted: bool = False) -> None:
        """Let each open call learn what the PBX has of it, and mend the difference."""
        for call in list(self.centre.calls.values()):
            if call.phase in (Phase.FLOW, Phase.QUEUE, Phase.TALK):
                self.tell(self.pbx.seen(call, pbx_restarted=pbx_restarted))

    # ------------------------------------------------------------ what happened

    def facts(self, kind: type[F]) -> list[F]:
        """Return all recorded facts of a kind."""
        return [fact for _, fact in self.journal if isinstance(fact, kind)]

    @property
    def happened(self) -> list[str]:
        """The names of the facts of the last turn, in order."""
        return [type(fact).__name__ for _, fact in self.last.facts]

    @property
    def asked(self) -> list[str]:
        """The names of the telephony effects of the last turn, in order."""
        return [type(effect).__name__ for effect in self.last.telephony]


def fold(setting: Setting, journal: Iterable[tuple[str, Fact]]) -> Centre:
    """Return a centre folded from facts."""
    centre = Centre(setting)
    for stream, fact in journal:
        centre.evolve(stream, fact)
    return centre


class Caller:
    """Somebody who calls; each verb is one input."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.visits = 0
        self.leg_id = LegId("")
        self.call_id = CallId("")

    def arrives(
        self,
        number: str = MAIN_NUMBER,
        ani: str | None = "+12025550123",
        presentation: Presentation = Presentation.ALLOWED,
    ) -> Self:
        """Dial a number, and be in our hands."""
        self.visits += 1
        self.leg_id = LegId(f"{self.name}-{self.visits}")
        self.world.pbx.arrives(self.leg_id)
        self.world.tell(CallerArrived(self.leg_id, ani, presentation, "", number))
        self.call_id = self.world.centre.owner(self.leg_id) or CallId("")
        return self

    def presses(self, key: str) -> Self:
        """Press a key."""
        self.world.tell(DigitPressed(self.leg_id, key))
        return self

    def hears_the_end(self) -> Self:
        """Hear what plays now to its end."""
        playing = playback_id(self.state, JOURNAL_ID)
        assert playing is not None, "nothing plays"
        self.world.pbx.played(playing)
        self.world.tell(PlaybackEnded(playing))
        return self

    def listens_to_the_menu(self) -> Self:
        """Hear the welcome of the shipped flow, so that the menu speaks."""
        return self.hears_the_end()

    def chooses(self, key: str) -> Self:
        """Arrive at the shipped menu and press a key."""
        return self.arrives().listens_to_the_menu().presses(key)

    def hangs_up(self, end: CallerEnd = CallerEnd.HUNG_UP) -> Self:
        """Leave."""
        self.world.pbx.leaves(self.leg_id)
        self.world.tell(CallerGone(self.leg_id, end))
        return self

    def is_matched(
        self, status: MatchStatus = MatchStatus.SINGLE, party_id: str | None = "p-1"
    ) -> Self:
        """Let the CRM store say who calls."""
        party = PartyId(party_id) if party_id else None
        self.world.tell(CallerMatched(self.call_id, status, party, "Ada Example"))
        return self

    def is_found(
        self,
        *,
        present: bool = True,
        ringing: Iterable[LegId] = (),
        answered: Iterable[LegId] = (),
        pbx_restarted: bool = False,
    ) -> Self:
        """Let a snapshot say what the PBX has of the call."""
        self.world.tell(
            CallRecovered(
                self.call_id, present, frozenset(ringing), frozenset(answered), pbx_restarted
            )
        )
        return self

    # ------------------------------------------------------------ what can be seen

    @property
    def call(self) -> Call | None:
        """The open call."""
        return self.world.centre.calls.get(self.call_id)

    @property
    def state(self) -> Call:
        """The open call, which must be there."""
        return self.world.centre.calls[self.call_id]

    @property
    def phase(self) -> Phase:
        """Where the call is."""
        return self.call.phase if self.call else Phase.CLOSED

    @property
    def waiting(self) -> WaitingCall | None:
        """The record in the pool."""
        return self.world.centre.pools[MAIN].waiting.get(self.call_id)

    @property
    def position(self) -> int:
        """The place in the queue."""
        return self.world.centre.pools[MAIN].position(
            self.world.centre.pools[MAIN].waiting[self.call_id]
        )

    @property
    def offer(self) -> AgentOffered | None:
        """The offer at hand, or the one taken."""
        return self.state.offer

    @property
    def hears(self) -> tuple[str, ...]:
        """The prompts that play."""
        call = self.call
        return call.prompt.prompts if call and call.prompt else ()

    @property
    def facts(self) -> list[Fact]:
        """All facts of the call."""
        return [fact for stream, fact in self.world.journal if stream == f"call/{self.call_id}"]

    @property
    def story(self) -> list[str]:
        """The names of the facts of the call."""
        return [type(fact).__name__ for fact in self.facts]

    @property
    def ended(self) -> CallEnded:
        """How the call ended; exactly once."""
        (ended,) = (fact for fact in self.facts if isinstance(fact, CallEnded))
        return ended


class Agent:
    """Somebody who takes calls; each verb is one input."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.agent_id = AgentId(name)
        self.profile = AgentProfile(
            self.agent_id, name.title(), f"PJSIP/{name}", (SALES, SUPPORT), {}
        )

    # ------------------------------------------------------------ at the page

    def can(self, *queues: QueueId, **skills: int) -> Self:
        """Change what the agent may take, as of the next log-in."""
        self.profile = replace(self.profile, queues=queues, skills=skills)
        return self

    def logs_in(self) -> Self:
        """Start work, with a page open."""
        self.world.tell(LogInRequested(self.profile))
        return self.opens_page()

    def renews_profile(self) -> Self:
        """Log in again with what the agent may take now."""
        self.world.tell(LogInRequested(self.profile))
        return self

    def opens_page(self) -> Self:
        """Connect a page."""
        self.world.tell(DeskFound(self.agent_id))
        return self

    def loses_page(self) -> Self:
        """Lose the last page."""
        self.world.tell(DeskLost(self.agent_id))
        return self

    def ready(self) -> Self:
        """Want calls."""
        self.world.tell(ReadyRequested(self.agent_id))
        return self

    def is_ready(self) -> Self:
        """Log in and want calls."""
        return self.logs_in().ready()

    def pauses(self, reason: str = "break") -> Self:
        """Want no more calls."""
        self.world.tell(PauseRequested(self.agent_id, reason))
        return self

    def logs_out(self) -> Self:
        """Stop work."""
        self.world.tell(LogOutRequested(self.agent_id))
        return self

    def clicks_answer(self, caller: Caller) -> Self:
        """Ask the station to pick up."""
        self.world.tell(AnswerRequested(self.agent_id, caller.call_id))
        return self

    def clicks_hang_up(self, caller: Caller) -> Self:
        """End the talk from the page."""
        self.world.tell(HangUpRequested(self.agent_id, caller.call_id))
        return self

    def confirms(self, caller: Caller, party_id: str = "p-9") -> Self:
        """Say who the caller is."""
        self.world.tell(
            PersonConfirmed(self.agent_id, caller.call_id, PartyId(party_id), "Grace Example")
        )
        return self

    def wraps_up(
        self, caller: Caller, disposition: str = "resolved", request: NewRequest | None = None
    ) -> Self:
        """File the after-call work."""
        self.world.tell(
            WrapUpSubmitted(self.agent_id, caller.call_id, disposition, "a note", request)
        )
        return self

    # ------------------------------------------------------------ at the phone

    def phone_rings(self, *, shown: bool = True) -> Self:
        """Let the phone ring, when the page has shown the call."""
        if shown:
            self.sees_the_call()
        self.world.pbx.rings(self.leg_id)
        self.world.tell(LegRinging(self.leg_id))
        return self

    def sees_the_call(self) -> Self:
        """Let the page say that it shows the call."""
        self.world.tell(OfferSeen(self.agent_id, *self._offer()))
        return self

    def _offer(self) -> tuple[CallId, OfferId]:
        record = self.state
        assert record.call_id is not None, f"no call is offered: {record}"
        assert record.offer_id is not None, f"no call is offered: {record}"
        return record.call_id, record.offer_id

    def misses_the_call(self) -> Self:
        """Let it ring in sight, and not answer."""
        self.phone_rings()
        return self.phone_ends(LegEnd.NO_ANSWER)

    def hears_the_end(self) -> Self:
        """Hear to its end what is said before the caller."""
        assert self.call_id is not None, "no call is at hand"
        call = self.world.centre.calls[self.call_id]
        playing = briefing_id(call, JOURNAL_ID)
        assert playing is not None, "nothing is said"
        self.world.pbx.played(playing)
        self.world.tell(PlaybackEnded(playing))
        return self

    def picks_up(self) -> Self:
        """Answer the phone."""
        self.world.pbx.answers(self.leg_id)
        self.world.tell(LegAnswered(self.leg_id))
        return self

    def takes_the_call(self) -> Self:
        """Let it ring, and answer."""
        return self.phone_rings().picks_up()

    def phone_ends(self, end: LegEnd = LegEnd.HUNG_UP) -> Self:
        """Lose the leg: hung up, refused, not answered, unreachable, lost."""
        leg_id = self.leg_id
        self.world.pbx.leaves(leg_id)
        self.world.tell(LegEnded(leg_id, end))
        return self

    # ------------------------------------------------------------ what can be seen

    @property
    def leg_id(self) -> LegId:
        """The agent's leg in the call at hand."""
        for call in self.world.centre.calls.values():
            offer = call.offer_to(self.agent_id)
            if offer is not None:
                return offer.leg_id
        raise AssertionError(f"{self.agent_id} has no call: {self.record}")

    @property
    def record(self) -> AgentRecord | None:
        """The record in the pool; None when logged out."""
        return self.world.centre.pools[MAIN].agents.get(self.agent_id)

    @property
    def state(self) -> AgentRecord:
        """The record in the pool, which must be there."""
        return self.world.centre.pools[MAIN].agents[self.agent_id]

    @property
    def activity(self) -> Activity:
        """What is happening with the agent."""
        return self.state.activity

    @property
    def call_id(self) -> CallId | None:
        """The call at hand."""
        return self.state.call_id
