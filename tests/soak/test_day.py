"""Days of the whole service; the long run is make soak-sim."""

import os
import subprocess
import sys

import pytest

from callcenter.soak.day import run_seed

SEEDS = 24


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_nothing_is_lost_whatever_goes_wrong(seed: int) -> None:
    result = run_seed(seed, tail=60)
    assert not result.failure, "\n".join([*result.trace, result.failure])
    assert result.calls >= 30
    assert sum(result.fates.values()) == result.calls
    assert len(result.mishaps) >= 2


def test_the_same_seed_gives_the_same_day_in_any_process() -> None:
    here = {seed: run_seed(seed).digest for seed in (2, 5)}
    for hash_seed in ("1", "77"):
        command = [sys.executable, "-m", "callcenter.soak", "--seeds", "5", "--jobs", "1"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ended = subprocess.run(
            [*command, "--digest"], capture_output=True, text=True, check=True, env=environment
        )
        for seed, digest in here.items():
            assert f"seed {seed}: " in ended.stdout
            assert digest in ended.stdout, f"seed {seed} was another day there"
    assert here[2] != here[5]
