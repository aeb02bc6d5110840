"""Faults drawn from a seed, and conditions that come and go."""

from random import Random

import pytest

from callcenter.simulation.weather import Mishap, Spell, Weather, draw_spells, mend, worsen


def test_the_same_seed_draws_the_same_faults() -> None:
    assert draw_spells(Random(7), 90.0) == draw_spells(Random(7), 90.0)
    assert draw_spells(Random(7), 90.0) != draw_spells(Random(8), 90.0)


def test_all_kinds_are_drawn_within_the_day_and_within_their_lengths() -> None:
    spells = [spell for seed in range(300) for spell in draw_spells(Random(seed), 90.0)]
    assert {spell.mishap for spell in spells} == set(Mishap)
    assert all(0 <= spell.at_s <= 90 and 0 < spell.lasts_s <= 300 for spell in spells)
    cuts = [spell.lasts_s for spell in spells if spell.mishap is Mishap.SOCKET_CUT]
    assert min(cuts) < 1
    assert max(cuts) > 100


@pytest.mark.parametrize("mishap", Mishap)
def test_every_spell_ends_as_it_began(mishap: Mishap) -> None:
    weather, spell = Weather(), Spell(0.0, mishap, 1.0, 0.9)
    worsen(weather, spell)
    mend(weather, spell)
    assert weather == Weather()
