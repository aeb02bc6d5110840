from dataclasses import replace
from random import Random

import pytest

from callcenter.core.ids import PoolId
from callcenter.core.plan import PoolRules, QueueRules
from callcenter.whatif.crowd import RandomCrowd, Rate, Stream
from callcenter.whatif.day import Day, Outcome
from callcenter.whatif.scenario import DAY_MS, Answering, Caller, Kind, Scenario, Shift
from callcenter.whatif.spreads import Exponential, Fixed
from tests.whatif.world import FAULTS, ORDERS, SALES, SUPPORT, S, agent, rules, scenario, shift


def lived(given: Scenario, seed: int = 1) -> Outcome:
    return Day(given, given.crowd.callers(str(seed)), Random(seed)).run()


def waits(outcome: Outcome) -> list[tuple[float, str]]:
    return [(visit.wait_ms / S, visit.end) for visit in outcome.visits]


def test_the_second_caller_waits_for_the_first_to_end():
    people = [Caller(10 * S, ORDERS, 60 * S, 0), Caller(30 * S, ORDERS, 60 * S, 0)]
    outcome = lived(scenario(people, [shift("anna")]))
    assert waits(outcome) == [(0.0, "answered"), (40.0, "answered")]
    assert outcome.busy_ms == 120 * S


def test_who_has_no_patience_gives_up():
    people = [Caller(0, ORDERS, 60 * S, 0), Caller(1 * S, ORDERS, 60 * S, 0, patience_ms=7 * S)]
    assert waits(lived(scenario(people, [shift("anna")]))) == [
        (0.0, "answered"),
        (7.0, "abandoned"),
    ]


def test_ringing_is_part_of_the_wait_and_can_be_cut_short_by_the_caller():
    people = [
        Caller(0, ORDERS, 60 * S, 0, ring_ms=4 * S),
        Caller(100 * S, ORDERS, 60 * S, 0, patience_ms=3 * S, ring_ms=4 * S),
        Caller(110 * S, ORDERS, 60 * S, 0, ring_ms=5 * S),
    ]
    expected = [(4.0, "answered"), (3.0, "abandoned"), (5.0, "answered")]
    assert waits(lived(scenario(people, [shift("anna")]))) == expected


def test_a_ring_that_is_missed_goes_to_the_other_agent():
    people = [Caller(50 * S, ORDERS, 60 * S, 0, is_missed=True)]
    given = replace(scenario(people, [shift("anna"), shift("bela")]), answering=Answering(2 * S))
    assert waits(lived(given)) == [(22.0, "answered")]  # 20 s of ringing, then 2 s


def test_an_agent_who_was_paused_for_missing_calls_comes_back():
    people = [Caller(0, ORDERS, 60 * S, 0, is_missed=True)]
    pools = {PoolId("main"): PoolRules(misses_before_pause=1)}
    given = replace(scenario(people, [shift("anna")]), answering=Answering(2 * S), pools=pools)
    assert waits(lived(given)) == [(82.0, "answered")]  # 20 s of ringing, a minute, then 2 s


def test_after_call_work_keeps_the_agent_until_it_is_done_or_its_limit():
    queue = rules(wrap_up_ms=30 * S)
    people = [
        Caller(0, ORDERS, 60 * S, wrap_up_ms=10 * S),
        Caller(1 * S, ORDERS, 60 * S, wrap_up_ms=900 * S),
        Caller(2 * S, ORDERS, 60 * S, wrap_up_ms=0),
    ]
    outcome = lived(scenario(people, [shift("anna")], queue))
    assert waits(outcome) == [(0.0, "answered"), (69.0, "answered"), (158.0, "answered")]


def test_the_queue_gives_back_who_waited_too_long_and_who_finds_nobody():
    people = [
        Caller(0, ORDERS, 300 * S, 0),
        Caller(1 * S, ORDERS, 60 * S, 0),
        Caller(2 * S, FAULTS, 60 * S, 0),
    ]
    queues = (rules(max_wait_ms=100 * S), rules(SUPPORT))
    outcome = lived(scenario(people, [shift("anna")], *queues))
    assert sorted((v.end, v.wait_ms) for v in outcome.visits) == [
        ("answered", 0),
        ("timed_out", 100 * S),
        ("unstaffed", 0),
    ]


