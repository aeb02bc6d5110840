"""The machine's clocks."""

import time

from callcenter.adapters.system_clock import SystemClock


def test_both_readings_are_whole_milliseconds():
    clock = SystemClock()
    assert abs(clock.wall_ms() - time.time() * 1000) < 1_000
    assert isinstance(clock.wall_ms(), int)
    assert isinstance(clock.elapsed_ms(), int)


def test_elapsed_time_goes_on_and_never_back():
    clock = SystemClock()
    readings = [clock.elapsed_ms() for _ in range(1_000)]
    assert readings == sorted(readings)
    time.sleep(0.005)
    assert clock.elapsed_ms() - readings[0] >= 4
