"""Call records for tests."""

from dataclasses import replace
from typing import Any

from callcenter.core.call.messages import (
    EndedBy,
    MatchStatus,
    Outcome,
    Presentation,
)
from callcenter.core.ids import AgentId, LegId, QueueId
from callcenter.ports.records import CallRecord, RequestRecord, Segment, SegmentKind
from tests.support.facts import call_id

START = 1_795_338_000_123


def ringing(seq: int, at: int) -> Segment:
    return Segment(seq, SegmentKind.RING, at, at + 20_000, "no_answer", None, AgentId("a1"), "Ann")


def call(number: int, **changes: Any) -> CallRecord:
    """An answered call with four segments and a request."""
    at = START + number * 1_000
    queue = QueueId("sales")
    record = CallRecord(
        call_id=call_id(number),
        leg_id=LegId(f"leg{number}"),
        ani="+12125550101",
        presentation=Presentation.ALLOWED,
        ani_name="",
        dnis="100",
        service="Shop",
        arrived_at=at,
        answered_at=at + 30_000,
        ended_at=at + 90_000,
        outcome=Outcome.ANSWERED,
        ended_by=EndedBy.CALLER,
        cause="",
        menu_path=("main_menu: 2", "语言: 1"),
        queue_id=queue,
        queue_name="Sales",
        agent_id=AgentId("a1"),
        agent_name="Ann Ärlig",
        match_status=MatchStatus.NONE,
        party_id=None,
        party_name="张伟",
        confirmed_by=None,
        wait_ms=25_000,
        talk_ms=60_000,
        wrap_up_ms=5_001,
        disposition="sale",
        note="Wants two.\nBlue ones.",
        wrap_up_late=False,
        closed=True,
        segments=(
            Segment(1, SegmentKind.IVR, at, at + 5_000, "queue"),
            Segment(2, SegmentKind.QUEUE, at + 5_000, at + 30_000, "connected", queue),
            ringing(3, at + 6_000),
            Segment(4, SegmentKind.TALK, at + 30_000, at + 90_000, "caller_hung_up", queue),
        ),
        requests=(RequestRecord(1, "order", "Two blue ones", "soon", at, AgentId("a1")),),
    )
    return replace(record, **changes)


def waiting(number: int) -> CallRecord:
    """The same call while the caller still waits."""
    return call(
        number,
        answered_at=None,
        ended_at=None,
        outcome=None,
        ended_by=None,
        agent_id=None,
        agent_name="",
        disposition=None,
        note="",
        closed=False,
        segments=call(number).segments[:2],
        requests=(),
    )
