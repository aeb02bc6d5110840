"""The plan of the simulated days."""

from callcenter.soak.plan import LINES, NAMES, PLAN, QUEUES


def test_every_name_in_it_is_declared() -> None:
    assert set(LINES) == set(PLAN.numbers)
    assert {number.flow_id for number in PLAN.numbers.values()} == set(PLAN.flows)
    assert set(QUEUES) == set(PLAN.queues)
    assert len(set(NAMES)) == len(NAMES)
