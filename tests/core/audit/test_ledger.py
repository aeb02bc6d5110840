"""The PBX's ledger, folded into one row for each caller's call."""

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.audit.ledger import LedgerCall, LedgerEntry, LedgerKind, fold_ledger
from callcenter.core.call.messages import Presentation
from callcenter.core.ids import LegId

BOB, ANNA, EVE = LegId("1.1"), LegId("a" * 32), LegId("1.2")


def entry(
    at: int, kind: LedgerKind, leg_id: LegId = BOB, room: str = "", **more: str
) -> LedgerEntry:
    return LedgerEntry(at, kind, leg_id, station=more.get("station", ""), room=room)


def arrived(at: int, leg_id: LegId = BOB) -> LedgerEntry:
    return LedgerEntry(
        at,
        LedgerKind.ARRIVED,
        leg_id,
        dnis="100",
        presentation=Presentation.ALLOWED,
        number="+4930111",
    )


def talk(room: str, start: int, end: int, station: str = "PJSIP/agent1") -> list[LedgerEntry]:
    return [
        entry(start - 50, LedgerKind.JOINED, BOB, room, station="PJSIP/carrier"),
        entry(start, LedgerKind.JOINED, ANNA, room, station=station),
        entry(end, LedgerKind.LEFT, ANNA, room),
        entry(end + 50, LedgerKind.LEFT, BOB, room),
    ]


def fold(*entries: LedgerEntry) -> list[LedgerCall]:
    return list(fold_ledger(entries))


def test_a_served_call_has_its_times_and_its_talk() -> None:
    [call] = fold(
        entry(1_000, LedgerKind.STARTED),
        arrived(1_001),
        *talk("r1", 5_000, 9_000),
        *talk("r2", 10_000, 11_000),
        entry(12_000, LedgerKind.ENDED),
    )
    assert (call.arrived_at, call.ended_at) == (1_000, 12_000)
    assert call.talk_ms == 5_000
    assert (call.dnis, call.number) == ("100", "+4930111")
    assert call.fallback_at is None
    assert call.left_service_at == 12_000


def test_what_the_fallback_did_is_told_apart_from_the_service() -> None:
    [call] = fold(
        entry(1_000, LedgerKind.STARTED),
        *talk("r1", 2_000, 4_000),
        entry(50_000, LedgerKind.FALLBACK),
        *talk("r2", 60_000, 65_000, "PJSIP/agent2"),
        entry(70_000, LedgerKind.MESSAGE),
        entry(80_000, LedgerKind.ENDED),
    )
    assert (call.talk_ms, call.fallback_talk_ms) == (2_000, 5_000)
    assert (call.fallback_at, call.fallback_answered_at) == (50_000, 60_000)
    assert call.left_service_at == 50_000
    assert call.station == "PJSIP/agent2"
    assert call.left_message


def test_a_caller_alone_in_a_room_talks_to_nobody() -> None:
    [call] = fold(
        entry(1_000, LedgerKind.STARTED),
        entry(2_000, LedgerKind.JOINED, room="r1"),
        entry(9_000, LedgerKind.LEFT, room="r1"),
        entry(9_500, LedgerKind.ENDED),
    )
    assert call.talk_ms == 0


def test_a_third_in_the_room_neither_ends_nor_doubles_the_talk() -> None:
    third = LegId("b" * 32)
    [call] = fold(
        entry(1_000, LedgerKind.STARTED),
        entry(2_000, LedgerKind.JOINED, BOB, "r"),
        entry(3_000, LedgerKind.JOINED, ANNA, "r"),
        entry(4_000, LedgerKind.JOINED, third, "r"),
        entry(5_000, LedgerKind.LEFT, ANNA, "r"),
        entry(6_000, LedgerKind.LEFT, third, "r"),
        entry(7_000, LedgerKind.ENDED),
    )
    assert call.talk_ms == 3_000


def test_an_agent_who_is_gone_without_leaving_ends_the_talk() -> None:
    [call] = fold(
        entry(1_000, LedgerKind.STARTED),
        entry(2_000, LedgerKind.JOINED, BOB, "r"),
        entry(3_000, LedgerKind.JOINED, ANNA, "r"),
        entry(5_000, LedgerKind.ENDED, ANNA),
        entry(9_000, LedgerKind.ENDED),
    )
    assert call.talk_ms == 2_000


def test_a_restart_of_the_pbx_cuts_off_whoever_was_there() -> None:
    calls = fold(
        entry(1_000, LedgerKind.STARTED),
        *talk("r", 2_000, 3_000)[:2],
        entry(4_000, LedgerKind.STARTED, EVE),
        entry(60_000, LedgerKind.RESTARTED),
        entry(61_000, LedgerKind.ENDED, EVE),
    )
    assert [(call.leg_id, call.cut_off, call.ended_at) for call in calls] == [
        (BOB, True, None),
        (EVE, True, None),
    ]
    assert all(call.is_over for call in calls)
    assert calls[0].over_at == 1_950


def test_a_call_that_goes_on_is_told_at_the_end() -> None:
    [call] = fold(entry(1_000, LedgerKind.STARTED), entry(2_000, LedgerKind.FALLBACK))
    assert not call.is_over
    assert call.fallback_at == 2_000


def test_legs_that_are_no_callers_make_no_call() -> None:
    assert fold(entry(1, LedgerKind.JOINED, ANNA, "r"), entry(2, LedgerKind.ENDED, ANNA)) == []


_legs = st.sampled_from([BOB, EVE, ANNA])
_entries = st.builds(
    lambda kind, leg, room: (kind, leg, room),
    st.sampled_from(list(LedgerKind)),
    _legs,
    st.sampled_from(["r", "s"]),
)


@given(st.lists(_entries, max_size=40))
def test_whatever_is_written_each_start_gives_one_row_and_no_talk_is_longer_than_the_call(
    steps: list[tuple[LedgerKind, LegId, str]],
) -> None:
    entries = [entry(1_000 * n, kind, leg, room) for n, (kind, leg, room) in enumerate(steps)]
    calls = fold(*entries)
    open_legs: set[LegId] = set()
    begun = 0
    for kind, leg, _ in steps:
        if kind is LedgerKind.RESTARTED:
            open_legs.clear()
        elif kind is LedgerKind.ENDED:
            open_legs.discard(leg)
        elif kind in (LedgerKind.STARTED, LedgerKind.ARRIVED) and leg not in open_legs:
            open_legs.add(leg)
            begun += 1
    assert len(calls) == begun
    assert sum(not call.is_over for call in calls) == len(open_legs)
    for call in calls:
        length = (call.ended_at or len(steps) * 1_000) - call.arrived_at
        assert 0 <= call.talk_ms + call.fallback_talk_ms <= length
