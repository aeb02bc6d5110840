"""Past calls for the page's tests and pictures."""

from callcenter.adapters.web import wire
from tests.agent_ui.canned import HOSTILE_NAME, MINUTE, RIGHT_TO_LEFT_NAME, SECOND

CALLERS = (
    ("Amelie Brandt", "+493012345678"), ("Priya Raman", "+442079460958"), ("", "+15125550142"),
    ("Sam O'Neill", "+15125550177"), (RIGHT_TO_LEFT_NAME, "+972541234567"), ("", ""),
    (HOSTILE_NAME, "+34910001234"), ("Lucía Fernández", "+34911223344"),
)  # fmt: skip
ENDINGS = (
    ("answered", "solved", "Dana Okafor"), ("answered", "follow_up", "Jonas Weber"),
    ("abandoned_queue", "", ""), ("self_served", "", ""), ("answered", "", "Mia Sato"),
    ("overflow", "", ""), ("abandoned_ivr", "", ""), ("failed", "", ""),
)  # fmt: skip
COUNT = 60
PAGE = 25


def line(number: int, now: int) -> wire.CallListLine:
    """Return the line of one of the canned calls, 0 the newest."""
    name, ani = CALLERS[number % len(CALLERS)]
    outcome, disposition, agent = ENDINGS[(number * 3) % len(ENDINGS)]
    return wire.CallListLine(
        call_id=f"{number:032x}",
        arrived_at=now - (number * 7 + 2) * MINUTE,
        ani=ani,
        caller_name=name,
        service="Customer line",
        queue_name=("Billing", "Faults and repairs", "Orders")[number % 3],
        agent_name=agent,
        outcome=outcome,
        disposition=disposition,
        wait_ms=(number * 17 % 200) * SECOND,
        talk_ms=(number * 29 % 600 + 30) * SECOND if outcome == "answered" else 0,
    )


def page(text: str, cursor: str | None, now: int) -> wire.CallList:
    """Return the calls whose line contains every word."""
    words = text.lower().split()
    lines = [line(number, now) for number in range(COUNT)]
    fitting = [each for each in lines if all(word in _searched(each) for word in words)]
    start = int(cursor or 0)
    following = start + PAGE
    next_cursor = str(following) if following < len(fitting) else None
    return wire.CallList(lines=fitting[start:following], next_cursor=next_cursor)


def _searched(each: wire.CallListLine) -> str:
    parts = (each.ani, each.caller_name, each.queue_name, each.agent_name, each.outcome)
    return " ".join(parts).lower()


def story(call_id: str, now: int) -> wire.CallStory | None:
    """Return the story of a call that was offered twice."""
    number = int(call_id, 16) if len(call_id) == 32 else COUNT
    if number >= COUNT:
        return None
    summary = line(number, now)
    t = summary.arrived_at
    return wire.CallStory(
        call_id=call_id,
        arrived_at=t,
        ended_at=t + 312 * SECOND,
        ani=summary.ani,
        caller_name=summary.caller_name,
        dnis="+498005550100",
        service=summary.service,
        queue_name=summary.queue_name,
        agent_name=summary.agent_name or "Jonas Weber",
        outcome=summary.outcome,
        disposition=summary.disposition,
        note="Explained the pro-rata part of the first invoice.\nSummary by e-mail is on its way.",
        wrap_up_late=False,
        menu_path=["Language: German", "Invoices"],
        segments=[
            _segment("ivr", t, (0, 24), "queue", ""),
            _segment("queue", t, (24, 131), "connected", ""),
            _segment("ring", t, (88, 108), "no_answer", "Mia Sato"),
            _segment("ring", t, (124, 131), "connected", "Jonas Weber"),
            _segment("talk", t, (131, 312), "caller_hung_up", "Jonas Weber"),
            _segment("wrap", t, (312, 351), "filed", "Jonas Weber"),
        ],
        requests=["Summary of all invoices since January"],
        follow_up="Call back after the 15th about the credit",
        facts=[
            _fact(t, 0, "CallArrived", "A call from +49 30 1234 5678 arrived at Customer line."),
            _fact(t, 1, "CallerIdentified", "The number belongs to Amelie Brandt."),
            _fact(t, 24, "QueueEntered", "Entered the queue Billing with priority 5."),
            _fact(
                t, 88, "AgentOffered", "Offered to Mia Sato, the longest idle of 3 with the skill."
            ),
            _fact(t, 108, "RingEnded", "Mia Sato did not pick up within 20 s."),
            _fact(t, 124, "AgentOffered", "Offered to Jonas Weber, the only one ready."),
            _fact(t, 131, "AgentConnected", "Jonas Weber picked up; they talk."),
            _fact(t, 312, "TalkEnded", "The caller hung up."),
            _fact(t, 351, "WrapUpFinished", "Jonas Weber filed the wrap-up: Solved."),
            _fact(t, 351, "CallClosed", "Nothing is left to do."),
        ],
    )


def _segment(
    kind: str, arrived_at: int, stretch_s: tuple[int, int], end_reason: str, agent: str
) -> wire.StorySegment:
    start, end = (arrived_at + each * SECOND for each in stretch_s)
    return wire.StorySegment(kind, start, end, end_reason, "billing", agent)


def _fact(arrived_at: int, after_s: int, kind: str, text: str) -> wire.StoryLine:
    return wire.StoryLine(arrived_at + after_s * SECOND, kind, text)
