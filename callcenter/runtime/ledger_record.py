"""A call that only the PBX's ledger tells of, as the record that the CRM keeps."""

from collections.abc import Mapping

from callcenter.core.audit.compare import FALLBACK, PBX_RESTART
from callcenter.core.audit.ledger import LedgerCall
from callcenter.core.call.messages import EndedBy, MatchStatus, Outcome, Presentation
from callcenter.core.ids import Ms, ledger_call_id
from callcenter.ports.directory import CallerMatch
from callcenter.ports.records import CallRecord, Segment, SegmentKind

NOT_RECORDED = "not_recorded"
"""The service took the call and died before its first fact, or never got it."""


def ledger_record(
    call: LedgerCall, names: Mapping[str, str], match: CallerMatch | None = None
) -> CallRecord:
    """Return the record of a call that the service did not record.

    Args:
        call: As the PBX saw it; it is over.
        names: Names of the service numbers, by number.
        match: Who it was, if the directory was asked.
    """
    outcome = _outcome(call)
    person = match.candidates[0] if match and match.status is MatchStatus.SINGLE else None
    follow_up = _follow_up(call, outcome)
    return CallRecord(
        call_id=ledger_call_id(call.leg_id),
        leg_id=call.leg_id,
        ani=call.number,
        presentation=call.presentation,
        ani_name="",
        dnis=call.dnis,
        service=names.get(call.dnis, call.dnis),
        arrived_at=call.arrived_at,
        answered_at=call.fallback_answered_at,
        ended_at=call.over_at,
        outcome=outcome,
        ended_by=EndedBy.SYSTEM if call.cut_off or call.fallback_at is None else EndedBy.CALLER,
        cause=_cause(call),
        menu_path=(),
        queue_id=None,
        queue_name="",
        agent_id=None,
        agent_name="",
        match_status=match.status if match else _unasked(call.presentation),
        party_id=person.party_id if person else None,
        party_name=person.name if person else "",
        confirmed_by=None,
        wait_ms=_wait_ms(call),
        talk_ms=call.talk_ms + call.fallback_talk_ms,
        wrap_up_ms=0,
        disposition=None,
        note="",
        wrap_up_late=False,
        closed=True,
        segments=tuple(_segments(call)),
        follow_up=follow_up,
        follow_up_at=call.over_at if follow_up else None,
    )


def _outcome(call: LedgerCall) -> Outcome:
    if call.fallback_at is None:
        return Outcome.FAILED
    if call.fallback_answered_at is not None:
        return Outcome.FALLBACK_ANSWERED
    return Outcome.FALLBACK_MESSAGE if call.left_message else Outcome.FALLBACK_ABANDONED


def _cause(call: LedgerCall) -> str:
    where = NOT_RECORDED if call.fallback_at is None else FALLBACK
    return f"{where}_{PBX_RESTART}" if call.cut_off else where


def _follow_up(call: LedgerCall, outcome: Outcome) -> str | None:
    if outcome is Outcome.FALLBACK_MESSAGE:
        return "Listen to the message in the fallback's mailbox, and call back"
    if call.number is None or (outcome is Outcome.FALLBACK_ANSWERED and not call.cut_off):
        return None
    if call.cut_off:
        return "Call back: cut off when the telephone system restarted"
    if outcome is Outcome.FALLBACK_ABANDONED:
        return "Call back: nobody took the call while the service was away"
    return "Call back: the call was lost when the service failed"


def _unasked(presentation: Presentation) -> MatchStatus:
    match presentation:
        case Presentation.WITHHELD:
            return MatchStatus.WITHHELD
        case Presentation.UNAVAILABLE:
            return MatchStatus.UNAVAILABLE
        case Presentation.ALLOWED:
            return MatchStatus.NONE


def _wait_ms(call: LedgerCall) -> Ms:
    if call.fallback_at is None:
        return 0
    return (call.fallback_answered_at or call.over_at) - call.fallback_at


def _segments(call: LedgerCall) -> list[Segment]:
    if call.fallback_at is None:
        return []
    answered_at = call.fallback_answered_at
    reason = "connected" if answered_at else "message" if call.left_message else "caller_hung_up"
    waited = Segment(1, SegmentKind.QUEUE, call.fallback_at, answered_at or call.over_at, reason)
    if answered_at is None:
        return [waited]
    ended_at = answered_at + call.fallback_talk_ms
    talk = Segment(2, SegmentKind.TALK, answered_at, ended_at, "ended", station=call.station)
    return [waited, talk]
