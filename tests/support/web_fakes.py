"""Ports in memory for tests of the web adapter."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.messages import (
    AnswerRequested,
    EndedBy,
    HangUpRequested,
    MatchStatus,
    Outcome,
    Presentation,
    WrapUpSubmitted,
)
from callcenter.core.dialling import Outbound
from callcenter.core.ids import AgentId, CallId, LegId, PartyId, QueueId
from callcenter.core.plan import Disposition, Plan, QueueRules
from callcenter.core.why.explanation import Explanation
from callcenter.ports.accounts import Account, Role
from callcenter.ports.archive import CallLine, CallPage
from callcenter.ports.callbacks import OpenCallback
from callcenter.ports.desk import AgentState, CallPhase, DeskCall, FloorQueue, MyAgent
from callcenter.ports.directory import Candidate, CustomerCard
from callcenter.ports.records import (
    CallRecord,
    RecordsUnavailable,
    RequestRecord,
    Segment,
    SegmentKind,
)
from callcenter.ports.reloading import Reloaded
from callcenter.ports.requests import Request
from callcenter.ports.why import Explained

CALL = CallId("0123456789abcdef" * 2)
OTHER_CALL = CallId("fedcba9876543210" * 2)

PLAN = Plan(
    queues={QueueId("sales"): QueueRules(QueueId("sales"), "Sales")},
    numbers={},
    flows={},
    default_flow_id="",
    outbound=Outbound("PJSIP/{number}@trunk", allow=("+1",), country_code="1"),
    dispositions=(Disposition("solved", "Solved"), Disposition("other", "Other", True)),
    pause_reasons=("lunch", "break"),
)


def agent(agent_id: str, name: str) -> Account:
    profile = AgentProfile(AgentId(agent_id), name, f"PJSIP/{agent_id}", (QueueId("sales"),))
    return Account(f"u-{agent_id}", name.lower(), name, Role.AGENT, profile)


ANNA = agent("a1", "Anna")
BERT = agent("a2", "Bert")
SUE = Account("u-s1", "sue", "Sue", Role.SUPERVISOR, None)
ADA = Account("u-ad", "ada", "Ada", Role.ADMIN, None)


def my_agent(name: str = "Anna", state: AgentState = AgentState.READY) -> MyAgent:
    return MyAgent("a1", name, state, 0, "", "", "PJSIP/a1", False, None)


def desk_call(call_id: str = CALL, caller_name: str = "Maria") -> DeskCall:
    return DeskCall(
        id=call_id,
        phase=CallPhase.RINGING,
        ani="+12125550101",
        presentation="allowed",
        caller_name=caller_name,
        match_status="multiple",
        party_id="",
        candidates=(
            Candidate(PartyId("p1"), caller_name, "gold", "confirmed"),
            Candidate(PartyId("gone"), "Merged", "ordinary", "imported"),
        ),
        dnis="100",
        service="Shop",
        queue_name="Sales",
        menu_path=("1",),
        waited_ms=1000,
        offered_at=1,
        answered_at=None,
        ended_at=None,
        wrap_up_until=None,
        card=None,
    )


def floor_queue(queue_id: str = "sales", waiting: int = 0, name: str = "Sales") -> FloorQueue:
    return FloorQueue(queue_id, name, waiting, None, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20)


@dataclass
class HandClock:
    """A clock that goes when it is told to."""

    now_ms: int = 1_700_000_000_000

    def wall_ms(self) -> int:
        return self.now_ms

    def elapsed_ms(self) -> int:
        return self.now_ms

    def go(self, ms: int) -> None:
        self.now_ms += ms


@dataclass
class MemoryAccounts:
    """Everybody's password is "right"."""

    people: dict[str, Account] = field(
        default_factory=lambda: {each.login: each for each in (ANNA, BERT, SUE, ADA)}
    )
    sessions: dict[str, tuple[str, int]] = field(default_factory=dict)
    checks: int = 0
    takes_s: float = 0.0
    fails: bool = False

    async def authenticate(self, login: str, password: str) -> Account | None:
        self.checks += 1
        await asyncio.sleep(self.takes_s)
        if self.fails:
            raise ConnectionError("the store is away")
        return self.people.get(login) if password == "right" else None

    async def open_session(self, user_id: str, lifetime_ms: int, now: int) -> str:
        token = f"token-{len(self.sessions)}-{user_id}"
        self.sessions[token] = (user_id, now + lifetime_ms)
        return token

    async def session(self, token: str, now: int) -> Account | None:
        token.encode("ascii")
        user_id, until = self.sessions.get(token, ("", 0))
        people = [each for each in self.people.values() if each.user_id == user_id]
        return people[0] if people and now < until else None

    async def close_session(self, token: str) -> None:
        self.sessions.pop(token, None)

    async def profiles(self) -> Sequence[AgentProfile]:
        return [each.profile for each in self.people.values() if each.profile]

    def change_role(self, login: str, role: Role) -> None:
        self.people[login] = replace(self.people[login], role=role)


