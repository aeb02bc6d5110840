"""The record of a call, folded from its facts, for each way that a call can go."""

import pytest

from callcenter.core.call.facts import (
    CallEnded,
    CallFact,
)
from callcenter.core.call.messages import (
    CallerEnd,
    EndedBy,
    LegEnd,
    MatchStatus,
    NewRequest,
    Outcome,
    Presentation,
)
from callcenter.ports.records import CallRecord, SegmentKind
from callcenter.runtime.call_record import fold_record
from tests.support.playbook import MAIN_NUMBER, START, VIP_NUMBER, Caller, World


def record_of(caller: Caller) -> CallRecord:
    facts: list[CallFact] = caller.facts  # type: ignore[assignment]
    record = fold_record(facts)
    assert record is not None
    return record


def shape(record: CallRecord) -> list[tuple[str, int, str]]:
    """Kind, length in seconds (-1 while open) and end of each segment."""
    return [
        (
            segment.kind.value,
            -1 if segment.ended_at is None else (segment.ended_at - segment.started_at) // 1000,
            segment.end_reason,
        )
        for segment in record.segments
    ]


@pytest.fixture
def world() -> World:
    return World()


def waits(world: World, name: str = "bob") -> Caller:
    """A caller whom nobody can take yet."""
    world.agent("anna").logs_in()
    return world.caller(name).arrives(VIP_NUMBER)


def talks(world: World, seconds: float = 30) -> Caller:
    bob = waits(world)
    world.passes(10)
    world.agent("anna").ready().phone_rings()
    world.passes(5)
    world.agent("anna").picks_up()
    world.passes(seconds)
    return bob


def test_no_facts_are_no_record():
    assert fold_record([]) is None
    assert fold_record([CallEnded(1, Outcome.FAILED, EndedBy.SYSTEM)]) is None


def test_a_call_in_the_menu_is_one_open_segment(world: World):
    record = record_of(world.caller("bob").arrives())
    assert (record.outcome, record.ended_at, record.closed) == (None, None, False)
    assert (record.arrived_at, record.service) == (START, "Main line")
    assert shape(record) == [("ivr", -1, "")]


def test_a_caller_who_hangs_up_in_the_menu_has_abandoned_it(world: World):
    bob = world.caller("bob").arrives()
    world.passes(3)
    record = record_of(bob.hangs_up())
    assert (record.outcome, record.ended_by) == (Outcome.ABANDONED_IVR, EndedBy.CALLER)
    assert shape(record) == [("ivr", 3, "caller_hung_up")]
    assert record.closed


def test_a_caller_who_serves_themself_leaves_a_request(world: World):
    bob = world.caller("bob").chooses("3")
    world.passes(600)
    record = record_of(bob)
    assert record.outcome is Outcome.SELF_SERVED
    [request] = record.requests
    assert (request.number, request.kind, request.opened_by) == (1, "request", None)
    assert record.menu_path
    assert record.wait_ms == record.talk_ms == 0


def test_an_answered_call_has_all_its_stretches_and_totals(world: World):
    bob = talks(world, seconds=30).hangs_up()
    world.passes(7)
    world.agent("anna").wraps_up(bob, "sale", NewRequest("complaint", "Too late", "by 2 days"))
    record = record_of(bob)
    assert shape(record) == [
        ("ivr", 0, "queued"),
        ("queue", 15, "connected"),
        ("ring", 5, "connected"),
        ("talk", 30, "caller_hung_up"),
        ("wrap", 7, "finished"),
    ]
    assert (record.wait_ms, record.talk_ms, record.wrap_up_ms) == (15_000, 30_000, 7_000)
    assert (record.outcome, record.ended_by) == (Outcome.ANSWERED, EndedBy.CALLER)
    assert record.answered_at == START + 15_000
    assert (record.agent_id, record.agent_name) == ("anna", "Anna")
    assert (record.disposition, record.note, record.wrap_up_late) == ("sale", "a note", False)
    [request] = record.requests
    assert (request.kind, request.opened_by) == ("complaint", "anna")
    assert [segment.seq for segment in record.segments] == [1, 2, 3, 4, 5]
    of_agent = [segment for segment in record.segments if segment.agent_id]
    assert {segment.kind for segment in of_agent} == {
        SegmentKind.RING,
        SegmentKind.TALK,
        SegmentKind.WRAP,
    }
    assert {segment.station for segment in of_agent} == {"PJSIP/anna"}
    assert {segment.queue_id for segment in record.segments[1:]} == {"sales"}


