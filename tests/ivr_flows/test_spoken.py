from dataclasses import replace

import pytest

from ivr_flows.prompt_store import prompt_names
from ivr_flows.spoken import SpokenWait, position_prompts, spoken_wait, wait_prompts, waited_prompts


@pytest.mark.parametrize(
    ("position", "prompts"),
    [
        (1, ("you_are_next",)),
        (2, ("you_are_number", "number_2")),
        (20, ("you_are_number", "number_20")),
        (21, ("many_callers",)),
        (10_000, ("many_callers",)),
    ],
)
def test_a_place_in_the_queue_is_told_in_prompts(position, prompts):
    assert position_prompts(position) == prompts


def test_every_place_can_be_told_with_what_is_shipped():
    for position in range(1, 30):
        assert set(position_prompts(position)) <= prompt_names()
        assert set(position_prompts(position, 7)) <= prompt_names()


def test_a_place_beyond_the_limit_is_told_as_after_it():
    assert position_prompts(5, 5) == ("you_are_number", "number_5")
    assert position_prompts(6, 5) == ("you_are_after_number", "number_5")
    assert position_prompts(1, 1) == ("you_are_next",)


@pytest.mark.parametrize(
    ("waited_ms", "prompts"),
    [
        (0, ("waited_under_a_minute",)),
        (59_999, ("waited_under_a_minute",)),
        (60_000, ("waited", "number_1", "minute")),
        (179_999, ("waited", "number_2", "minutes")),
        (1_200_000, ("waited", "number_20", "minutes")),
        (9_999_999, ("waited_more_than", "number_20", "minutes")),
    ],
)
def test_a_wait_is_told_in_whole_minutes(waited_ms, prompts):
    assert waited_prompts(waited_ms) == prompts
    assert set(prompts) <= prompt_names()


@pytest.mark.parametrize(
    ("low_s", "high_s", "wait"),
    [
        (0, 20, SpokenWait(0, 1)),
        (59, 60, SpokenWait(0, 1)),
        (60, 61, SpokenWait(1, 2)),
        (60, 60, SpokenWait(1, 2)),
        (310, 590, SpokenWait(5, 10)),
        (290, 610, SpokenWait(3, 15)),
        (2_000, 3_700, SpokenWait(30, None)),
        (4_000, 9_000, SpokenWait(60, None)),
        (30, 9_000, None),
    ],
)
def test_a_wait_is_told_outward_to_numbers_of_the_ladder(
    low_s: int, high_s: int, wait: SpokenWait | None
):
    assert spoken_wait(low_s * 1_000, high_s * 1_000) == wait


def test_a_range_is_told_in_prompts():
    assert wait_prompts(SpokenWait(0, 1)) == ("wait_less_than_a_minute",)
    assert wait_prompts(SpokenWait(0, 5)) == ("wait_less_than", "number_5", "minutes")
    five_to_ten = ("wait_between", "number_5", "wait_and", "number_10", "minutes")
    assert wait_prompts(SpokenWait(5, 10)) == five_to_ten
    assert wait_prompts(SpokenWait(45, None)) == ("wait_more_than", "number_45", "minutes")
    assert wait_prompts(SpokenWait(5, 10, takes_longer=True)) == ("wait_takes_longer", *five_to_ten)


def test_every_range_can_be_told_with_what_is_shipped():
    for low_s in range(0, 5_000, 50):
        for high_s in range(low_s, 5_000, 170):
            wait = spoken_wait(low_s * 1_000, high_s * 1_000)
            if wait is not None:
                assert set(wait_prompts(replace(wait, takes_longer=True))) <= prompt_names()


def test_a_range_is_more_than_another_if_its_end_is_later():
    assert SpokenWait(1, 10).is_more_than(SpokenWait(3, 5))
    assert SpokenWait(30, None).is_more_than(SpokenWait(3, 60))
    assert SpokenWait(45, None).is_more_than(SpokenWait(30, None))
    assert not SpokenWait(3, 5).is_more_than(SpokenWait(1, 5))
    assert not SpokenWait(30, 60).is_more_than(SpokenWait(30, None))
