"""The record of a call that only the PBX saw."""

from dataclasses import replace
from typing import Any

import pytest

from callcenter.core.audit.ledger import LedgerCall
from callcenter.core.call.messages import EndedBy, MatchStatus, Presentation
from callcenter.core.ids import LegId, PartyId, ledger_call_id
from callcenter.ports.directory import CallerMatch, Candidate
from callcenter.runtime.ledger_record import ledger_record

AT = 1_795_336_249_000
FALLBACK = LedgerCall(
    LegId("1.1"),
    AT,
    AT + 60_000,
    ended_at=AT + 60_000,
    dnis="100",
    presentation=Presentation.ALLOWED,
    number="+12125550101",
    fallback_at=AT + 2_000,
)
ANSWERED: dict[str, Any] = {
    "fallback_answered_at": AT + 12_000,
    "fallback_talk_ms": 40_000,
    "station": "PJSIP/agent1",
}


@pytest.mark.parametrize(
    ("changes", "outcome", "cause", "task"),
    [
        ({}, "fallback_abandoned", "fallback", "nobody took the call"),
        (ANSWERED, "fallback_answered", "fallback", None),
        ({"left_message": True}, "fallback_message", "fallback", "Listen to the message"),
        ({"fallback_at": None}, "failed", "not_recorded", "lost when the service failed"),
        ({"cut_off": True}, "fallback_abandoned", "fallback_pbx_restart", "cut off"),
        (ANSWERED | {"cut_off": True}, "fallback_answered", "fallback_pbx_restart", "cut off"),
        ({"number": None}, "fallback_abandoned", "fallback", None),
        ({"number": None, "left_message": True}, "fallback_message", "fallback", "Listen"),
    ],
)
def test_outcome_cause_and_task_fit_what_happened(
    changes: dict[str, Any], outcome: str, cause: str, task: str | None
) -> None:
    record = ledger_record(replace(FALLBACK, **changes), {})
    assert (record.outcome, record.cause) == (outcome, cause)
    assert (record.follow_up is None) if task is None else task in (record.follow_up or "")
    assert record.closed
    assert record.call_id == ledger_call_id(LegId("1.1"))


def test_an_answered_call_has_its_wait_and_its_talk() -> None:
    record = ledger_record(replace(FALLBACK, **ANSWERED), {"100": "Shop"})
    assert (record.wait_ms, record.talk_ms, record.answered_at) == (10_000, 40_000, AT + 12_000)
    assert [(s.kind, s.started_at, s.ended_at) for s in record.segments] == [
        ("queue", AT + 2_000, AT + 12_000),
        ("talk", AT + 12_000, AT + 52_000),
    ]
    assert record.segments[1].station == "PJSIP/agent1"
    assert record.service == "Shop"
    assert record.ended_by is EndedBy.CALLER


def test_a_known_caller_is_named() -> None:
    erika = Candidate(PartyId("9" * 32), "Erika", "gold", "confirmed")
    record = ledger_record(FALLBACK, {}, CallerMatch(MatchStatus.SINGLE, [erika]))
    assert (record.match_status, record.party_name) == (MatchStatus.SINGLE, "Erika")
    several = ledger_record(FALLBACK, {}, CallerMatch(MatchStatus.MULTIPLE, [erika, erika]))
    assert (several.party_id, several.party_name) == (None, "")


@pytest.mark.parametrize("presentation", [Presentation.WITHHELD, Presentation.UNAVAILABLE])
def test_without_a_number_nobody_was_asked(presentation: Presentation) -> None:
    record = ledger_record(replace(FALLBACK, presentation=presentation, number=None), {})
    assert record.match_status.value == presentation.value