def test_a_talk_that_the_agent_ends_says_so(world: World):
    bob = talks(world)
    world.agent("anna").clicks_hang_up(bob)
    record = record_of(bob)
    assert record.ended_by is EndedBy.AGENT
    assert shape(record)[3:] == [("talk", 30, "agent_hung_up"), ("wrap", -1, "")]
    assert (record.ended_at, record.closed) == (world.now, False)


def test_after_call_work_that_runs_out_is_late(world: World):
    bob = talks(world).hangs_up()
    world.passes(61)
    record = record_of(bob)
    assert record.closed
    assert (record.disposition, record.wrap_up_late, record.wrap_up_ms) == (None, True, 60_000)
    assert shape(record)[-1] == ("wrap", 60, "late")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (LegEnd.REFUSED, "refused"),
        (LegEnd.UNREACHABLE, "unreachable"),
        (LegEnd.NO_ANSWER, "no_answer"),
        (LegEnd.LOST, "lost"),
    ],
)
def test_a_ring_that_nobody_takes_is_a_segment_of_the_call(world: World, end, reason):
    bob = waits(world)
    world.agent("anna").ready().phone_rings()
    world.passes(4)
    world.agent("anna").phone_ends(end)
    world.passes(3)
    record = record_of(bob.hangs_up())
    assert ("ring", 4, reason) in shape(record)
    assert record.outcome is Outcome.ABANDONED_QUEUE
    assert record.wait_ms == 7_000, "the caller waits on while a phone rings"
    assert record.agent_id is None, "who let it ring has not talked"


def test_a_caller_who_hangs_up_while_a_phone_rings_has_abandoned_both(world: World):
    bob = waits(world)
    world.agent("anna").ready().phone_rings()
    world.passes(4)
    record = record_of(bob.hangs_up())
    assert shape(record)[1:] == [("queue", 4, "caller_hung_up"), ("ring", 4, "abandoned")]


def test_a_queue_that_gives_up_leads_back_to_the_menu_and_to_a_follow_up(world: World):
    record = record_of(world.caller("bob").arrives(VIP_NUMBER))
    assert record.follow_up == "Call back: a preferred customer"
    assert record.follow_up_at == START
    world.passes(600)
    record = record_of(world.caller("bob"))
    assert record.outcome is Outcome.OVERFLOW
    assert ("queue", 0, "unstaffed") in shape(record)
    assert shape(record)[-1][0] == "ivr"


def test_an_agent_who_is_lost_makes_two_talks_and_two_waits(world: World):
    bob = talks(world, seconds=30)
    world.agent("ben").is_ready()
    world.agent("anna").phone_ends(LegEnd.LOST)
    world.agent("ben").takes_the_call()
    world.passes(20)
    bob.hangs_up()
    record = record_of(bob)
    assert [part for part in shape(record) if part[0] == "talk"] == [
        ("talk", 30, "agent_lost"),
        ("talk", 20, "caller_hung_up"),
    ]
    assert (record.talk_ms, record.wait_ms) == (50_000, 15_000)
    assert record.answered_at == START + 15_000, "when they first talked"
    assert record.agent_id == "ben", "the last who talked"


def two_wrap_ups(world: World) -> Caller:
    """Ben and anna both have after-call work for bob's call; anna's began 20 s before."""
    bob = talks(world, seconds=30)
    world.agent("ben").is_ready()
    world.agent("anna").phone_ends(LegEnd.LOST)
    world.agent("ben").takes_the_call()
    world.passes(20)
    return bob.hangs_up()


