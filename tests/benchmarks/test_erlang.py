"""The real routing agrees with queueing theory, and would not if it were broken.

The runs are as long as a minute of CPU allows; ``callcenter bench erlang`` makes them as long as
they should be: 200 relaxation times each, 1,000 agents too. The seed is pinned: of so many
intervals of 99 % one misses now and then.
"""

import pytest

from callcenter.benchmarks.erlang import (
    AHT_S,
    CASES,
    FIRST,
    SECOND,
    Case,
    Check,
    Length,
    checks,
    run,
    simulate,
)
from callcenter.core.acd import pool
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.simulation.erlang import relaxation_s

SEED = 1
CALLS = {10: 14_000, 55: 20_000, 220: 24_000, 1000: 28_000}
CALLS_WITH_PATIENCE = {10: 8_000, 55: 9_000, 220: 10_000, 1000: 16_000}
BATCHES = 10


def length(case: Case, calls: int) -> Length:
    """Return the length of a run that counts so many calls, after at most 10 relaxation times."""
    relaxations = calls / (case.load / AHT_S * case.relaxation_s)
    return Length(min(10.0, 0.15 * relaxations), relaxations / BATCHES, BATCHES)


def figures(case: Case, calls: int) -> dict[str, Check]:
    run_length = length(case, calls)
    visits = simulate(case, run_length, SEED)
    found = {
        check.name.removeprefix(f"{case.name}."): check
        for check in checks(case, run_length, visits)
    }
    assert len(visits) == pytest.approx(calls, rel=0.05)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_theory_lies_within_the_interval_of_the_real_routing(case: Case):
    calls = CALLS_WITH_PATIENCE if case.patience_s else CALLS
    found = figures(case, calls[case.agents])
    assert len(found) == (8 if case.has_priorities else 4)
    assert {name: each for name, each in found.items() if not each.agrees} == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fifth_to_two_fifths_of_the_callers_wait(case: Case):
    for exact in case.theory().values():
        assert 0.2 <= exact.wait_probability <= 0.4
        assert 0.5 < exact.service_level < 0.99, "a level that says something"
    assert (exact.abandoned > 0) == (case.patience_s is not None)


# ---------------------------------------------------------------- broken routing


def newest_first(call: WaitingCall, *rules: object) -> tuple[int, int, int, str]:
    del rules
    return (-call.priority, -call.entered_at, -call.call_number, call.call_id)


def by_age_alone(call: WaitingCall, *rules: object) -> tuple[int, int, int, str]:
    del rules
    return (0, call.entered_at, call.call_number, call.call_id)


def low_first(call: WaitingCall, *rules: object) -> tuple[int, int, int, str]:
    del rules
    return (call.priority, call.entered_at, call.call_number, call.call_id)


is_free = Agent.is_free.fget  # type: ignore[attr-defined]


def free_but_one(agent: Agent) -> bool:
    return is_free(agent) and agent.profile.agent_id != "0003"


PATIENT, IMPATIENT, RANKED = (
    next(case for case in CASES if case.name == f"{model}.agents_10")
    for model in ("erlang_c", "erlang_a", "priorities")
)


@pytest.mark.parametrize(
    ("case", "kind", "attribute", "broken"),
    [
        (PATIENT, pool, "place", newest_first),
        pytest.param(PATIENT, Agent, "is_free", property(free_but_one), id="patient-free_but_one"),
        pytest.param(
            IMPATIENT, Agent, "is_free", property(free_but_one), id="impatient-free_but_one"
        ),
        (RANKED, pool, "place", by_age_alone),
        (RANKED, pool, "place", low_first),
        (RANKED, pool, "place", newest_first),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "name", str(value))),
)
def test_broken_routing_disagrees_with_theory(
    case: Case,
    kind: object,
    attribute: str,
    broken: object,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(kind, attribute, broken)
    assert not all(check.agrees for check in figures(case, 9_000).values())


# ---------------------------------------------------------------- the bench


def test_the_bench_says_what_agrees(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("callcenter.benchmarks.erlang.CASES", (Case(3, 1.5, has_priorities=True),))
    said: list[str] = []
    told = {figure.metric: figure for figure in run(1, said.append)}
    assert said[0].startswith("priorities.agents_3: ")
    for kind in (FIRST, SECOND):
        level = told[f"priorities.agents_3.{kind}.service_level"]
        assert level.baseline == pytest.approx(level.value, abs=0.08)
        assert level.note.startswith("agrees")
    assert told["calls_per_cpu_s"].value > 100


def test_a_queue_remembers_longer_the_fuller_it_is():
    assert relaxation_s(100, 105, 180) == pytest.approx(2_948, rel=0.01)
    assert relaxation_s(100, 105, 180) > relaxation_s(100, 110, 180)
    assert relaxation_s(100, 95, 180, patience_s=60) == 180
