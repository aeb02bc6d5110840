"""Entities as the service would send them, for the page's tests and pictures."""

from collections.abc import Sequence
from dataclasses import replace

from callcenter.adapters.web import wire
from callcenter.core.ids import PartyId
from callcenter.ports.accounts import Role
from callcenter.ports.desk import (
    AgentState,
    CallPhase,
    DeskCall,
    FloorAgent,
    FloorCall,
    FloorQueue,
    LeftCount,
    MyAgent,
    MyQueue,
)
from callcenter.ports.directory import Candidate, CustomerCard, OpenServiceRequest, PastActivity

SECOND = 1_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

HOSTILE_NAME = "<script>document.title='owned'</script><b>" + "Wolfeschlegelsteinhausen" * 85
RIGHT_TO_LEFT_NAME = "\u202eעליזה בן-דוד 🧿👩‍👩‍👧‍👦 مرحبا بالعالم"  # noqa: RUF001


def session(role: Role = Role.AGENT) -> wire.SessionInfo:
    """Who is logged in on the fixture."""
    return wire.SessionInfo(
        user_id="u1",
        login="dana",
        name="Dana Okafor",
        role=role,
        takes_calls=role is not Role.ADMIN,
        protocol=wire.PROTOCOL,
        pause_reasons=["break", "lunch", "back office"],
        dispositions=[
            wire.DispositionItem("solved", "Solved", requires_note=False),
            wire.DispositionItem("follow_up", "Follow-up needed", requires_note=True),
            wire.DispositionItem("forwarded", "Passed to another team", requires_note=False),
            wire.DispositionItem("wrong_number", "Wrong number", requires_note=False),
            wire.DispositionItem("complaint", "Complaint", requires_note=True),
        ],
        request_kinds=["fault", "billing", "order_change"],
    )


def me(now: int, state: AgentState = AgentState.READY) -> MyAgent:
    """The agent on the fixture."""
    return MyAgent(
        id="u1",
        name="Dana Okafor",
        state=state,
        since_at=now - 74 * SECOND,
        pause_reason="lunch" if state is AgentState.PAUSED else "",
        next_status="",
        station="PJSIP/1001",
        answers_by_click=True,
        resting_until=now + 9 * SECOND if state is AgentState.RESTING else None,
        misses=3 if state is AgentState.NOT_ANSWERING else 0,
    )


def my_queues(now: int) -> Sequence[MyQueue]:
    """Three queues, one of them with a long wait."""
    return [
        MyQueue("billing", "Billing", 4, now - 192 * SECOND),
        MyQueue("faults", "Faults and repairs", 1, now - 21 * SECOND),
        MyQueue("orders", "Orders", 0, None),
    ]


def card(now: int) -> CustomerCard:
    """A customer with a past."""
    return CustomerCard(
        party_id=PartyId("p1"),
        name="Amelie Brandt",
        tier="gold",
        company="Brandt & Söhne Feinmechanik",
        language="de",
        numbers=["+493012345678", "+491711234567"],
        do_not_call=False,
        activities=[
            _past(now - 3 * DAY, "Invoice 20418 unclear", "solved", "Jonas Weber", _LONG_NOTE),
            _past(now - 9 * DAY, "Router loses the line at night", "follow_up", "Dana Okafor", ""),
            _past(now - 41 * DAY, "Callback", "", "", "", outcome="abandoned_queue"),
            _past(
                now - 130 * DAY, "Moved house, new contract", "forwarded", "Mia Sato", "New flat."
            ),
        ],
        requests=[
            OpenServiceRequest(
                "SR-1043", "Line drops between 2 and 4 at night", "fault", "open", now - 9 * DAY
            ),
            OpenServiceRequest("SR-0988", "Credit for March", "billing", "waiting", now - 30 * DAY),
        ],
    )


_LONG_NOTE = (
    "Explained the pro-rata part of the first invoice. She wants the remaining months on one page; "
    "asked accounts to send a summary by e-mail. Prefers to be called before noon, and only on the "
    "office number because the mobile has no reception in the workshop."
)


def _past(
    at: int, subject: str, disposition: str, agent: str, note: str, outcome: str = "answered"
) -> PastActivity:
    return PastActivity(f"a{at}", at, "call", subject, outcome, disposition, agent, note)


def desk_call(now: int, phase: CallPhase = CallPhase.RINGING) -> DeskCall:
    """A call of a known customer in one of its phases."""
    is_answered = phase in {CallPhase.TALKING, CallPhase.WRAP_UP}
    is_over = phase is CallPhase.WRAP_UP
    return DeskCall(
        id="c" * 32,
        phase=phase,
        ani="+493012345678",
        presentation="allowed",
        caller_name="Amelie Brandt",
        match_status="single",
        party_id="p1",
        candidates=[],
        dnis="+498005550100",
        service="Customer line",
        queue_name="Billing",
        menu_path=["Language: German", "Invoices"],
        waited_ms=107 * SECOND,
        offered_at=now - 6 * SECOND,
        answered_at=now - 225 * SECOND if is_answered else None,
        ended_at=now - 18 * SECOND if is_over else None,
        wrap_up_until=now + 42 * SECOND if is_over else None,
        card=card(now),
        offer_id="" if is_answered else "f" * 32,
        extensions_left=2,
        extension_ms=60 * SECOND,
    )


