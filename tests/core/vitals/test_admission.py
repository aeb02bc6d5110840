"""Why a call is not taken."""

from dataclasses import replace

import pytest

from callcenter.core.vitals.admission import REFUSALS, Capacity, Load, refusal
from callcenter.core.vitals.levels import Level

CAPACITY = Capacity(open_calls=10, lanes=10, waiting_commands=10, journal_turns=10)
BUSY = Load(Level.SHORT_FLOW, open_calls=9, lanes=9, waiting_commands=9, journal_turns=9)


def test_a_call_is_taken_while_there_is_room_for_it():
    assert refusal(BUSY, CAPACITY) == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"is_draining": True}, "draining"),
        ({"level": Level.NOT_CLAIMING}, "level"),
        ({"level": Level.PBX_ALONE}, "level"),
        ({"open_calls": 10}, "open_calls"),
        ({"waiting_commands": 10}, "commands"),
        ({"lanes": 10}, "lanes"),
        ({"journal_turns": 10}, "journal"),
    ],
)
def test_each_limit_refuses_with_its_word(change, word):
    assert refusal(replace(BUSY, **change), CAPACITY) == word
    assert word in REFUSALS