@dataclass
class ListeningNode:
    """Takes requests as the node does; a call belongs to the agent it was given to."""

    heard: list[Request] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=lambda: {CALL: "a1", OTHER_CALL: "a2"})
    refusal: str | None = None
    fault: Exception | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, *kinds: str) -> None:
        """Wait until exactly these requests have been heard, in this order."""
        try:
            async with asyncio.timeout(3):
                while self.kinds() != list(kinds):
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"heard {self.kinds()}, not {kinds}") from None

    async def request(self, request: Request) -> str | None:
        if self.fault is not None:
            raise self.fault
        if isinstance(request, AnswerRequested | HangUpRequested | WrapUpSubmitted) and (
            self.calls.get(request.call_id) != request.agent_id
        ):
            return "This call is not yours."
        self.heard.append(request)
        self.news.set()
        return self.refusal

    def kinds(self) -> list[str]:
        return [type(each).__name__ for each in self.heard]


def record(call_id: str = CALL, agent_id: str | None = "a1") -> CallRecord:
    return CallRecord(
        call_id=CallId(call_id),
        leg_id=LegId("leg"),
        ani=None,
        presentation=Presentation.WITHHELD,
        ani_name="",
        dnis="100",
        service="Shop",
        arrived_at=1_000,
        answered_at=5_000,
        ended_at=9_000,
        outcome=Outcome.ANSWERED,
        ended_by=EndedBy.CALLER,
        cause="",
        menu_path=("1", "2"),
        queue_id=QueueId("sales"),
        queue_name="Sales",
        agent_id=AgentId(agent_id) if agent_id else None,
        agent_name="Anna",
        match_status=MatchStatus.SINGLE,
        party_id=PartyId("p1"),
        party_name="<script>alert(1)</script>",
        confirmed_by=None,
        wait_ms=4_000,
        talk_ms=4_000,
        wrap_up_ms=0,
        disposition="solved",
        note="all well",
        wrap_up_late=False,
        closed=True,
        segments=(
            Segment(1, SegmentKind.RING, 2_000, 3_000, "no_answer", None, AgentId("a2"), "Bert"),
            Segment(2, SegmentKind.TALK, 5_000, 9_000, "", None, AgentId("a1"), "Anna"),
        ),
        requests=(RequestRecord(1, "order", "Send it", "", 8_000, AgentId("a1")),),
    )


@dataclass
class MemoryArchive:
    """Some calls."""

    records: dict[str, CallRecord] = field(default_factory=lambda: {CALL: record()})
    is_away: bool = False
    asked: list[tuple[str, str | None, int]] = field(default_factory=list)

    async def search(self, text: str, cursor: str | None, limit: int) -> CallPage:
        if self.is_away:
            raise RecordsUnavailable("no route to the database at 10.1.2.3")
        if cursor == "wrong":
            raise ValueError(cursor)
        self.asked.append((text, cursor, limit))
        lines = [
            CallLine(each.call_id, 1, 2, "", each.party_name, "Shop", "Sales", "", "", "", 3, 4)
            for each in self.records.values()
        ]
        return CallPage(lines, "more")

    async def call(self, call_id: str) -> CallRecord | None:
        assert re.fullmatch("[0-9a-f]{32}", call_id), "no call has such an id"
        return self.records.get(call_id)

    async def outcomes(self) -> dict[str, int]:
        return {}


class MemoryStories:
    """Every call has the same two facts."""

    async def story(self, call_id: str) -> Sequence[tuple[int, str, str]]:
        return [(1_000, "CallArrived", "A call arrived."), (9_000, "CallEnded", "It ended.")]


@dataclass
class MemoryExplanations:
    """Implements ``ports.why.Explanations`` with what a test puts in."""

    calls: dict[str, Explained] = field(default_factory=dict)
    agents: dict[str, Explanation] = field(default_factory=dict)
    waits: list[Explanation] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    """For each call asked for: whether agents were to be named."""

    async def call(self, call_id: CallId, *, hides_agents: bool = False) -> Explained | None:
        self.hidden.append(hides_agents)
        return self.calls.get(call_id)

    def agent(self, agent_id: AgentId) -> Explanation | None:
        return self.agents.get(agent_id)

    def waiting(self) -> Sequence[Explanation]:
        return self.waits


@dataclass
class MemoryCallbacks:
    """One open callback."""

    listed: list[OpenCallback] = field(default_factory=list)

    def open(self) -> Sequence[OpenCallback]:
        return self.listed


@dataclass
class MemoryDirectory:
    """One customer."""

    is_slow: bool = False

    async def match(self, ani: str | None, presentation: Presentation, dnis: str):
        raise NotImplementedError

    async def wants_no_calls(self, number: str) -> bool:
        raise NotImplementedError

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        if self.is_slow:
            raise TimeoutError
        if party_id == "gone":
            return None
        return CustomerCard(party_id, "Maria Huber", "gold", "", "de", (), False, (), ())


class Unchanged:
    """Implements ``ports.reloading.Reload`` for a file in which nothing changes."""

    def __init__(self) -> None:
        self.checked: list[bool] = []

    async def reload(self, *, only_check: bool = False) -> Reloaded:
        self.checked.append(only_check)
        return Reloaded(waits_for_restart=("region: US -> DE",))
