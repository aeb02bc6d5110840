"""Up at once, down slowly, and what people set holds."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.vitals.levels import (
    CALM_MS,
    RULES,
    WHAT_IS_OFF,
    Degradation,
    Level,
    Measurements,
    decide_level,
)

WELL = Measurements()
SLOW = Measurements(command_p95_ms=600)


def test_all_is_on_while_nothing_is_slow():
    assert decide_level(WELL, Degradation(), 0) == Degradation()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.measurement)
def test_each_measurement_asks_for_a_level_at_each_threshold(rule):
    for level, threshold in enumerate(rule.thresholds, 1):
        at = decide_level(Measurements(**{rule.measurement: threshold}), Degradation(), 0)
        below = decide_level(Measurements(**{rule.measurement: threshold * 0.99}), Degradation(), 0)
        assert (at.level, below.level) == (level, level - 1)
        assert rule.words in at.reasons[0]


def test_every_measurement_has_a_rule_and_every_level_its_words():
    assert {rule.measurement for rule in RULES} == {field.name for field in fields(Measurements)}
    assert set(WHAT_IS_OFF) == set(Level)


def test_the_level_goes_up_at_once_by_as_much_as_needed():
    assert decide_level(SLOW, Degradation(), 0).level is Level.NO_LOOK_UPS


def test_the_level_goes_down_by_one_after_a_minute_without_a_reason():
    state = decide_level(SLOW, Degradation(), 0)
    seen = []
    for now in range(1_000, 3 * CALM_MS, 1_000):
        state = decide_level(WELL, state, now)
        seen.append((now, state.level))
    changes = [
        (now, level) for (now, level), (_, was) in zip(seen[1:], seen, strict=False) if level != was
    ]
    assert changes == [(CALM_MS + 1_000, Level.SLOW_VIEWS), (2 * CALM_MS + 1_000, Level.NORMAL)]


def test_a_new_reason_begins_the_minute_anew():
    state = decide_level(SLOW, Degradation(), 0)
    state = decide_level(WELL, state, 1_000)
    state = decide_level(SLOW, state, CALM_MS)
    state = decide_level(WELL, state, CALM_MS + 1_000)
    state = decide_level(WELL, state, 2 * CALM_MS)
    assert state.level is Level.NO_LOOK_UPS
    assert decide_level(WELL, state, 2 * CALM_MS + 1_000).level is Level.SLOW_VIEWS


def test_a_smaller_reason_holds_the_level_below():
    state = decide_level(Measurements(loop_lag_ms=5_000), Degradation(), 0)
    assert state.level is Level.NOT_CLAIMING
    for now in range(0, 10 * CALM_MS, 1_000):
        state = decide_level(SLOW, state, now)
    assert state.level is Level.NO_LOOK_UPS
    assert state.reasons


def test_what_people_set_holds_whatever_is_measured():
    by_hand = decide_level(Measurements(loop_lag_ms=9_999), Degradation(), 0, Level.SLOW_VIEWS)
    assert (by_hand.level, by_hand.is_by_hand) == (Level.SLOW_VIEWS, True)
    assert decide_level(WELL, by_hand, 1, Level.PBX_ALONE).level is Level.PBX_ALONE


def test_after_the_hand_is_taken_off_it_goes_down_slowly_too():
    state = decide_level(WELL, Degradation(), 0, Level.SHORT_FLOW)
    state = decide_level(WELL, state, 500_000)
    assert state.level is Level.SHORT_FLOW
    assert decide_level(WELL, state, 500_000 + CALM_MS).level is Level.NO_LOOK_UPS


measurements = st.builds(
    Measurements,
    loop_lag_ms=st.floats(0, 5_000),
    event_age_ms=st.floats(0, 5_000),
    command_p95_ms=st.floats(0, 5_000),
    commit_ms=st.floats(0, 5_000),
    fullest_queue=st.floats(0, 1),
)


@given(st.lists(st.tuples(measurements, st.integers(0, 90_000)), max_size=40))
def test_it_never_goes_above_four_by_itself_nor_down_faster_than_a_step_a_minute(story):
    state, now, fell_at = Degradation(), 0, None
    for found, passed in story:
        now += passed
        before, state = state, decide_level(found, state, now)
        assert state.level <= Level.NOT_CLAIMING
        assert state.level >= before.level - 1
        if state.level < before.level:
            assert fell_at is None or now - fell_at >= CALM_MS
            fell_at = now
        assert decide_level(found, Degradation(), now).level <= state.level
