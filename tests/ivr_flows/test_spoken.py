import pytest

from ivr_flows.prompt_store import prompt_names
from ivr_flows.spoken import position_prompts


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
