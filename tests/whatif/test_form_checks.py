from pathlib import Path

import pytest

from callcenter.config import ConfigError
from callcenter.whatif.reading import load_scenario

GOOD = """\
scenario: good
callers:
  orders: {queue: sales, per_hour: {"08:00": 40, "18:00": 0}, talk: {mean: 4 min}}
agents:
  sales: {queues: [sales], count: 3}
"""
CALLERS = GOOD.splitlines()[2]
AGENTS = GOOD.splitlines()[4]


def test_the_good_one_is_good(tmp_path: Path):
    (tmp_path / "x.yaml").write_text(GOOD)
    assert load_scenario(tmp_path / "x.yaml", {}).form.scenario == "good"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "queue: sales,",
            "queue: salse,",
            ":3:19: there is no queue 'salse'; did you mean 'sales'?",
        ),
        ("queues: [sales]", "queues: [salse]", ":5:20: there is no queue 'salse'"),
        ("queue: sales,", "queue: support,", ":3:19: no agents take the queue 'support'; add it"),
        (", count: 3", "", ":5:3: these are no agents; give count: 5, or staffing"),
        (
            "count: 3",
            'count: 3, staffing: {"08:00": 2}',
            ":5:3: both staffing, and count or shifts",
        ),
        ("count: 3", 'count: 3, shifts: ["17:00-09:00"]', "ends before it begins; a night is two"),
        (
            "count: 3",
            'count: 3, shifts: ["08:00-12:00", "11:00-14:00"]',
            "the shift '11:00-14:00' begins in another",
        ),
        ("count: 3", 'count: 3, shifts: ["8-12"]', 'a span of time such as "09:00-17:30"'),
        ('"18:00": 0', '"18:00": 0, "8:00": 1', "'8:00' is the same time as '08:00'"),
        ('"18:00": 0', '"25:00": 0', 'a time of day such as "09:30"'),
        ('"08:00": 40', '"08:00": -1', "a number from 0 to 100000"),
        ("{mean: 4 min}", "{}", ':3:63: talks take no time; give mean: "4 min"'),
        ("{mean: 4 min}", "{mean: 4 min, always: 1 s}", "mean and always are given"),
        ("{mean: 4 min}", "{always: 1 s, cv: 0.5}", "cv needs a mean"),
        ("talk:", "requires: {french: 5}, talk:", "has 'french' at 5 or more; give it to some"),
        (CALLERS, "", "expected a mapping"),
        (
            "scenario: good",
            'scenario: good\nmeasured: {begins: "9:00", ends: "9:00"}',
            "ends before",
        ),
        (
            "scenario: good",
            "scenario: good\ndate: 2026-02-30",
            ":2:7: there is no day '2026-02-30'",
        ),
        ("scenario: good", "scenario: good\nreplications: 1", "2 to 10000"),
        (
            "scenario: good",
            "scenario: good\nrecorded: {day: 2026-03-02}",
            "a recorded day needs the configuration",
        ),
        ("scenario: good", "scenario: good\nrecorded: {day: 2026-03-02}", "callers are given, and"),
        ("scenario: good", "scenario: good\nrecorded: {day: 2026-03-02}", "agents are given, and"),
        (
            "scenario: good",
            "scenario: good\ndate: 2026-03-01\nrecorded: {day: 2026-03-02}",
            ":2:1: the recorded day has its own date",
        ),
    ],
)
def test_a_fault_is_told_with_place_reason_and_remedy(
    tmp_path: Path, old: str, new: str, expected: str
):
    assert old in GOOD
    path = tmp_path / "x.yaml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError) as refused:
        load_scenario(path, {})
    assert expected in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")


@pytest.mark.parametrize(
    ("gone", "expected"), [("callers", "nobody calls; give callers"), ("agents", "nobody works")]
)
def test_a_scenario_needs_callers_and_agents(tmp_path: Path, gone: str, expected: str):
    lines = GOOD.splitlines()
    at = lines.index(f"{gone}:")
    path = tmp_path / "x.yaml"
    path.write_text("\n".join([*lines[:at], *lines[at + 2 :]]))
    with pytest.raises(ConfigError, match=expected):
        load_scenario(path, {})


def test_a_skill_that_is_too_low_is_told_with_the_best_there_is(tmp_path: Path):
    text = GOOD.replace("talk:", "requires: {french: 5}, talk:")
    text = text.replace("count: 3", "count: 3, skills: {french: 4}")
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match="has 'french' at 5 or more; the most is 4"):
        load_scenario(path, {})
