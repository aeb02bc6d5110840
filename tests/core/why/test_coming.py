from dataclasses import replace

from callcenter.core.acd.messages import CallEntered, PauseRequested
from callcenter.core.acd.overflow_rules import MOST_OVERFLOWS, OverflowRule, ToMailbox, ToQueue
from callcenter.core.ids import CallId
from callcenter.core.plan import QueueRules, Relaxation, Strategy
from callcenter.core.why.coming import what_comes
from tests.core.acd.test_decide import QUEUES, SALES, SUPPORT, Floor


def floor_of(queue: QueueRules) -> Floor:
    floor = Floor(QUEUES | {SALES: queue})
    floor.tell(PauseRequested(floor.ready("anna", french=3), "lunch"))
    return floor


def comes(floor: Floor, call_id: CallId) -> list[str]:
    call = floor.pool.waiting[call_id]
    return [each.text for each in what_comes(floor.pool, call, floor.now)]


def test_the_soonest_comes_first_and_the_longest_wait_is_there() -> None:
    rules = (
        OverflowRule(ToQueue(SUPPORT), waited_ms=60_000, position=5),
        OverflowRule(ToMailbox(), waited_ms=120_000),
    )
    floor = floor_of(replace(QUEUES[SALES], overflow=rules))
    call_id = floor.enters(1)
    floor.now += 20_000
    assert comes(floor, call_id) == [
        "How long it will be is not known: nobody who may take the call works at present.",
        "In 40 s: the caller goes on to queue support, if at a place behind 5.",
        "In 1 min 40 s: the caller goes on to voicemail.",
        "In 9 min 40 s: the longest wait of the queue is over.",
    ]


def test_a_rule_whose_wait_is_over_holds_from_now_on() -> None:
    rule = OverflowRule(ToQueue(SUPPORT), service_level=80)
    floor = floor_of(replace(QUEUES[SALES], overflow=(rule,)))
    assert comes(floor, floor.enters(1))[-1] == (
        "The caller goes on to queue support, "
        "if less than 80 % were served in time in the last 15 min."
    )


def test_what_the_queue_will_ask_less_says_how_many_more_may_take_the_call() -> None:
    steps = (
        Relaxation(30_000, (("french", 2),)),
        Relaxation(60_000, most=0, most_level=0),
    )
    floor = floor_of(replace(QUEUES[SALES], relaxations=steps, most_level=1))
    floor.tell(PauseRequested(floor.ready("ben", french=2), "tea"))
    call_id = floor.enters(1, french=3)
    assert comes(floor, call_id)[1:3] == [
        "In 30 s: french 2 will do, agents up to level 1; one agent more may take the call then.",
        "In 1 min: no skill will do; one agent more may take the call then.",
    ]


def test_the_end_of_waiting_for_an_own_agent_is_told() -> None:
    floor = Floor(QUEUES | {SALES: replace(QUEUES[SALES], agent_wait_ms=30_000)})
    anna = floor.ready("anna")
    floor.enters(1)
    own = CallId("call-2")
    floor.tell(CallEntered(own, 2, SALES, 0, (), own_agents=(anna,)))
    assert "In 30 s: all agents may be asked, not only the caller's own." in comes(floor, own)


def test_an_expected_wait_is_told_as_a_range() -> None:
    floor = Floor()
    floor.ready("anna")
    floor.enters(1)
    said = comes(floor, floor.enters(2))[0]
    assert said.startswith("Expected: ")
    assert said.endswith(" more.")


def test_who_is_picked_by_hand_has_no_estimate() -> None:
    floor = Floor(QUEUES | {SALES: replace(QUEUES[SALES], strategy=Strategy.MANUAL)})
    floor.ready("anna")
    assert "for the agents to pick" in comes(floor, floor.enters(1))[0]


def test_one_phone_more_is_told_where_that_is_done_in_steps() -> None:
    queue = replace(QUEUES[SALES], strategy=Strategy.RING_PROGRESSIVELY, widen_every_ms=5_000)
    floor = Floor(QUEUES | {SALES: queue})
    floor.ready("anna")
    assert "In 5 s: one phone more may ring." in comes(floor, floor.enters(1))


def test_after_too_many_overflows_rules_do_not_count() -> None:
    rule = OverflowRule(ToQueue(SUPPORT), waited_ms=60_000)
    floor = floor_of(replace(QUEUES[SALES], overflow=(rule,)))
    call_id = CallId("call-1")
    floor.tell(CallEntered(call_id, 1, SALES, 0, (), overflows=MOST_OVERFLOWS))
    said = comes(floor, call_id)
    assert not [text for text in said if "queue support" in text]
    assert "overflowed too often" in said[-1]


def test_staff_that_is_missed_has_an_end() -> None:
    floor = floor_of(replace(QUEUES[SALES], leave_after_ms=20_000, stay_with=frozenset()))
    call_id = floor.enters(1)
    assert "In 20 s: the caller leaves, unless somebody comes who counts as staff." in comes(
        floor, call_id
    )
