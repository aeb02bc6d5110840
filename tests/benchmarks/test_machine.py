"""What the benchmarks read of processes and the machine."""

import os
import time

import pytest

from callcenter.benchmarks.machine import Load, cpu_s, work_us


def test_work_of_this_process_counts():
    before, own = cpu_s(os.getpid()), time.process_time()
    while time.process_time() - own < 0.1:
        pass
    assert 0.05 < cpu_s(os.getpid()) - before < 1.0


def test_a_process_that_is_gone_is_told():
    with pytest.raises(ProcessLookupError):
        cpu_s(2**22 + 1)


def test_a_machine_is_at_most_as_busy_as_it_has_cores():
    load = Load()
    work_us(turns=20_000)
    assert 0 <= load.busy_cores() <= (os.cpu_count() or 1) + 0.5


def test_the_fixed_work_takes_time():
    assert work_us(turns=100) > 0
