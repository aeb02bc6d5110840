"""A run of a minute and a half, so that the long one cannot rot; and one that must fail."""

from pathlib import Path

import pytest

from tests.long_soak.__main__ import soak
from tests.long_soak.plan import Fault, Kind, Wishes
from tests.support.asterisk_fixture import need_asterisk

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos, pytest.mark.long]

SHORT = Wishes(hours=90 / 3600, seed=11, talks=6, calls=60)


async def test_ninety_seconds_with_two_faults_break_nothing(tmp_path: Path):
    need_asterisk()
    faults = [Fault(20.0, Kind.KILL, 2.0, 0.5), Fault(50.0, Kind.FREEZE, 4.0, 0.5)]
    found = await soak(SHORT, tmp_path, tmp_path / "minutes.jsonl", faults)
    assert found["broken"] == []
    assert found["calls"] > 60
    assert found["talks"] > 25
    assert found["lives"] == 2
    assert found["outcomes"]["answered"] > 10
    assert found["outcomes"]["fallback_answered"] > 0
    assert found["largest_gap_ms"] <= 100
    assert (tmp_path / "minutes.jsonl").read_text().count("\n") >= 2


async def test_a_service_that_ends_by_itself_is_found(tmp_path: Path, monkeypatch):
    """Nobody told the run of this death: it must be told as a fault of the service."""
    need_asterisk()
    run = Wishes(hours=25 / 3600, seed=12, talks=3, calls=60)
    faults = [Fault(10.0, Kind.HANG_UPS, 0.0, 0.5)]

    async def die(ground, _) -> None:
        await ground.program.kill()

    monkeypatch.setattr("tests.long_soak.watch.carry_out", die)
    monkeypatch.setattr("tests.long_soak.watch.LEFTOVERS_S", 5)
    found = await soak(run, tmp_path, tmp_path / "minutes.jsonl", faults)
    words = " ".join(found["broken"])
    assert "the service ended by itself with -9" in words
    assert "not healthy after 10 s" in words
    assert (tmp_path / "asterisk" / "messages.log").exists(), "the evidence is kept"
