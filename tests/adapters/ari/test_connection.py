import pytest

from callcenter.adapters.ari.connection import LATE_FOR_MS, LateTries, TooOld, refuse_if_old
from callcenter.adapters.ari.wire import SystemInfo


class HandClock:
    def __init__(self) -> None:
        self.now = 1_000

    def wall_ms(self) -> int:
        return self.now

    def elapsed_ms(self) -> int:
        return self.now


def test_a_late_try_explains_one_loss_of_our_place_and_not_for_ever() -> None:
    clock = HandClock()
    tries = LateTries(clock)
    assert not tries.explain()
    tries.note()
    tries.note()
    assert tries.explain()
    clock.now += LATE_FOR_MS + 1
    assert not tries.explain()


# What keeps the socket open is tested with the port, in test_telephony.py.


@pytest.mark.parametrize(
    "version", ["22.10.1+dfsg+~cs6", "22.10.0", "22.11.0-rc1", "23.4.0", "24.0.0"]
)
def test_an_asterisk_that_can_hand_calls_over_is_taken(version: str) -> None:
    refuse_if_old(SystemInfo(version=version))


@pytest.mark.parametrize("version", ["22.9.0", "22.1.10", "23.3.2", "20.20.0", "18.0.0"])
def test_an_older_one_is_refused_with_its_version(version: str) -> None:
    with pytest.raises(TooOld, match=version.replace(".", r"\.")):
        refuse_if_old(SystemInfo(version=version))


@pytest.mark.parametrize("system", [None, SystemInfo(), SystemInfo(version="GIT-master-abc")])
def test_one_that_hides_its_version_is_taken_with_a_warning(
    system: SystemInfo | None, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_if_old(system)
    assert "22.10 or newer is needed" in caplog.text
