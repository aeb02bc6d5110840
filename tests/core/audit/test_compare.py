"""The PBX's ledger against the store: each difference in plain words."""

from dataclasses import replace
from typing import Any

import pytest

from callcenter.core.audit.compare import (
    Difference,
    DifferenceKind,
    Ours,
    StoredCall,
    clock_skew_ms,
    compare_call,
    skewed_clocks,
    unknown_call,
    unreadable_lines,
    what_happened,
)
from callcenter.core.audit.ledger import LedgerCall
from callcenter.core.ids import CallId, LegId, ledger_call_id

BOB = LegId("1795336249.0")
AT = 1_795_336_249_000
NOW = AT + 600_000
SEEN = LedgerCall(BOB, AT, AT + 60_000, ended_at=AT + 60_000, talk_ms=30_000)
STORED = StoredCall(CallId("c" * 32), BOB, AT + 3, AT + 60_002, 30_000)
NOBODY_SERVED = replace(SEEN, talk_ms=0)


def compare(
    call: LedgerCall, *stored: StoredCall, in_journal: bool = False, skew_ms: int = 0
) -> list[Difference]:
    journal = {BOB: STORED.call_id} if in_journal else {}
    ours = Ours({BOB: stored} if stored else {}, journal)
    return list(compare_call(call, ours, NOW, skew_ms))


def kinds(found: list[Difference]) -> list[str]:
    return [str(each.kind) for each in found]


def test_two_sides_that_agree_differ_in_nothing() -> None:
    assert compare(SEEN, STORED) == []


def test_small_differences_are_within_the_tolerance() -> None:
    late = replace(STORED, arrived_at=AT + 1_999, ended_at=AT + 71_000, talk_ms=31_900)
    assert compare(SEEN, late) == []


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"arrived_at": AT + 5_000}, "arrival_differs", "arrival 5.0 s later"),
        ({"ended_at": AT + 300_000}, "end_differs", "end 4 min later"),
        ({"talk_ms": 10_000}, "talk_differs", "10.0 s of talk, the PBX 30.0 s"),
        ({"ended_at": None}, "still_open", "9 min ago, the store has none"),
    ],
)
def test_each_time_that_differs_is_told(changes: dict[str, Any], kind: str, text: str) -> None:
    [found] = compare(SEEN, replace(STORED, **changes))
    assert found.kind == kind
    assert text in found.text
    assert (found.leg_id, found.call_id, found.at) == (BOB, STORED.call_id, AT)


def test_a_call_that_is_stored_twice_is_double() -> None:
    again = replace(STORED, call_id=CallId("d" * 32))
    [found] = compare(SEEN, STORED, again)
    assert found.kind is DifferenceKind.DOUBLE
    assert STORED.call_id in found.text
    assert again.call_id in found.text


def test_a_call_that_nobody_recorded_is_missing() -> None:
    [found] = compare(NOBODY_SERVED)
    assert found.kind is DifferenceKind.MISSING
    assert "Nobody served the caller" in found.text


def test_a_call_of_a_moment_ago_is_not_missed_yet() -> None:
    fresh = replace(SEEN, ended_at=NOW - 59_000, last_at=NOW - 59_000)
    assert compare(fresh) == []


def test_a_call_in_the_journal_is_not_missing_but_may_be_late() -> None:
    assert kinds(compare(SEEN, in_journal=True)) == ["not_written_yet"]
    going_on = replace(SEEN, ended_at=None)
    assert compare(going_on, in_journal=True) == []


def test_a_caller_whom_the_pbx_still_has_and_we_do_not_know_is_told() -> None:
    assert kinds(compare(replace(SEEN, ended_at=None))) == ["still_open"]
    waits_in_fallback = replace(SEEN, ended_at=None, fallback_at=AT)
    assert compare(waits_in_fallback) == []


def test_a_call_that_we_have_closed_and_the_pbx_still_has_is_told() -> None:
    assert kinds(compare(replace(SEEN, ended_at=None), STORED)) == ["still_open"]


def test_a_call_given_to_the_fallback_ended_for_us_when_it_left() -> None:
    handed_over = replace(SEEN, ended_at=AT + 500_000, fallback_at=AT + 60_000)
    assert compare(handed_over, STORED) == []


def test_a_call_cut_off_by_a_crash_has_no_end_to_compare() -> None:
    cut_off = replace(SEEN, ended_at=None, cut_off=True, last_at=AT + 1_000, talk_ms=0)
    assert compare(cut_off, STORED) == []


def test_an_imported_call_agrees_with_what_it_was_made_of() -> None:
    seen = replace(NOBODY_SERVED, fallback_at=AT + 1, fallback_talk_ms=9_000)
    imported = StoredCall(ledger_call_id(BOB), BOB, AT, AT + 60_000, 9_000)
    assert imported.is_imported
    assert compare(seen, imported, skew_ms=50_000) == []


def test_clocks_that_differ_are_told_once_and_reckoned_with() -> None:
    ahead = replace(STORED, arrived_at=AT + 90_000, ended_at=AT + 150_000)
    pairs = [(SEEN, ahead)] * 3
    skew_ms = clock_skew_ms(pairs)
    assert skew_ms == 90_000
    assert compare(SEEN, ahead, skew_ms=skew_ms) == []
    [found] = skewed_clocks(skew_ms)
    assert "90.0 s ahead of the PBX's" in found.text
    assert list(skewed_clocks(-900)) == []
    assert clock_skew_ms(pairs[:2]) == 0, "two calls prove nothing"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"fallback_at": AT + 2_000}, "2.0 s after the arrival. Nobody took it there"),
        (
            {
                "fallback_at": AT,
                "fallback_answered_at": AT + 9_000,
                "fallback_talk_ms": 20_000,
            },
            "answered there after 9.0 s, with 20.0 s of talk",
        ),
        ({"fallback_at": AT, "left_message": True}, "left a message"),
        ({"fallback_at": AT, "cut_off": True}, "The PBX went down in it."),
        ({"cut_off": True}, "it was over when the PBX went down"),
    ],
)
def test_what_became_of_the_caller_is_told(changes: dict[str, Any], text: str) -> None:
    assert text in what_happened(replace(NOBODY_SERVED, **changes))


def test_what_concerns_no_call_of_the_pbx_is_told_too() -> None:
    assert unknown_call(STORED).call_id == STORED.call_id
    assert list(unreadable_lines(0)) == []
    assert [found.kind for found in unreadable_lines(2)] == ["unreadable"]
