"""One call's facts folded into the record that the CRM keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from callcenter.core.call.callback_messages import (
    CallbackPostponed,
    CustomerAnswered,
    CustomerDialled,
    CustomerUnreached,
)
from callcenter.core.call.facts import (
    AgentConnected,
    AgentOffered,
    CallArrived,
    CallClosed,
    CallEnded,
    CallerIdentified,
    CallFact,
    FlowAdvanced,
    FollowUpOpened,
    QueueEntered,
    QueueExited,
    RequestOpened,
    RingEnded,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import (
    EndedBy,
    LegEnd,
    MatchStatus,
)
from callcenter.core.ids import AgentId, LegId, Ms
from callcenter.core.records import replace
from callcenter.ports.records import CallRecord, RequestRecord, Segment, SegmentKind


@dataclass(slots=True)
class _Sheet:
    """A record as it is being written: segments open and close."""

    arrival: CallRecord
    """The record as it was when the call arrived."""
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of the record that are other now; put into it once, for it has thirty."""
    segments: list[Segment] = field(default_factory=list)
    requests: list[RequestRecord] = field(default_factory=list)

    def open(self, kind: SegmentKind, at: Ms, agent: AgentOffered | None = None) -> None:
        """Begin a segment."""
        self.segments.append(
            Segment(
                len(self.segments) + 1,
                kind,
                at,
                None,
                "",
                self.changes.get("queue_id") if kind is not SegmentKind.IVR else None,
                agent.agent_id if agent else None,
                agent.agent_name if agent else "",
                agent.station if agent else "",
            )
        )

    def close(
        self, kind: SegmentKind, at: Ms, reason: str, agent_id: AgentId | None = None
    ) -> None:
        """End the open segment of a kind, and of an agent if one is given, if there is one."""
        for index in range(len(self.segments) - 1, -1, -1):
            segment = self.segments[index]
            is_theirs = agent_id in (None, segment.agent_id)
            if segment.kind is kind and segment.ended_at is None and is_theirs:
                self.segments[index] = replace(segment, ended_at=at, end_reason=reason)
                return

    def change(self, **changes: object) -> None:
        """Set fields of the record."""
        self.changes.update(changes)

    def total_ms(self, kind: SegmentKind) -> Ms:
        """Return the length of all ended segments of a kind."""
        ours = (s for s in self.segments if s.kind is kind)
        return sum(s.ended_at - s.started_at for s in ours if s.ended_at is not None)


def fold_record(facts: Iterable[CallFact]) -> CallRecord | None:
    """Return the record of a call from its facts in order, as of the last one given.

    Returns None without facts. Ringing is part of waiting: the queue segment goes on while an
    agent's phone rings and ends when they talk.
    """
    sheet: _Sheet | None = None
    offers: dict[LegId, AgentOffered] = {}
    offer: AgentOffered | None = None
    for fact in facts:
        if isinstance(fact, CallArrived):
            sheet = _Sheet(_arrival(fact))
            if fact.callback is None:
                sheet.open(SegmentKind.IVR, fact.at)
            continue
        if sheet is None:
            return None
        if isinstance(fact, AgentOffered):
            offers[fact.leg_id] = fact
        elif isinstance(fact, RingEnded | AgentConnected):
            offer = offers.get(fact.leg_id)
        _apply(sheet, fact, offer)
    return _finish(sheet) if sheet else None


def _arrival(fact: CallArrived) -> CallRecord:
    return CallRecord(
        call_id=fact.call_id,
        leg_id=fact.leg_id,
        ani=fact.ani,
        presentation=fact.presentation,
        ani_name=fact.ani_name,
        dnis=fact.dnis,
        service=fact.service,
        arrived_at=fact.at,
        answered_at=None,
        ended_at=None,
        outcome=None,
        ended_by=None,
        cause="",
        menu_path=(),
        queue_id=None,
        queue_name="",
        agent_id=None,
        agent_name="",
        match_status=MatchStatus.PENDING,
        party_id=None,
        party_name="",
        confirmed_by=None,
        wait_ms=0,
        talk_ms=0,
        wrap_up_ms=0,
        disposition=None,
        note="",
        wrap_up_late=False,
        closed=False,
        callback_of=fact.callback.of if fact.callback else None,
        is_callback=fact.callback is not None,
    )


def _apply(sheet: _Sheet, fact: CallFact, offer: AgentOffered | None) -> None:
    match fact:
        case FlowAdvanced():
            sheet.change(menu_path=fact.session.path)
        case CallerIdentified():
            sheet.change(
                match_status=fact.status,
                party_id=fact.party_id,
                party_name=fact.name,
                confirmed_by=fact.confirmed_by,
            )
        case QueueEntered() | QueueExited():
            _apply_queue(sheet, fact)
        case AgentOffered() | RingEnded() | AgentConnected() | TalkEnded():
            _apply_agent(sheet, fact, offer)
        case WrapUpFinished():
            _apply_wrap_up(sheet, fact)
        case RequestOpened() | FollowUpOpened():
            _apply_opened(sheet, fact)
        case CustomerDialled() | CustomerAnswered() | CustomerUnreached() | CallbackPostponed():
            _apply_dial(sheet, fact)
        case CallEnded():
            _apply_end(sheet, fact)
        case CallClosed():
            sheet.change(closed=True)
        case _:
            pass  # prompts leave no trace in the record


