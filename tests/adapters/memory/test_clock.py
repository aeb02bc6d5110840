import pytest

from callcenter.adapters.memory.clock import SettableClock


def test_wall_clock_may_jump_but_elapsed_time_does_not() -> None:
    clock = SettableClock(1_000)
    clock.advance(5)
    assert (clock.wall_ms(), clock.elapsed_ms()) == (1_005, 5)
    clock.set_wall(10)
    assert (clock.wall_ms(), clock.elapsed_ms()) == (10, 5)
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(-1)
