import pytest

from ivr_flows.prompt_store import prompt_names
from ivr_flows.spoken import position_prompts, waited_prompts


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