def wraps(record: CallRecord) -> list[tuple[str | None, int, str]]:
    return [
        (
            s.agent_id,
            -1 if s.ended_at is None else (s.ended_at - s.started_at) // 1000,
            s.end_reason,
        )
        for s in record.segments
        if s.kind is SegmentKind.WRAP
    ]


def test_each_agents_after_call_work_has_its_own_end(world: World):
    bob = two_wrap_ups(world)
    world.passes(5)
    world.agent("anna").wraps_up(bob, "callback")
    assert wraps(record_of(bob)) == [("anna", 25, "finished"), ("ben", -1, "")]
    world.passes(5)
    world.agent("ben").wraps_up(bob, "sale")
    record = record_of(bob)
    assert wraps(record) == [("anna", 25, "finished"), ("ben", 10, "finished")]
    assert record.wrap_up_ms == 35_000
    assert record.disposition == "sale"
    assert record.closed


def test_late_work_of_one_agent_does_not_undo_what_the_other_filed(world: World):
    bob = two_wrap_ups(world)
    world.agent("ben").wraps_up(bob, "sale")
    world.passes(41)
    record = record_of(bob)
    assert wraps(record) == [("anna", 60, "late"), ("ben", 0, "finished")]
    assert (record.disposition, record.note, record.wrap_up_late) == ("sale", "a note", False)
    assert record.closed


def test_what_is_filed_after_late_work_counts(world: World):
    bob = two_wrap_ups(world)
    world.passes(41)
    world.agent("ben").wraps_up(bob, "sale")
    record = record_of(bob)
    assert (record.disposition, record.wrap_up_late) == ("sale", False)


@pytest.mark.parametrize(
    ("end", "outcome", "by"),
    [
        (CallerEnd.LEASE_EXPIRED, Outcome.FAILED, EndedBy.SYSTEM),
        (CallerEnd.PBX_RESTART, Outcome.FAILED, EndedBy.SYSTEM),
        (CallerEnd.LOST, Outcome.ABANDONED_QUEUE, EndedBy.CALLER),
    ],
)
def test_faults_are_told_from_people(world: World, end, outcome, by):
    record = record_of(waits(world).hangs_up(end))
    assert (record.outcome, record.ended_by, record.cause) == (outcome, by, end.value)
    assert shape(record)[-1] == ("queue", 0, end.value)


def test_a_call_struck_by_a_program_error_is_a_failure(world: World):
    bob = waits(world)
    world.quarantines(bob.call_id)
    record = record_of(bob)
    assert (record.outcome, record.cause, record.closed) == (Outcome.FAILED, "fault", True)


def test_who_called_is_what_was_said_last(world: World):
    bob = talks(world)
    bob.is_matched(MatchStatus.MULTIPLE, None)
    assert record_of(bob).match_status is MatchStatus.MULTIPLE
    world.agent("anna").confirms(bob, "p-9")
    record = record_of(bob)
    assert (record.match_status, record.party_id, record.confirmed_by) == (
        MatchStatus.SINGLE,
        "p-9",
        "anna",
    )
    assert record.party_name == "Grace Example"


def test_a_withheld_number_is_kept_as_such(world: World):
    bob = world.caller("bob").arrives(MAIN_NUMBER, None, Presentation.WITHHELD)
    record = record_of(bob)
    assert (record.ani, record.presentation) == (None, Presentation.WITHHELD)


def test_each_prefix_of_a_call_folds(world: World):
    bob = two_wrap_ups(world)
    world.passes(100)
    facts: list[CallFact] = bob.facts  # type: ignore[assignment]
    record = record_of(bob)
    for length in range(1, len(facts) + 1):
        folded = fold_record(facts[:length])
        assert folded is not None
        record = folded
        seqs = [segment.seq for segment in record.segments]
        assert seqs == list(range(1, len(seqs) + 1))
        assert all(s.ended_at is None or s.ended_at >= s.started_at for s in record.segments)
    assert all(segment.ended_at is not None for segment in record.segments)