def test_agents_work_in_their_shifts_and_finish_the_call_at_hand():
    people = [Caller(95 * S, ORDERS, 20 * S, 0), Caller(300 * S, ORDERS, 20 * S, 0)]
    shifts = [shift("anna", 0, 100 * S), shift("anna", 290 * S, 400 * S)]
    outcome = lived(scenario(people, shifts))
    assert waits(outcome) == [(0.0, "answered"), (0.0, "answered")]
    assert outcome.staffed_ms == (115 + 110) * S
    assert waits(lived(scenario([Caller(200 * S, ORDERS, 1, 0)], shifts))) == [(0.0, "unstaffed")]


def test_agents_of_another_pool_do_not_help():
    east, west = PoolId("east"), PoolId("west")
    queues = (replace(rules(), pool_id=east), replace(rules(SUPPORT), pool_id=west))
    staff = [shift("anna"), Shift(agent("bela", SUPPORT), 0, DAY_MS)]
    people = [Caller(at, kind, 60 * S, 0) for at in (0, 1 * S) for kind in (ORDERS, FAULTS)]
    given = replace(
        scenario(people, staff, *queues), pools={each: PoolRules(each) for each in (east, west)}
    )
    expected = [(0.0, "answered"), (0.0, "answered"), (59.0, "answered"), (59.0, "answered")]
    assert waits(lived(given)) == expected


def test_only_skilled_agents_get_who_needs_a_skill():
    french = Kind("french", SALES, priority=1, requires=(("french", 5),))
    skilled = shift("chen")._replace(profile=agent("chen", SALES, skills={"french": 6}))
    people = [Caller(0, french, 60 * S, 0), Caller(1 * S, french, 60 * S, 0)]
    assert waits(lived(scenario(people, [shift("anna"), skilled]))) == [
        (0.0, "answered"),
        (59.0, "answered"),
    ]


def test_what_lies_outside_of_the_counted_time_is_not_counted():
    people = [Caller(at * S, ORDERS, 20 * S, 0) for at in (10, 50, 90)]
    given = replace(scenario(people, [shift("anna")]), counted=(60 * S, 100 * S))
    outcome = lived(given)
    assert [visit.at for visit in outcome.visits] == [90 * S]
    assert (outcome.busy_ms, outcome.staffed_ms) == (20 * S, 40 * S)


def test_the_day_may_begin_at_any_midnight():
    people = [Caller(10 * S, ORDERS, 60 * S, 0), Caller(30 * S, ORDERS, 60 * S, 0)]
    plain = lived(scenario(people, [shift("anna")]))
    later = lived(scenario(people, [shift("anna")], midnight_at=1_772_409_600_000))
    assert plain == later


def busy(queue: QueueRules, agents: int) -> Scenario:
    stream = Stream(
        ORDERS,
        [Rate(0, 240.0), Rate(3 * 3_600 * S, 0)],
        Exponential(50 * S),
        Exponential(10 * S),
        Exponential(60 * S),
        Fixed(2 * S),
        missed_share=0.1,
    )
    staff = [shift(f"agent {n}") for n in range(agents)]
    return replace(scenario([], staff, queue), crowd=RandomCrowd([stream]))


@pytest.mark.parametrize("agents", [3, 5])
def test_every_caller_has_one_end_and_the_same_seed_the_same_day(agents: int):
    given = busy(rules(wrap_up_ms=15 * S, max_wait_ms=120 * S), agents)
    outcome = lived(given)
    assert len(outcome.visits) == len(given.crowd.callers("1")) > 500
    assert {visit.end for visit in outcome.visits} >= {"answered", "abandoned"}
    assert outcome == lived(given)
    assert outcome != lived(given, seed=2)
    assert 0 < outcome.busy_ms < outcome.staffed_ms