def _apply_queue(sheet: _Sheet, fact: QueueEntered | QueueExited) -> None:
    if isinstance(fact, QueueEntered):
        sheet.close(SegmentKind.IVR, fact.at, "queued")
        sheet.change(queue_id=fact.queue_id, queue_name=fact.queue_name)
        sheet.open(SegmentKind.QUEUE, fact.at)
    else:
        target = f"_to_{fact.target.partition(' ')[0]}" if fact.target else ""
        sheet.close(SegmentKind.QUEUE, fact.at, f"{fact.reason.value}{target}")
        if not fact.target.startswith(("queue", "voicemail")):
            sheet.open(SegmentKind.IVR, fact.at)


def _apply_dial(
    sheet: _Sheet, fact: CustomerDialled | CustomerAnswered | CustomerUnreached | CallbackPostponed
) -> None:
    match fact:
        case CustomerDialled():
            sheet.open(SegmentKind.DIAL, fact.at)
        case CustomerAnswered():
            sheet.close(SegmentKind.DIAL, fact.at, "answered")
        case CustomerUnreached() | CallbackPostponed():
            sheet.close(SegmentKind.DIAL, fact.at, fact.reason.value)
            sheet.close(SegmentKind.QUEUE, fact.at, fact.reason.value)


def _apply_agent(
    sheet: _Sheet,
    fact: AgentOffered | RingEnded | AgentConnected | TalkEnded,
    offer: AgentOffered | None,
) -> None:
    match fact:
        case AgentOffered():
            sheet.open(SegmentKind.RING, fact.at, fact)
        case RingEnded():
            agent_id = offer.agent_id if offer else None
            sheet.close(SegmentKind.RING, fact.at, _RING_ENDS[fact.reason], agent_id)
        case AgentConnected():
            sheet.close(SegmentKind.RING, fact.at, "connected")
            sheet.close(SegmentKind.QUEUE, fact.at, "connected")
            sheet.open(SegmentKind.TALK, fact.at, offer)
            if "answered_at" not in sheet.changes:
                sheet.change(answered_at=fact.at)
            if offer:
                sheet.change(agent_id=offer.agent_id, agent_name=offer.agent_name)
        case TalkEnded():
            reason = "agent_lost" if fact.requeued else f"{fact.ended_by.value}_hung_up"
            sheet.close(SegmentKind.TALK, fact.at, reason)
            sheet.open(SegmentKind.WRAP, fact.at, offer)
            if fact.requeued:
                sheet.open(SegmentKind.QUEUE, fact.at)


_RING_ENDS = {
    LegEnd.HUNG_UP: "refused",
    LegEnd.REFUSED: "refused",
    LegEnd.NO_ANSWER: "no_answer",
    LegEnd.UNREACHABLE: "unreachable",
    LegEnd.CANCELLED: "cancelled",
    LegEnd.LOST: "lost",
    LegEnd.ELSEWHERE: "elsewhere",
    LegEnd.NOT_RUNG: "not_rung",
    LegEnd.NOT_SHOWN: "not_shown",
    LegEnd.PAGE_LOST: "page_lost",
}


def _apply_wrap_up(sheet: _Sheet, fact: WrapUpFinished) -> None:
    # Two agents may have after-call work for one call: the second took it when the first was lost.
    sheet.close(SegmentKind.WRAP, fact.at, "late" if fact.late else "finished", fact.agent_id)
    if fact.disposition is not None or sheet.changes.get("disposition") is None:
        sheet.change(disposition=fact.disposition, note=fact.note, wrap_up_late=fact.late)


def _apply_opened(sheet: _Sheet, fact: RequestOpened | FollowUpOpened) -> None:
    if isinstance(fact, FollowUpOpened):
        sheet.change(follow_up=fact.subject, follow_up_at=fact.at)
    else:
        sheet.requests.append(
            RequestRecord(
                fact.number, fact.kind, fact.subject, fact.description, fact.at, fact.opened_by
            )
        )


def _apply_end(sheet: _Sheet, fact: CallEnded) -> None:
    hung_up = fact.ended_by is EndedBy.CALLER
    reason = fact.cause or ("caller_hung_up" if hung_up else fact.outcome.value)
    for kind in (SegmentKind.IVR, SegmentKind.QUEUE, SegmentKind.TALK, SegmentKind.DIAL):
        sheet.close(kind, fact.at, reason)
    for _ in range(len(sheet.segments)):  # several phones may ring
        sheet.close(SegmentKind.RING, fact.at, "abandoned" if hung_up else reason)
    sheet.change(ended_at=fact.at, outcome=fact.outcome, ended_by=fact.ended_by, cause=fact.cause)


def _finish(sheet: _Sheet) -> CallRecord:
    return replace(
        sheet.arrival,
        **sheet.changes,
        segments=tuple(sheet.segments),
        requests=tuple(sheet.requests),
        wait_ms=sheet.total_ms(SegmentKind.QUEUE),
        talk_ms=sheet.total_ms(SegmentKind.TALK),
        wrap_up_ms=sheet.total_ms(SegmentKind.WRAP),
    )
