"""The formulas against published values and against each other."""

import pytest

from callcenter.simulation.erlang import erlang_b, erlang_c, mean_wait_s, service_level


def test_one_agent_waits_as_often_as_the_agent_is_busy() -> None:
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert mean_wait_s(1, 0.5, 60) == pytest.approx(60)


@pytest.mark.parametrize(
    ("agents", "waits", "level", "wait_s"),
    [(105, 0.5157, 0.7041, 18.57), (110, 0.2370, 0.9220, 4.266)],
)
def test_a_hundred_erlang_give_the_known_figures(
    agents: int, waits: float, level: float, wait_s: float
) -> None:
    assert erlang_c(agents, 100.0) == pytest.approx(waits, abs=5e-5)
    assert service_level(agents, 100.0, 180.0, 20.0) == pytest.approx(level, abs=5e-5)
    assert mean_wait_s(agents, 100.0, 180.0) == pytest.approx(wait_s, abs=5e-3)


def test_lost_calls_follow_the_first_formula() -> None:
    assert erlang_b(2, 1.0) == pytest.approx(0.2)
    assert erlang_b(10, 5.0) == pytest.approx(0.018385, abs=1e-6)


def test_a_load_that_the_agents_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="too much"):
        erlang_c(10, 10.0)