def unsure_call(now: int) -> DeskCall:
    """A call from a number that several people have."""
    return replace(
        desk_call(now),
        caller_name="",
        match_status="multiple",
        party_id="",
        card=None,
        candidates=[
            Candidate(PartyId("p1"), "Amelie Brandt", "gold", "confirmed"),
            Candidate(PartyId("p2"), "Ruben Brandt", "ordinary", "imported"),
            Candidate(PartyId("p3"), "Brandt & Söhne Feinmechanik", "potential_gold", "imported"),
        ],
    )


def hostile_call(now: int) -> DeskCall:
    """A call whose every text tries to break the page."""
    base = card(now)
    bad = [
        replace(item, subject=HOSTILE_NAME, note=HOSTILE_NAME, agent_name=RIGHT_TO_LEFT_NAME)
        for item in base.activities
    ]
    return replace(
        desk_call(now),
        ani="+" + "9" * 400,
        caller_name=HOSTILE_NAME,
        queue_name=RIGHT_TO_LEFT_NAME,
        service=HOSTILE_NAME,
        menu_path=[HOSTILE_NAME, RIGHT_TO_LEFT_NAME],
        card=replace(base, company=HOSTILE_NAME, language=RIGHT_TO_LEFT_NAME, activities=bad),
    )


def floor_queues(now: int) -> Sequence[FloorQueue]:
    """Queues of a busy morning."""
    return [
        replace(
            _queue(now, "billing", "Billing", (4, 192), (0, 3, 1, 1, 0), (86, 74, 8, 58)),
            changes_at=now + 3 * 60 * MINUTE,
            left_today=(LeftCount("closed", 12), LeftCount("waited", 4)),
        ),
        replace(
            _queue(
                now, "faults", "Faults and repairs", (1, 21), (1, 4, 0, 1, 1), (131, 124, 6, 117)
            ),
            is_open=False,
            changes_at=now + 20 * 60 * MINUTE,
            closed_by="Sue Miller",
            closed_reason="Burst pipe in the workshop",
        ),
        replace(
            _queue(now, "orders", "Orders", (0, None), (3, 2, 0, 0, 0), (52, 52, 0, 51)),
            is_open=False,
            changes_at=now + 40 * 60 * MINUTE,
        ),
        _queue(now, "partners", "Partner desk", (0, None), (2, 0, 0, 0, 0), (0, 0, 0, 0)),
    ]


def _queue(
    now: int,
    queue_id: str,
    name: str,
    callers: tuple[int, int | None],
    agents: tuple[int, int, int, int, int],
    today: tuple[int, int, int, int],
) -> FloorQueue:
    waiting, longest_s = callers
    oldest = None if longest_s is None else now - longest_s * SECOND
    queue = FloorQueue(queue_id, name, waiting, oldest, *agents, *today, service_level_s=20)
    if not queue.answered_today:
        return queue
    return replace(
        queue,
        estimates=queue.answered_today,
        estimate_error_s=24,
        estimate_bias_s=-3,
        estimate_coverage=0.61,
    )


AGENT_NAMES = (
    "Aiko Tan", "Ben Lindqvist", "Carla Moreno", "Dana Okafor", "Elif Demir", "Farid Haddad",
    "Greta Nowak", "Hugo Silva", "Ines Duarte", "Jonas Weber", "Kofi Mensah", "Lena Fischer",
    "Mia Sato", "Noah Jensen", "Olga Petrova", "Paul Girard", RIGHT_TO_LEFT_NAME, HOSTILE_NAME,
)  # fmt: skip


def floor_agents(now: int) -> Sequence[FloorAgent]:
    """Agents in every state."""
    states = list(AgentState)
    queues = (["billing"], ["faults", "orders"], ["orders", "partners"], ["billing", "faults"])
    return [
        FloorAgent(
            id=f"agent{number}",
            name=name,
            state=states[(number * 5) % len(states)],
            since_at=now - (number * 37 + 11) * SECOND,
            pause_reason="lunch" if states[(number * 5) % len(states)] is AgentState.PAUSED else "",
            queue_ids=queues[number % 4],
            station=f"PJSIP/10{number:02}",
            call_id="",
            page_connected=number != 2,
        )
        for number, name in enumerate(AGENT_NAMES)
    ]


def floor_calls(now: int) -> Sequence[FloorCall]:
    """Calls in every phase."""
    return [
        _call(now, 1, CallPhase.TALKING, ("+493012345678", "Amelie Brandt"), "billing", "agent9"),
        _call(
            now, 2, CallPhase.WAITING, ("+442079460958", "Priya Raman"), "billing", "", priority=5
        ),
        _call(now, 3, CallPhase.WAITING, ("", ""), "billing", ""),
        _call(now, 4, CallPhase.RINGING, ("+15125550142", "Sam O'Neill"), "faults", "agent1"),
        _call(now, 5, CallPhase.IVR, ("+81312345678", ""), "", ""),
        _call(now, 6, CallPhase.TALKING, ("+34910001234", HOSTILE_NAME), "faults", "agent16"),
        _call(now, 7, CallPhase.WRAP_UP, ("+4721987654", RIGHT_TO_LEFT_NAME), "orders", "agent17"),
    ]


def _call(
    now: int,
    number: int,
    phase: CallPhase,
    caller: tuple[str, str],
    queue_id: str,
    agent_id: str,
    priority: int = 0,
) -> FloorCall:
    return FloorCall(
        id=f"{number:032x}",
        phase=phase,
        ani=caller[0],
        caller_name=caller[1],
        dnis="+498005550100",
        service="Customer line",
        queue_id=queue_id,
        agent_id=agent_id,
        since_at=now - number * 31 * SECOND,
        arrived_at=now - number * 53 * SECOND,
        priority=priority,
    )
